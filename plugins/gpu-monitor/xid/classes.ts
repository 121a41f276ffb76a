/**
 * What to do about an error, from nothing to the worst:
 *
 * - `ignore`: nothing, not even a word;
 * - `app`: the program that ran is to be restarted, the GPU is well: an event for information;
 * - `event`: worth a look, no reason to stop using the GPU: a warning event;
 * - `reset`, `reboot`, `rma`: the GPU is not to be used before it is reset, its node rebooted, or the board inspected and replaced.
 */
export const XID_CLASSES = ['ignore', 'app', 'event', 'reset', 'reboot', 'rma'] as const;

export type XidClass = (typeof XID_CLASSES)[number];

/** From 0; a higher one is worse. */
export function rankOf(xidClass: XidClass): number {
  return XID_CLASSES.indexOf(xidClass);
}

/** Worse than any event: the condition tells it. */
export function isGrave(xidClass: XidClass): boolean {
  return rankOf(xidClass) >= rankOf('reset');
}

/** The worse of two. */
export function worseOf(a: XidClass, b: XidClass): XidClass {
  return rankOf(a) >= rankOf(b) ? a : b;
}

/** True for one of the class words. */
export function isXidClass(text: unknown): text is XidClass {
  return XID_CLASSES.some((xidClass) => xidClass === text);
}
