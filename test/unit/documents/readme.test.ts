import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../../cli/commands/index.ts';
import { hostTree } from '../../support/host-tree.ts';
import { runToEnd } from '../../support/program.ts';
import { quietNetwork } from '../../support/quiet-network.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');

describe('the README', () => {
  it('names every command', () => {
    for (const { name } of commands) assert.match(readme, new RegExp(`^\\| \`${name}\\b`, 'm'));
  });

  it('shows what npm start -- --once really prints', async () => {
    using host = hostTree();
    await using network = await quietNetwork();
    const { stdout, code } = await runToEnd(['--once', '--host-root', host.root, ...network.flags], { NODE_NAME: 'worker-1' });
    const [, shown = ''] = /```\n(Name: {2}worker-1\nConditions:.*?)```/s.exec(readme) ?? [];
    assert.equal(code, 0);
    assert.equal(timeless(stdout), timeless(shown));
  });
});

/** Times and process ids differ from run to run, and on a busy machine other monitors may not be there yet when they are asked for the first time; nothing else does. */
function timeless(text: string): string {
  return text.replaceAll(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, 'TIME').replace(/process \d+/, 'process PID').replaceAll(/(?:; not judged: |; )(?:gpu-monitor|network-verifier) \(none has answered here\)/g, '');
}
