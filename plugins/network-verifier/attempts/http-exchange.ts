import type { Socket } from 'node:net';
import type { Failed, Local } from '../attempt.ts';
import type { HttpAnswer } from '../sources.ts';
import { ABORTED, type Phase, cutOffIn, failed, failureIn, lateIn } from './failures.ts';
import { type Progress, createResponseReader } from './http-response.ts';

/** What one request over one connection came to. The connection is to be destroyed unless it is reusable. */
export type Ending =
  | { readonly kind: 'ok'; readonly tookMs: number; readonly value: HttpAnswer; readonly isReusable: boolean }
  | (Failed & { readonly isUnheard: boolean })
  | Local;

export interface Exchange {
  readonly socket: Socket;
  /** Until it is emitted nothing can be sent; undefined for a connection that is there. */
  readonly readyEvent: 'connect' | 'secureConnect' | undefined;
  readonly text: string;
  /** performance.now() at which the attempt began, on whatever connection. */
  readonly startedMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends the request once the connection is there, and reads one reply. Ends by its deadline at the latest. Never rejects; destroys nothing. */
export async function exchange({ socket, readyEvent, text, startedMs, timeoutMs, signal }: Exchange): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const reader = createResponseReader();
  let phase: Phase = readyEvent === undefined ? 'answer' : 'connecting';

  const tookMs = (): number => performance.now() - startedMs;
  const end = (ending: Failed | Local): void => resolve(ending.kind === 'local' ? ending : { ...ending, isUnheard: phase !== 'rest' });
  const take = (progress: Progress): void => {
    if (progress.kind === 'malformed') end(failed('malformed', progress.message, tookMs()));
    if (progress.kind === 'done') resolve({ kind: 'ok', tookMs: tookMs(), value: progress.answer, isReusable: progress.isReusable });
  };
  const send = (): void => {
    phase = 'answer';
    socket.write(text);
  };
  const onConnect = (): void => {
    if (readyEvent === 'secureConnect') phase = 'handshake';
  };
  const onData = (piece: Buffer): void => {
    phase = 'rest';
    take(reader.read(piece));
  };
  const onEnd = (): void => {
    const progress = reader.end();
    if (progress === undefined) end(cutOffIn(cutPhase(), tookMs()));
    else take(progress);
  };
  // Whether a reset comes before or after the connection is known to stand is chance.
  const cutPhase = (): Phase => (phase !== 'connecting' ? phase : readyEvent === 'secureConnect' ? 'handshake' : 'answer');
  const onError = (cause: Error): void => end(failureIn(phase, cause, tookMs(), cutPhase()));
  const onClose = (): void => end(cutOffIn(cutPhase(), tookMs()));
  const onAbort = (): void => end(ABORTED);

  const deadline = setTimeout(() => end(lateIn(phase, timeoutMs)), Math.max(0, timeoutMs - tookMs()));
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('connect', onConnect).on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  if (readyEvent === undefined) send();
  else socket.once(readyEvent, send);
  if (signal.aborted) onAbort();
  try {
    return await promise;
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', onAbort);
    socket.off('connect', onConnect).off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    if (readyEvent !== undefined) socket.off(readyEvent, send);
  }
}
