import type { Mask } from './record-mask.ts';

/** One kind of file that checks read, and what becomes of its text. */
export interface RecordedFile {
  /** Below the host's root. `*` stands for any part of one name, `<pid>` for the processes that are recorded, `<inotify>` for such descriptors of theirs, `<nvidia>` for PCI functions of that vendor. */
  readonly pattern: string;
  /** Throws where the text has not the form it should have: what is not understood cannot be masked. */
  readonly keep: (text: string, mask: Mask) => string;
  /** Names that may stand where the pattern has a `*`; others are left out. */
  readonly only?: RegExp;
  /** What is trimmed or masked, for the README; absent where the file is recorded as it is. */
  readonly change?: string;
}
