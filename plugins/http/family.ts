import { cutToBytes, oneLine } from '../core/text.ts';

/** One metric with all its samples at one moment. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Where it is not that of the family: a histogram is told as `…_bucket`, `…_sum` and `…_count`. */
  readonly name?: string;
  /** The same names in each sample of a name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A mount point may have 4,096 bytes. */
const LONGEST_LABEL_BYTES = 256;

/** A text as the value of a label: one line of at most 256 bytes. */
export function cutToLabel(text: string): string {
  return cutToBytes(oneLine(text), LONGEST_LABEL_BYTES);
}

/** All values of these labels. */
export function cutLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, cutToLabel(text)]));
}
