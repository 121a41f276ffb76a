import { ParseError } from '../../core/errors.ts';

/**
 * The kernel ends every line, so a text whose last one has no end was cut off: what is missing then, or how a number
 * went on, nobody can tell. Called when all lines were read, since an error in one of them says more. Throws ParseError.
 */
export function requireWholeText(text: string, file: string): void {
  if (!text.endsWith('\n')) throw new ParseError(file, 'a newline at its end', text.slice(text.lastIndexOf('\n') + 1));
}
