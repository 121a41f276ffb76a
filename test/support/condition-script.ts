import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** As it lies in the source. */
export const SCRIPT = join(import.meta.dirname, '../../plugins/npd/npd-plugins-condition.sh');

/** What `/bin/sh` may be, as far as it is here. */
export const SHELLS: readonly string[] = ['/bin/dash', '/bin/bash', '/bin/busybox'].filter((path) => existsSync(path));

export interface Said {
  readonly code: number | null;
  /** Byte for byte. */
  readonly stdout: string;
}

interface How {
  readonly script?: string;
  /** Another user, where we may choose. */
  readonly uid?: number;
}

/** Runs the script as NPD does, but with this shell. Longer than NPD's own timeout counts as hung. */
export function runScript(shell: string, args: readonly string[], { script = SCRIPT, uid }: How = {}): Said {
  const applet = shell.endsWith('busybox') ? ['sh'] : [];
  const { status, stdout } = spawnSync(shell, [...applet, script, ...args], {
    encoding: 'latin1', timeout: 5_000, cwd: '/', env: { LANG: 'C.UTF-8' }, ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  return { code: status, stdout };
}

/**
 * What the script must say of a file with these bytes: found in another way than the script's. Undefined if our writer could not have
 * written it. The time apart.
 */
export function answerIn(bytes: Buffer, type: string): Said | undefined {
  const text = bytes.toString('latin1');
  const form = /^npd-plugins-status 1 (?:0|[1-9]\d{0,9}) (0|[1-9]\d{0,9})\n((?:[A-Za-z0-9]+ (?:True|False|Unknown) [A-Za-z0-9]+: [ -~\x80-\xff]+\n)*)end ([1-9]\d*)\n$/;
  const [, count, body, total] = form.exec(text) ?? [];
  if (body === undefined || total !== String(bytes.length)) return undefined;
  const conditions = body.split('\n').slice(0, -1).map((line) => /^(?<type>\S+) (?<status>\S+) (?<message>.*)$/s.exec(line)?.groups ?? {});
  const types = new Set(conditions.map((condition) => condition['type']));
  if (types.size !== conditions.length || count !== String(conditions.length)) return undefined;
  if (conditions.some(({ message = '' }) => message.length > 1_024)) return undefined;
  const found = conditions.find((condition) => condition['type'] === type);
  if (found === undefined) return undefined;
  return { code: { False: 0, True: 1 }[found['status'] ?? ''] ?? 2, stdout: `${found['message']}\n` };
}
