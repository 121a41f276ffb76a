/** A gRPC message on the wire: one byte that says whether it is compressed, four bytes of length, the message. */
const HEAD_BYTES = 5;

/** Replaces the decoder of grpc-js: takes what comes in pieces and gives the messages that are whole, heads included. */
export interface WholeMessages {
  readonly write: (data: Buffer) => Buffer[];
}

export interface MessageLimits {
  /** Without the head. */
  readonly longestBytes: number;
  /** As many may come in one piece. */
  readonly mostAtOnce: number;
}

/**
 * Copies each piece into one buffer per message. The decoder of grpc-js 1.14 keeps the pieces themselves instead: a
 * piece of one byte holds on to the whole 64 KiB that were read from the socket with it, and sixteen thousand of such
 * make one message. `write` throws an Error, which grpc-js answers with RESOURCE_EXHAUSTED, for what is beyond the
 * limits, and then for everything that follows.
 */
export function wholeMessages({ longestBytes, mostAtOnce }: MessageLimits): WholeMessages {
  const head = Buffer.alloc(HEAD_BYTES);
  let message = head;
  let filledBytes = 0;
  let refusal: Error | undefined;

  const refuse = (text: string): never => {
    message = head;
    refusal = new Error(text);
    throw refusal;
  };

  return {
    write(data) {
      if (refusal !== undefined) throw refusal;
      const whole: Buffer[] = [];
      let taken = 0;
      while (taken < data.length) {
        const copied = data.copy(message, filledBytes, taken);
        taken += copied;
        filledBytes += copied;
        if (filledBytes < message.length) break;
        if (message === head) {
          const bytes = head.readUInt32BE(1);
          if (bytes > longestBytes) refuse(`Received message larger than max (${bytes} vs ${longestBytes})`);
          message = Buffer.allocUnsafe(HEAD_BYTES + bytes);
          head.copy(message);
          if (bytes > 0) continue;
        }
        if (whole.length === mostAtOnce) refuse(`Received more than ${mostAtOnce} messages at once`);
        whole.push(message);
        message = head;
        filledBytes = 0;
      }
      return whole;
    },
  };
}
