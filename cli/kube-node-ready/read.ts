import { readFileSync, statSync } from 'node:fs';
import { ConfigError, codeOf, messageOf } from '../../plugins/core/errors.ts';
import type { Logger } from '../../plugins/core/log.ts';
import { oneLine } from '../../plugins/core/text.ts';
import type { Context, ParsedArgs } from '../command.ts';
import { text } from '../options.ts';
import type { Documents, Found } from './documents.ts';
import { type Given, givenBy } from './given.ts';
import { KNOWN_KEYS, type Use } from './known-keys.ts';

/** A ConfigMap holds at most 1 MiB. */
const LONGEST_BYTES = 2 ** 20;

/**
 * What kube-node-ready was told: by `--kube-node-ready FILE`, else WORKER_CONFIG_PATH, and by its environment variables, which win.
 * The log tells once what of the file is not ours. Rejects with ConfigError for what cannot be read or used.
 */
export async function readKubeNodeReady(args: ParsedArgs, env: Context['env'], log: Logger): Promise<Given> {
  const flagged = text(args, 'kube-node-ready');
  const file = flagged ?? (env['WORKER_CONFIG_PATH'] || undefined);
  const documents = file === undefined ? undefined : (await import('./documents.ts')).readDocuments(contentOf(file, flagged === undefined ? 'environment variable WORKER_CONFIG_PATH' : '--kube-node-ready'), file);
  const given = givenBy([variablesIn(env), documents?.found ?? []]);
  if (file !== undefined && documents !== undefined) tell(file, documents, log);
  for (const warning of given.warnings) log.warn({ setting: oneLine(warning) }, 'a setting of kube-node-ready was changed');
  if (given.peers !== undefined) log.info({ setting: given.peers }, 'other nodes are tried where the setting peers names the headless Service of their verifiers');
  return given;
}

/** Of the environment only what kube-node-ready has; an empty variable counts as none. */
function variablesIn(env: Context['env']): readonly Found[] {
  return KNOWN_KEYS.flatMap((row) => {
    const value = /^[A-Z]/.test(row.key) ? env[row.key] : undefined;
    return value === undefined || value === '' ? [] : [{ row, value, path: `environment variable ${row.key}` }];
  });
}

function contentOf(file: string, from: string): string {
  try {
    const { size } = statSync(file);
    if (size > LONGEST_BYTES) throw new ConfigError('', `longer than ${LONGEST_BYTES} bytes`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = codeOf(cause) === 'ENOENT' ? 'no such file' : messageOf(cause);
    throw new ConfigError(from, `${file} cannot be read: ${why}`, { cause });
  }
}

/** Once, by the names of the table. */
function tell(file: string, { found, unknown }: Documents, log: Logger): void {
  const named = (use: Use): readonly string[] => [...new Set(found.filter(({ row }) => row.use === use).map(({ row }) => row.key))];
  log.info({ file, controllers: named('controller'), elsewhere: named('same'), withoutMeaning: named('nothing') }, 'read a configuration of kube-node-ready; these of its keys are no settings of checks');
  for (const path of unknown) log.warn({ setting: oneLine(path) }, 'no setting of kube-node-ready, as far as known; it changes nothing');
}
