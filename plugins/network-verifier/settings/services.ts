import { ConfigError, quote } from '../../core/errors.ts';
import { type Setting, listSetting } from '../../core/settings.ts';
import { parseServiceEntry } from '../services/entry.ts';

/** Each costs two requests to the API server in five minutes. */
const MOST_SERVICES = 16;

const list = listSetting(['default/kubernetes'], 'Services that are to be found and reached through their cluster IPs, NAMESPACE/NAME or NAMESPACE/NAME:PORT; none switches it off');

const services: Setting<readonly string[]> = {
  ...list,
  read(value, path) {
    const entries = [...new Set(list.read(value, path))];
    const wrong = entries.find((entry) => parseServiceEntry(entry) === undefined);
    if (wrong !== undefined) throw new ConfigError(path, `expected a Service as NAMESPACE/NAME or NAMESPACE/NAME:PORT, got ${quote(wrong)}`);
    if (entries.length > MOST_SERVICES) throw new ConfigError(path, `expected ${MOST_SERVICES} Services at most, got ${entries.length}`);
    return entries;
  },
};

export const serviceSettings = { services };
