/** What stands on a terminal after some output, for the few control sequences that our live view uses; anything else is an error. */
export interface TerminalPicture {
  /** The rows of the alternate screen, if it is up, else those written to the normal one, without blanks at their ends. */
  readonly lines: readonly string[];
  readonly isAlternate: boolean;
  readonly isCursorShown: boolean;
  readonly isWrapping: boolean;
  /** Rows (from 0) with text in reverse video. */
  readonly reversedRows: readonly number[];
}

/** A control sequence (of the control characters only ESC begins one), or one character. */
const TOKEN = /[^\P{Cc}\r\n]\[(\??)([\d;]*)([A-Za-z])|[^]/gu;

/** Draws `output` as a terminal would that has had `rows` rows from the start. Every character takes one column. Throws for what is not known here. */
export function terminalPicture(output: string, rows: number): TerminalPicture {
  const modes = new Map([['1049', false], ['25', true], ['7', true]]);
  let [grid, normal]: [Map<number, string>, Map<number, string>] = [new Map(), new Map()];
  let reversed = new Set<number>();
  let [row, column, isReverse] = [0, 0, false];
  let saved: readonly [row: number, column: number] = [0, 0];

  function write(text: string): void {
    const line = (grid.get(row) ?? '').padEnd(column);
    grid.set(row, line.slice(0, column) + text + line.slice(column + 1));
    if (isReverse) reversed.add(row);
    column += 1;
  }

  function clear(what: string): void {
    if (what === 'K' && column === 0) reversed.delete(row);
    grid.set(row, (grid.get(row) ?? '').slice(0, column));
    for (const below of what === 'J' ? [...grid.keys()].filter((key) => key > row) : []) {
      grid.delete(below);
      reversed.delete(below);
    }
  }

  function setMode(mode: string, isOn: boolean): void {
    if (!modes.has(mode)) throw new Error(`unknown mode ${mode}`);
    const isChange = modes.get(mode) !== isOn;
    modes.set(mode, isOn);
    if (mode !== '1049' || !isChange) return;
    reversed = new Set();
    if (isOn) [normal, grid, saved] = [grid, new Map(), [row, column]];
    else [grid, [row, column]] = [normal, saved];
  }

  // A sequence may be under way at the end of what came so far.
  for (const [token, isPrivate, numbers = '', command] of output.replace(/[^\P{Cc}\r\n](\[[\d;?]*)?$/u, '').matchAll(TOKEN)) {
    if (token === '\r') column = 0;
    else if (token === '\n') row += 1;
    else if (command === undefined && !/\p{Cc}/u.test(token)) write(token);
    else if (isPrivate === '?' && (command === 'h' || command === 'l')) setMode(numbers, command === 'h');
    else if (command === 'H') [row, column] = [Math.min(Number(numbers || '1'), rows) - 1, 0];
    else if (command === 'K' || command === 'J') clear(command);
    else if (command === 'm') isReverse = numbers.split(';').includes('7');
    else throw new Error(`unknown control sequence ${JSON.stringify(token)}`);
  }
  const last = Math.max(-1, ...grid.keys());
  return {
    lines: Array.from({ length: last + 1 }, (_, index) => (grid.get(index) ?? '').trimEnd()),
    isAlternate: modes.get('1049') === true,
    isCursorShown: modes.get('25') === true,
    isWrapping: modes.get('7') === true,
    reversedRows: [...reversed].toSorted((a, b) => a - b),
  };
}
