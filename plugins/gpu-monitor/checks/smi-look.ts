import { type Problem, type Unknown, type Verdict, notApplicable, unknown, unknownOf } from '../../core/verdict.ts';
import type { GpuSettings } from '../settings.ts';
import type { Complaint, SmiLook } from '../smi/look.ts';
import type { SmiScene } from '../smi/reader.ts';

/** All checks of one look at nvidia-smi share it. Its deadline leaves time to end a child that hangs, and one more for the other question. */
export const SMI_TIMES = { periodMs: 30_000, timeoutMs: 29_000, together: 'nvidia-smi', isSlow: true } as const;

/** What the reader needs to know of the settings in force. */
export function smiScene(root: string, { nvidiaSmiTimeout, expectGpus }: GpuSettings): SmiScene {
  return { root, timeoutMs: nvidiaSmiTimeout, isExpected: typeof expectGpus === 'number', isNoneExpected: expectGpus === 'none' };
}

/** The verdict of a check that needs the data of nvidia-smi and got none; why is told by GPUHung, GPUDriverUnhealthy and GPUMissing. */
export function withoutData(look: Exclude<SmiLook, { readonly kind: 'answered' }>): Verdict {
  if (look.kind === 'no-gpu') return { ...notApplicable(look.message), ...(look.reason === undefined ? {} : { reason: look.reason }) };
  return unknown(look.kind === 'untold' ? look.message : WHY_NONE[look.kind]);
}

const WHY_NONE = {
  missing: 'nvidia-smi was not found, see GPUDriverUnhealthy',
  failed: 'nvidia-smi failed, see GPUDriverUnhealthy',
  hung: 'nvidia-smi does not answer, see GPUHung',
  uninterruptible: 'nvidia-smi does not answer, see GPUHung',
} as const;

/** What nvidia-smi complained of, without its full stop: more is said behind it. */
export function saidBy({ text }: Pick<Complaint, 'text'>): string {
  return text.replace(/\.$/, '');
}

/**
 * A finding that must be seen twice, and until then is not known to be absent: the last known state holds for it, and where
 * there is none, Unknown.
 */
export function seenTwice(problem: Problem): readonly [Problem, Unknown] {
  return [problem, unknownOf(`${problem.subject}, first`, problem.message)];
}
