import { readFileSync, readdirSync } from 'node:fs';
import { type Condition, type MonitorStatus, PEEK_PARAMETER } from '../../plugins/core/status.ts';
import { gpuConditions } from '../../plugins/gpu-monitor/conditions.ts';
import type { LooksDocument } from '../../plugins/http/looks.ts';
import type { MonitorClient } from '../../plugins/rpc/client.ts';
import { eventually } from './eventually.ts';
import type { FakeSmi, SmiBehaviour } from './fake-smi.ts';
import { ask } from './http-client.ts';
import { leavesOf } from './smi-leaves.ts';
import { smiXml } from './smi-xml.ts';

const LINK_COUNT = 18;

/** What nvidia-smi does on a node with healthy H100, all of whose NVLinks are up. */
export function healthySmi(gpuCount: number): SmiBehaviour {
  const links = Array.from({ length: LINK_COUNT }, (_, link) => `\t Link ${link}: 26.562 GB/s\n`).join('');
  const nvlink = Array.from({ length: gpuCount }, (_, gpu) => `GPU ${gpu}: NVIDIA H100 80GB HBM3 (UUID: ${uuidOf(gpu)})\n${links}`).join('');
  return { xml: smiXml({ gpus: gpuCount }), nvlink };
}

/** Of the GPU at that place of the sample, from 0. */
export function uuidOf(gpu: number): string {
  const uuid = leavesOf({ driver: '580', family: 'datacenter', isMig: false }, gpu).find(([, , field]) => field === 'uuid')?.[1];
  if (uuid === undefined) throw new Error('the sample has no UUID');
  return uuid;
}

/** A look may take as long as nvidia-smi may, twice. */
const LOOK_WITHIN_MS = 60_000;

/** The host program's own default; a poll that takes longer counts as an error there. */
const DEADLINE = { timeoutMs: 10_000 };

/** Of the checks that share one look at nvidia-smi. */
const SHARED_PERIOD_MS = 30_000;

/** A served gpu-monitor as whoever polls it sees it. */
export interface GpuPoller {
  /** What is told now; makes nothing happen. */
  readonly conditions: () => Promise<readonly Condition[]>;
  /** A poll as the host program makes it. One parameter is another each time, so that every check looks at once that does not look already. */
  readonly poll: () => Promise<MonitorStatus>;
  /** Polls, and waits until all checks that share a look have looked. */
  readonly look: () => Promise<readonly Condition[]>;
  /** The same for every check: afterwards none of them looks. */
  readonly lookWithAll: () => Promise<readonly Condition[]>;
  /** Looks until the conditions are so. */
  readonly until: (what: string, isSo: (conditions: readonly Condition[]) => boolean) => Promise<readonly Condition[]>;
  /** All that polls were told, `severity reason: message` each. */
  readonly events: () => readonly string[];
}

/** @param http where its `--http` answers */
export function gpuPoller(client: MonitorClient, http: string): GpuPoller {
  const events: string[] = [];
  let sequence = 0;

  async function poll(): Promise<MonitorStatus> {
    sequence += 1;
    const status = await client.checkHealth({ nearSlowdownCelsius: sequence % 2 === 0 ? '3' : '03' }, sequence, DEADLINE);
    events.push(...status.events.map(({ severity, reason, message }) => `${severity} ${reason}: ${message}`));
    return status;
  }

  async function conditions(): Promise<readonly Condition[]> {
    return (await client.checkHealth({ [PEEK_PARAMETER]: '' }, sequence, DEADLINE)).conditions;
  }

  async function lookedAtMs(periodMs?: number): Promise<readonly number[]> {
    const { monitors } = JSON.parse((await ask(http, '/looks')).text) as LooksDocument;
    return (monitors[0]?.checks ?? []).filter((check) => periodMs === undefined || check.periodMs === periodMs).map((check) => check.lookedAtMs ?? 0);
  }

  async function look(periodMs?: number): Promise<readonly Condition[]> {
    const before = Math.max(...(await lookedAtMs(periodMs)));
    await poll();
    await eventually('a look', async () => Math.min(...(await lookedAtMs(periodMs))) > before, LOOK_WITHIN_MS);
    return await conditions();
  }

  const lookShared = async (): Promise<readonly Condition[]> => await look(SHARED_PERIOD_MS);

  return {
    conditions,
    poll,
    look: lookShared,
    lookWithAll: async () => await look(),
    until: async (what, isSo) => await eventually(what, async () => {
      const now = await lookShared();
      return isSo(now) && now;
    }, LOOK_WITHIN_MS),
    events: () => events,
  };
}

const ADVICE = gpuConditions([]).flatMap(({ reasons }) => reasons.map(({ advice }) => `. ${advice}`));

/** `GPUHung True NvidiaSmiTimeout: nvidia-smi did …` of each that is not False, without advice. */
export function findings(conditions: readonly Condition[]): readonly string[] {
  return conditions.filter(({ status }) => status !== 'False').map(({ type, status, reason, message }) => {
    const advice = ADVICE.find((each) => message.endsWith(each)) ?? '';
    return `${type} ${status} ${reason}: ${message.slice(0, message.length - advice.length)}`;
  });
}

export function isHealthy(conditions: readonly Condition[]): boolean {
  return conditions.every(({ status }) => status === 'False');
}

export function allBut(type: string, conditions: readonly Condition[]): readonly Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}

/** For the end of a test: what a server left behind that was killed. */
export async function endLeftBehind(smi: FakeSmi): Promise<void> {
  await eventually('each nvidia-smi to end', () => {
    const pids = [...smi.running(), ...startedAs(smi.path)];
    pids.forEach(kill);
    return pids.length === 0;
  });
}

/** Those that were only just started, and have not yet noted it. */
function startedAs(path: string): readonly number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name).includes(path)).map(Number);
}

/** Empty when it has ended meanwhile. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** With all that it started; before it runs the program it does not yet lead a group. */
function kill(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
