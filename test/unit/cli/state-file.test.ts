import { assert } from 'chai';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateFile } from '../../../cli/state-file.ts';
import { type Logger, silentLogger } from '../../../plugins/core/log.ts';
import { eventually, temporaryFolder } from '../../support/eventually.ts';

function listening(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const note = (_fields: unknown, message: string): void => void lines.push(message);
  return { lines, log: { ...silentLogger, info: note, warn: note } };
}

/** A path where no folder can be made until the file in its way is removed. */
function blockedFolder(parent: string): string {
  const path = join(parent, 'state');
  writeFileSync(path, 'in the way');
  return path;
}

describe('a state file', () => {
  it('that could not be written is written when there is room again, without a new change', async () => {
    using folder = temporaryFolder();
    const { log, lines } = listening();
    const blocked = blockedFolder(folder.path);
    const file = stateFile(blocked, 'm', log, 50);
    file.save('first');
    file.save('newest');
    await eventually('the warning', () => (lines.length > 0 ? true : undefined));
    rmSync(blocked);
    const path = join(blocked, 'm.state.json');
    await eventually('the newest text', () => (existsSync(path) && readFileSync(path, 'utf8') === 'newest' ? true : undefined));
    await eventually('the end of the trouble', () => (lines.length > 1 ? true : undefined));
    assert.deepEqual(lines, ['state not saved; a restart would lose transition times', 'state is saved again']);
    assert.equal(await file.load(), 'newest');
  });

  it('that could not be written is tried once more at the end', async () => {
    using folder = temporaryFolder();
    const { log } = listening();
    const blocked = blockedFolder(folder.path);
    const file = stateFile(blocked, 'm', log);
    file.save('text');
    await file.flush();
    rmSync(blocked);
    await file.flush();
    assert.equal(readFileSync(join(blocked, 'm.state.json'), 'utf8'), 'text');
  });

  it('that another process writes is left to it', async () => {
    using folder = temporaryFolder();
    const { log } = listening();
    const blocked = blockedFolder(folder.path);
    const file = stateFile(blocked, 'm', log);
    file.save('text');
    await file.flush();
    file.forget();
    rmSync(blocked);
    await file.flush();
    assert.isFalse(existsSync(blocked));
  });
});
