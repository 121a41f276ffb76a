import { setLogger } from '@grpc/grpc-js';

import type { Logger } from '../core/log.ts';

/** Sends what grpc-js itself has to say (rare, and errors only by default) to our log instead of standard error. Process-wide. */
export function routeGrpcLog(log: Logger): void {
  setLogger({ error: lineOf(log.error), info: lineOf(log.info), debug: lineOf(log.debug) });
}

function lineOf(write: Logger['error']) {
  return (...parts: unknown[]): void => write({ text: parts.map(String).join(' ') }, 'grpc-js says');
}
