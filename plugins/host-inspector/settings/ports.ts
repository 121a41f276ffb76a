import { ConfigError, quote } from '../../core/errors.ts';
import { type Setting, listSetting } from '../../core/settings.ts';
import { SCOPES, readPortEntry } from '../ports/expected.ts';

/** Where a node may bring its list along, e.g. in its image: a file there is a declaration, none is none. */
export const EXPECTED_PORTS_FILE = '/etc/npd-plugins/expected-ports';

export const portSettings = {
  expectedPorts: portListSetting([], 'ports that may listen, e.g. `tcp/22`, `tcp/30000-32767`, `tcp/10248@loopback`, `tcp/2379@192.0.2.7`; nothing is judged without a list'),
  expectedPortsFile: {
    initial: EXPECTED_PORTS_FILE,
    help: 'file of the node with further ones, one a line, `#` for comments; `none` for no file',
    read(value, path) {
      if (value === 'none' || (typeof value === 'string' && /^\/[^\0]+$/.test(value))) return value;
      throw new ConfigError(path, `expected an absolute path or "none", got ${quote(JSON.stringify(value) ?? 'nothing')}`);
    },
  } satisfies Setting<string>,
  portScopes: wordListSetting(['one', 'all'], SCOPES, 'which listening ports are judged and told as new, by from where they can be reached: `loopback`, `one` address, `all` addresses'),
  newPortsIgnore: portListSetting(['tcp/30000-32767', 'udp/30000-32767'], 'ports that are never told as new: those that Kubernetes gives to Services'),
};

/** A list whose entries `readPortEntry` takes. */
function portListSetting(initial: readonly string[], help: string): Setting<readonly string[]> {
  return checkedList(initial, help, (entry) => {
    const found = readPortEntry(entry);
    return typeof found === 'string' ? found : undefined;
  });
}

function wordListSetting(initial: readonly string[], words: readonly string[], help: string): Setting<readonly string[]> {
  return checkedList(initial, help, (entry) => (words.includes(entry) ? undefined : `expected one of ${words.join(', ')}, got ${quote(entry)}`));
}

function checkedList(initial: readonly string[], help: string, whyNot: (entry: string) => string | undefined): Setting<readonly string[]> {
  const list = listSetting(initial, help);
  return {
    ...list,
    read(value, path) {
      const entries = list.read(value, path);
      for (const [index, entry] of entries.entries()) {
        const complaint = whyNot(entry);
        if (complaint !== undefined) throw new ConfigError(`${path}[${index}]`, complaint);
      }
      return entries;
    },
  };
}
