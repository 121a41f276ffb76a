/** One budget, and what was measured against it. */
export type Row = Measured | Skipped;

export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly measured: number;
  readonly budget: number;
  readonly ok: boolean;
  /** What else belongs to the number, e.g. how often it was measured. */
  readonly note?: string;
}

export interface Skipped {
  readonly name: string;
  readonly skipped: string;
}

/** A row whose value must be at most the budget; rounded to two places. */
export function atMost(name: string, unit: string, measured: number, budget: number, note?: string): Measured {
  const rounded = Math.round(measured * 100) / 100;
  return { name, unit, measured: rounded, budget, ok: measured <= budget, ...(note === undefined ? {} : { note }) };
}

export function skipped(name: string, why: string): Skipped {
  return { name, skipped: why };
}

/** Value at a share of the sorted list: 0.5 is the median. NaN of an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
