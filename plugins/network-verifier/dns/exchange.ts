import type { AttemptLimits, Endpoint, Failed, Outcome } from '../attempt.ts';
import { failed } from '../attempts/failures.ts';
import type { Message } from './message.ts';

/** One question on its way. */
export interface Exchange {
  readonly server: Endpoint;
  readonly question: Buffer;
  readonly limits: AttemptLimits;
  /** The time limit that messages speak of. */
  readonly toldMs: number;
  /** What one message from the other side is to this question. */
  readonly read: (bytes: Buffer) => Message;
}

export type Answered = Extract<Message, { readonly kind: 'answer' }>;

/** Sends it, and waits for what fits. Never rejects. */
export type SendQuestion = (exchange: Exchange) => Promise<Outcome<Answered>>;

export function malformed(tookMs: number): Failed {
  return failed('malformed', 'an answer that is no DNS message, or is cut short', tookMs);
}

/** Something came in time, only not what was asked for. */
export function misfit(tookMs: number): Failed {
  return failed('malformed', 'only answers to other questions', tookMs);
}
