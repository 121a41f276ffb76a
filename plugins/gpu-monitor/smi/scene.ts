import type { SmiLook } from './look.ts';

/** Where a question is asked from. */
export interface SmiScene {
  /** The host's root folder. */
  readonly root: string;
  /** How long nvidia-smi may take. */
  readonly timeoutMs: number;
  /** Asked even where no NVIDIA GPU is on the PCI bus: somebody expects one. */
  readonly isExpected: boolean;
  /** Not asked even where there is one: somebody said that none is to be looked after. */
  readonly isNoneExpected?: boolean;
}

/** What every look gives then. */
export const NONE_EXPECTED: Extract<SmiLook, { readonly kind: 'no-gpu' }> = {
  kind: 'no-gpu', message: 'no GPU is expected here (expectGpus is none)', reason: 'NoGPUExpected',
};
