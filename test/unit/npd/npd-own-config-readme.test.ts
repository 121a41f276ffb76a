import { assert } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalKeys } from '../../support/host-config-keys.ts';
import type { LogRule } from '../../support/host-log-rules.ts';

const FOLDER = join(import.meta.dirname, '../../../npd-config');
const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');

/** The rows of the tables below a heading, up to the next heading of that depth or less. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const depth = heading.indexOf(' ');
  const rest = readme.slice(readme.indexOf(`${heading}\n`) + heading.length);
  const end = rest.search(new RegExp(`^#{1,${depth}} `, 'm'));
  return (end < 0 ? rest : rest.slice(0, end)).split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|---')).map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));
}

/** What stands in backticks. */
function quoted(cell: string | undefined): readonly string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
}

/** By the kind of a file, as it names itself. */
const FLAGS: Readonly<Record<string, string>> = {
  external: '--config.external-monitor', custom: '--config.custom-plugin-monitor', kmsg: '--config.system-log-monitor', none: '--config.system-stats-monitor',
};

describe('npd-config/README.md', () => {
  it('names every file with the flag that takes it', () => {
    const rows = rowsBelow('# Configuration files of Node Problem Detector').flatMap(([file, flag]): readonly [string, string][] => {
      const [name = '', option = ''] = [...quoted(file), ...quoted(flag)];
      return name.endsWith('.json') && option.startsWith('--config') ? [[name, option]] : [];
    });
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json')).map((name) => {
      const { plugin = 'none' } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as { readonly plugin?: string };
      return [name, FLAGS[plugin] ?? ''];
    });
    assert.sameDeepMembers(rows, files);
  });

  it('documents every key of a file for an external monitor, and no other', () => {
    const keys = rowsBelow('## Files for external monitors').slice(1).flatMap(([key]) => {
      const [first, ...more] = quoted(key);
      return first === undefined ? [] : [first, ...more.map((short) => first.replace(/\.\w+$/, short))];
    });
    const known = externalKeys();
    const documented = keys.map((key) => key.replace('[]', ''));
    assert.includeMembers(documented, [...known]);
    assert.deepEqual(documented.filter((key) => !known.includes(key)).slice(0, 4), [
      'pluginConfig.socketPath', 'pluginConfig.grpcTimeout', 'pluginConfig.reconnectInterval', 'pluginConfig.maxReconnectAttempts',
    ]);
  });

  it('has a row for each condition and reason, and each event, of the kernel log', () => {
    const { conditions, rules } = JSON.parse(readFileSync(join(FOLDER, 'kernel-monitor.json'), 'utf8')) as {
      readonly conditions: readonly { readonly type: string; readonly reason: string }[];
      readonly rules: readonly LogRule[];
    };
    const rows = rowsBelow('## kernel-monitor.json').slice(1).map(([what, reason]) => `${what} ${reason}`);
    assert.sameMembers([...new Set(rows)], [
      ...new Set(rules.map(({ condition, reason }) => (condition === undefined ? `event \`${reason}\`` : `condition \`${condition}\` \`${reason}\``))),
      ...conditions.map(({ type, reason }) => `condition \`${type}\`, False \`${reason}\``),
    ]);
  });
});
