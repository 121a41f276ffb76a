import { ConfigError, quote } from '../../core/errors.ts';
import { type Setting, countSetting, listSetting } from '../../core/settings.ts';
import { XID_CLASSES, type XidClass, isXidClass } from '../xid/classes.ts';

const list = listSetting([], 'what this site makes of an XID or SXid: `63=ignore, 94=reset, sxid20034=event`, `other=` for numbers that are not documented');

/** More than there are numbers. */
const MOST_ENTRIES = 1_000;

/** Each entry was read, so that a wrong one is refused at the start. */
const classesSetting: Setting<readonly string[]> = {
  ...list,
  read(value, path) {
    const entries = list.read(value, path);
    if (entries.length > MOST_ENTRIES) throw new ConfigError(path, `expected at most ${MOST_ENTRIES} entries`);
    for (const entry of entries) readEntry(entry, path);
    return entries;
  },
};

/** What the kernel log's errors of NVIDIA devices mean on this site. */
export const xidSettings = {
  xidClasses: classesSetting,
  xidReplaceAfter: countSetting(3, 'times within 30 days that a grave XID comes again after a reset or reboot before the GPU is to be replaced; 0 for never'),
};

const ENTRY = /^(?:xid)?([1-9]\d{0,8})$|^(sxid[1-9]\d{0,8})$|^(other)$/i;

/** `63=ignore` as key (`63`, `sxid20034`, `other`) and class. Throws ConfigError naming the entry. */
function readEntry(entry: string, path: string): readonly [string, XidClass] {
  const [name = '', xidClass = '', ...more] = entry.split('=').map((part) => part.trim());
  const [, xid, sxid, other] = ENTRY.exec(name) ?? [];
  const key = xid ?? (sxid ?? other)?.toLowerCase();
  if (key === undefined || more.length > 0 || !isXidClass(xidClass)) {
    throw new ConfigError(path, `expected entries such as "63=ignore" or "sxid20034=event" with one of ${XID_CLASSES.join(', ')}, got ${quote(entry)}`);
  }
  return [key, xidClass];
}

/** The classes that a site has set, by `63`, `sxid20034` or `other`; of two for one number the last. */
export function xidClassesOf(entries: readonly string[]): ReadonlyMap<string, XidClass> {
  return new Map(entries.map((entry) => readEntry(entry, 'xidClasses')));
}
