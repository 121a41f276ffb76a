import type { AttemptLimits, Endpoint, Outcome } from '../attempt.ts';
import type { Message } from './message.ts';

/** One question on its way. */
export interface Exchange {
  readonly server: Endpoint;
  readonly question: Buffer;
  readonly limits: AttemptLimits;
  /** The time that messages speak of, e.g. `3 s`. */
  readonly within: string;
  /** What one message from the other side is to this question. */
  readonly read: (bytes: Buffer) => Message;
}

export type Answered = Extract<Message, { readonly kind: 'answer' }>;

/** Sends it, and waits for what fits. Never rejects. */
export type SendQuestion = (exchange: Exchange) => Promise<Outcome<Answered>>;

export const MALFORMED = ['malformed', 'an answer that is no DNS message, or is cut short'] as const;

/** Something came in time, only not what was asked for. */
export const MISFIT = ['malformed', 'only answers to other questions'] as const;
