import { assert } from 'chai';
import { join } from 'node:path';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { start } from '../support/program.ts';

describe('the self-test of privileges', () => {
  it('is told once when host-inspector is served, in one line that names what is missing', async () => {
    using folder = temporaryFolder();
    await using program = start(['serve', 'host-inspector', '--socket', join(folder.path, 'a.sock'), '--log-format', 'json']);
    const lines = (): readonly string[] => program.stderr().split('\n').filter((line) => line.includes('of privileges'));
    await eventually('a line about privileges', () => lines()[0]);
    program.kill('SIGTERM');
    await program.ended;
    const [line = '', ...more] = lines();
    const { level, monitor, msg } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    assert.deepEqual([level, monitor, more], ['info', 'host-inspector', []]);
    // Whoever runs the tests sees its own processes.
    assert.notInclude(String(msg), 'hostPID');
  });
});
