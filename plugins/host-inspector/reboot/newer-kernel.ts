/**
 * The newest of these kernels that is of the same kind as the one that runs and newer, or undefined. Pure.
 *
 * Of one kind are names that differ in numbers alone: `6.8.0-45-generic` and `6.8.0-47-generic`, and not `-aws`; a release of
 * Enterprise Linux brings another `el9_5`, which counts as a number.
 */
export function newerKernel(running: string, installed: readonly string[]): string | undefined {
  const same = installed.filter((name) => kindOf(name) === kindOf(running) && isNewer(name, running));
  return same.toSorted((a, b) => (isNewer(a, b) ? -1 : 1))[0];
}

function kindOf(name: string): string {
  return name.replaceAll(/\d+(?:[._]\d+)*/g, '#');
}

function isNewer(name: string, other: string): boolean {
  const [a, b] = [numbersOf(name), numbersOf(other)];
  const at = a.findIndex((number, index) => number !== (b[index] ?? -1));
  return at === -1 ? false : (a[at] ?? 0) > (b[at] ?? -1);
}

function numbersOf(name: string): readonly number[] {
  return (name.match(/\d+/g) ?? []).map(Number);
}
