/**
 * What one look says about one subject (a mount, a device, the whole node).
 *
 * `unknown` means the check could not tell; it never stands for healthy.
 * `not-applicable` is for what does not exist on this node (no PSI, no EDAC, no GPU).
 */
export type Verdict = Healthy | Problem | Unknown | NotApplicable;

export interface Healthy {
  readonly kind: 'healthy';
}

export interface Problem {
  readonly kind: 'problem';
  /** A reason of the condition table: CamelCase, finite, stable. */
  readonly reason: string;
  /** What is sick, e.g. `/var/lib/kubelet`; with the reason it names one finding over time. */
  readonly subject: string;
  /** Subject and the limit that was crossed. No live numbers: it must be byte-stable while the state is. */
  readonly message: string;
  /** Too grave to wait: raised by the first look, whatever the table says. */
  readonly isUrgent?: boolean;
  /**
   * Who has most of it, the largest first, e.g. `pod default/train-0 3f2a0c1e (python)`. What the look that raises the finding
   * gives stays with it, so they may move. Where finding out costs anything, `contributorsTo` of the look is the better way.
   */
  readonly contributors?: readonly string[];
  /** In their place: how things looked around it when it was raised, e.g. whether others of its kind were well. It stays with the finding, too. */
  readonly outlook?: string;
}

export interface Unknown {
  readonly kind: 'unknown';
  /** What could not be told about; absent when nothing of this look can be trusted. */
  readonly subject?: string;
  /** What was tried and why it failed, e.g. `/proc/1/mountinfo: permission denied`. Byte-stable too. */
  readonly message: string;
  /** One of the condition's `moreUnknownReasons`, where its `unknownReason` would say too little. */
  readonly reason?: string;
  readonly cause?: unknown;
}

export interface NotApplicable {
  readonly kind: 'not-applicable';
  /** What is missing, e.g. `this kernel has no /proc/pressure`. */
  readonly message: string;
  /** One of the condition's `moreNotApplicableReasons`, where its `notApplicableReason` would say something else. */
  readonly reason?: string;
}

export const healthy: Healthy = { kind: 'healthy' };

/** Between a subject and a part of it, e.g. one property of a device: who cannot tell about the device cannot tell about its parts. */
export const PART_MARK = ' · ';

/** The subject for one part of another: a problem or a gap there leaves the other parts alone. */
export function partOf(subject: string, part: string): string {
  return subject + PART_MARK + part;
}

/** A finding: `reason` is a row of the condition's table, `message` one byte-stable line that names subject and limit, without live numbers. */
export function problem(reason: string, subject: string, message: string): Problem {
  return { kind: 'problem', reason, subject, message };
}

/** A look of which nothing can be trusted: `message` is one byte-stable line that says what was tried and why it failed, `cause` the error behind it. */
export function unknown(message: string, cause?: unknown): Unknown {
  return { kind: 'unknown', message, cause };
}

/** As `unknown`, of one `subject`; the others of the same look are judged by their own verdicts. */
export function unknownOf(subject: string, message: string, cause?: unknown): Unknown {
  return { kind: 'unknown', subject, message, cause };
}

/** This node has not got what would be judged; `message` says in one line what is missing. */
export function notApplicable(message: string): NotApplicable {
  return { kind: 'not-applicable', message };
}
