/**
 * What Go's fmt.Sprintf makes of a text that is used as its format without any arguments; the host does so with event messages.
 *
 *     "96% full"   → "96%!f(MISSING)ull"      (the blank is a flag, the f a verb)
 *     "96%"        → "96%!(NOVERB)"
 *     "100%%"      → "100%"
 *
 * See the section "Format errors" of https://pkg.go.dev/fmt.
 */
export function formatWithoutArguments(format: string): string {
  let result = '';
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf('%', at);
    if (percent < 0) return result + format.slice(at);
    result += format.slice(at, percent);
    const verb = readVerb(format, percent + 1);
    result += verb.text;
    at = verb.next;
  }
  return result;
}

interface Scan {
  readonly format: string;
  at: number;
  /** Errors that are printed before the verb is reached. */
  text: string;
  /** An explicit argument index was read just now. */
  isAfterIndex: boolean;
  hasBadIndex: boolean;
}

/** Reads flags, argument indices, width, precision and the verb, in Go's order. */
function readVerb(format: string, start: number): { readonly text: string; readonly next: number } {
  const scan: Scan = { format, at: start, text: '', isAfterIndex: false, hasBadIndex: false };
  while ('#0+- '.includes(format.charAt(scan.at)) && scan.at < format.length) scan.at += 1;
  readIndex(scan);
  if (readStar(scan, '%!(BADWIDTH)')) scan.isAfterIndex = false;
  else if (readDigits(scan) && scan.isAfterIndex) scan.hasBadIndex = true;
  readPrecision(scan);
  if (!scan.isAfterIndex) readIndex(scan);
  const codePoint = format.codePointAt(scan.at);
  if (codePoint === undefined) return { text: `${scan.text}%!(NOVERB)`, next: format.length };
  const verb = String.fromCodePoint(codePoint);
  const next = scan.at + verb.length;
  if (verb === '%') return { text: `${scan.text}%`, next };
  return { text: `${scan.text}%!${verb}(${scan.hasBadIndex ? 'BADINDEX' : 'MISSING'})`, next };
}

/** A dot that ends the text is taken for the verb. */
function readPrecision(scan: Scan): void {
  if (scan.format[scan.at] !== '.' || scan.at + 1 >= scan.format.length) return;
  scan.at += 1;
  if (scan.isAfterIndex) scan.hasBadIndex = true;
  readIndex(scan);
  if (readStar(scan, '%!(BADPREC)')) scan.isAfterIndex = false;
  else readDigits(scan);
}

function readStar(scan: Scan, complaint: string): boolean {
  if (scan.format[scan.at] !== '*') return false;
  scan.at += 1;
  scan.text += complaint;
  return true;
}

/** `[3]` names an argument; there is none, so every index is bad. A malformed one is stepped over up to its bracket, or by one. */
function readIndex(scan: Scan): void {
  scan.isAfterIndex = false;
  if (scan.format[scan.at] !== '[') return;
  scan.hasBadIndex = true;
  const rest = scan.format.slice(scan.at);
  const close = rest.indexOf(']');
  if (close < 0 || rest.length < 3) {
    scan.at += 1;
    return;
  }
  scan.isAfterIndex = isWidth(rest.slice(1, close));
  scan.at += close + 1;
}

/** Widths over a million are refused, and then Go steps to the end of the text. */
function readDigits(scan: Scan): boolean {
  const [digits = ''] = /^[0-9]*/.exec(scan.format.slice(scan.at)) ?? [];
  const isAccepted = isWidth(digits);
  scan.at = digits !== '' && !isAccepted ? scan.format.length : scan.at + digits.length;
  return isAccepted;
}

/** Go compares before it appends a digit, so that the last one may lead beyond a million. */
function isWidth(digits: string): boolean {
  return /^[0-9]+$/.test(digits) && Number(digits.slice(0, -1)) <= 1e6;
}
