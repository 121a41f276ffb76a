import { randomBytes } from 'node:crypto';
import { messageOf, quote } from '../plugins/core/errors.ts';
import { type Monitor, PEEK_PARAMETER } from '../plugins/core/status.ts';
import { connect } from '../plugins/rpc/client.ts';

/** A probe that takes longer is given up by the kubelet. */
const ANSWER_WITHIN_MS = 1_000;

export interface OwnAnswer {
  /** To be served in the place of the monitor: notes which questions reach it. */
  readonly monitor: Monitor;
  /** Asks at a socket path: undefined if the answer came from here, else what went wrong. Never rejects. */
  readonly ask: (socketPath: string) => Promise<string | undefined>;
}

/**
 * Tells whether whoever answers on a socket is this very process. A name and a version would not do: an old and a new
 * container of one image have the same. So the question is one that nobody else asks, and we look whether it came in.
 */
export function ownAnswer(monitor: Monitor): OwnAnswer {
  const onTheirWay = new Set<string>();
  return {
    monitor: {
      ...monitor,
      checkHealth(parameters) {
        onTheirWay.delete(parameters[PEEK_PARAMETER] ?? '');
        return monitor.checkHealth(parameters);
      },
    },
    async ask(socketPath) {
      const question = randomBytes(16).toString('hex');
      onTheirWay.add(question);
      try {
        using client = connect(socketPath);
        const { source } = await client.checkHealth({ [PEEK_PARAMETER]: question }, 0, { timeoutMs: ANSWER_WITHIN_MS });
        return onTheirWay.has(question) ? `another server, ${quote(source)}, answers on ${socketPath}` : undefined;
      } catch (error) {
        return messageOf(error);
      } finally {
        onTheirWay.delete(question);
      }
    },
  };
}
