/** Where a question is asked from. */
export interface SmiScene {
  /** The host's root folder. */
  readonly root: string;
  /** How long nvidia-smi may take. */
  readonly timeoutMs: number;
  /** Asked even where no NVIDIA GPU is on the PCI bus: somebody expects one. */
  readonly isExpected: boolean;
}
