import { assert } from 'chai';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Look } from '../../plugins/core/check.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import { runCheck } from '../../plugins/core/run-check.ts';
import { defaultsOf } from '../../plugins/core/settings.ts';
import { processStates } from '../../plugins/host-inspector/checks/process-states.ts';
import { readTask } from '../../plugins/host-inspector/processes/states.ts';
import { hostSettings } from '../../plugins/host-inspector/settings.ts';
import { liveSources } from '../../plugins/host-inspector/sources.ts';
import { deadMount, whyNoDeadMount } from '../support/dead-mount.ts';
import { eventually } from '../support/eventually.ts';

const missing = whyNoDeadMount();

describe(missing === undefined ? 'a process that the kernel never lets go' : `a process that the kernel never lets go (skipped: ${missing})`, () => {
  before(function () {
    if (missing !== undefined) this.skip();
  });

  it('is told by its name after two looks at this very machine, and no more when it is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stuck-'));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rmSync(folder, { recursive: true }));
    const program = join(folder, 'npd-stuck-test');
    copyFileSync('/bin/cat', program);
    let memo: unknown;
    const look = async (): Promise<Look> => {
      const seen = await runCheck(processStates(liveSources), { root: '/', settings: defaultsOf(hostSettings), memo, signal: new AbortController().signal, log: silentLogger });
      memo = seen.memo;
      return seen;
    };
    const told = ({ verdicts }: Look): boolean => verdicts.some((verdict) => verdict.kind === 'problem' && verdict.subject === 'npd-stuck-test in state D');
    {
      await using mount = await deadMount(join(folder, 'mount'));
      const child = spawn(program, [join(mount.path, 'file')], { stdio: 'ignore' });
      const state = (): string => {
        const task = readTask('/', String(child.pid));
        return task.kind === 'ok' ? task.value.state : task.kind;
      };
      await eventually('it to wait', () => state() === 'S' || state() === 'D');
      child.kill('SIGKILL');
      await eventually('it not to die', () => state() === 'D');
      assert.deepEqual([told(await look()), told(await look()), told(await look())], [false, true, true]);
    }
    await eventually('it to end', async () => !told(await look()));
  });
});
