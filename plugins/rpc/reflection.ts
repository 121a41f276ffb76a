import { status, type Server, type ServerDuplexStream } from '@grpc/grpc-js';

import type { Logger } from '../core/log.ts';
import { bytesMethod, type Reply } from './definitions.ts';

/** Both names under which clients ask; the protocol is the same. */
const SERVICES = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];

type Questions = ServerDuplexStream<Buffer, Reply>;

/**
 * Serves gRPC server reflection, so that tools that know only the socket can find and call our services. What answers
 * is loaded with the first question: it costs several MiB that a sidecar otherwise never needs.
 */
export function addReflection(server: Server, log: Logger): void {
  for (const service of SERVICES) {
    const method = bytesMethod(`/${service}/ServerReflectionInfo`, true);
    server.addService({ ServerReflectionInfo: method }, { ServerReflectionInfo: (call: Questions) => answerAll(call, method.path, log) });
  }
}

/** One question at a time, and none while the last answer is unread: a client that never reads makes us keep one answer. */
function answerAll(call: Questions, path: string, log: Logger): void {
  const answer = async (question: Buffer) => {
    try {
      const { answerReflection } = await import('./reflection-answers.ts');
      const isFlowing = call.write({ bytes: answerReflection(path, question) });
      if (isFlowing) call.resume();
      else call.once('drain', () => call.resume());
    } catch (error) {
      log.debug({ err: error }, 'refused a reflection request');
      call.emit('error', { code: status.INVALID_ARGUMENT, details: 'not a ServerReflectionRequest' });
    }
  };
  let answered = Promise.resolve();
  call.on('data', (question: Buffer) => {
    call.pause();
    answered = answer(question);
  });
  // A stream that is paused at its last message ends all the same, before that one is answered.
  call.on('end', () => void answered.then(() => call.end()));
}
