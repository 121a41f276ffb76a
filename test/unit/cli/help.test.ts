import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../../cli/commands/index.ts';
import { commandHelp, programHelp } from '../../../cli/help.ts';
import { assertGolden } from '../../support/golden.ts';
import { say } from '../../support/command-line.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');

describe('--help', () => {
  it('of the program is the text that reviewers have seen', () => {
    assertGolden('cli/help.txt', programHelp(commands));
  });

  for (const entry of commands) {
    it(`of ${entry.name} is the text that reviewers have seen`, async () => {
      const command = await entry.load();
      assertGolden(`cli/help-${entry.name}.txt`, commandHelp(entry, command));
      assert.deepEqual(await say([entry.name, '--help']), { code: 0, stdout: commandHelp(entry, command), stderr: '' });
    });

    it(`of ${entry.name} names every flag that the README gives it`, async () => {
      const [row = ''] = readme.split('\n').filter((line) => line.startsWith(`| \`${entry.name}`));
      const { stdout } = await say([entry.name, '--help']);
      for (const [flag] of row.matchAll(/--[a-z-]+/g)) assert.include(stdout, `  ${flag}`);
    });
  }

  it('without a command, and the word help, list the commands', async () => {
    const all = { code: 0, stdout: programHelp(commands), stderr: '' };
    assert.deepEqual(await say(['--help']), all);
    assert.deepEqual(await say(['help']), all);
  });

  it('wins over other flags, and --version is one line everywhere', async () => {
    assert.match((await say(['serve', '--on-stop', 'x', '--help'])).stdout, /^Usage: npd-plugins serve MONITOR\.\.\. \[options\]\n/);
    for (const argv of [['--version'], ['check', '--version']]) {
      assert.deepEqual(await say(argv), { code: 0, stdout: 'npd-plugins 0.1.0 (from source, not built)\n', stderr: '' });
    }
  });

  it('names the exit codes that the README names', () => {
    const codes = /[Ee]xit codes(?: are|:) (0 healthy or done, 1 problem(?: found)?, 2 could not tell, 64 wrong usage, 70 internal error)\./;
    assert.match(programHelp(commands), codes);
    assert.match(readme, codes);
  });
});
