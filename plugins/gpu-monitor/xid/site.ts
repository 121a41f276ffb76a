import { isDocumented, xidRow } from './catalogue.ts';
import { type XidClass, worseOf } from './classes.ts';
import type { XidEntry } from './state.ts';
import { isDocumentedSxid } from './sxid.ts';

/** What decides beside the catalogue. */
export interface Site {
  /** Classes that the site has set, by `63`, `sxid20034` or `other`. */
  readonly classes: ReadonlyMap<string, XidClass>;
  /** After so many times within a month; 0 for never. */
  readonly replaceAfter: number;
}

const SXID = /^sxid(\d+)$/;

/** The code of an entry's key, where it is an SXid. */
export function sxidCodeOf(key: string): number | undefined {
  const [, code] = SXID.exec(key) ?? [];
  return code === undefined ? undefined : Number(code);
}

/**
 * What an entry asks for. The site's word is the last; else the catalogue's, which may grow with repetition.
 *
 * @param key `79` or `sxid20034`
 * @param times how often it came to this GPU within a month, over boots
 */
export function classOnSite({ classes, replaceAfter }: Site, key: string, entry: XidEntry, times: number): XidClass {
  const code = sxidCodeOf(key);
  const isKnown = code === undefined ? isDocumented(Number(key)) : isDocumentedSxid(code);
  const set = classes.get(key) ?? (isKnown ? undefined : classes.get('other'));
  if (set !== undefined) return set;
  if (code !== undefined) return entry.xidClass;
  const { again = entry.xidClass, often = entry.xidClass } = xidRow(Number(key));
  const grown = entry.episodes > 1 ? worseOf(entry.xidClass, again) : entry.xidClass;
  return replaceAfter > 0 && times >= replaceAfter ? worseOf(grown, often) : grown;
}
