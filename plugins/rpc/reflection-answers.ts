import { EventEmitter } from 'node:events';

import type { MethodDefinition } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';

import { EXTERNAL_MONITOR } from './definitions.ts';
import { FILE_DESCRIPTORS } from './generated/descriptors.ts';

type Answerer = (question: Buffer) => Buffer;

const answerers = createAnswerers();

/** The answer to one encoded ServerReflectionRequest that came to a method, named by its path. Throws for bytes that are none. */
export function answerReflection(path: string, question: Buffer): Buffer {
  const answer = answerers.get(path);
  if (answer === undefined) throw new Error(`${path}: not a reflection method`);
  return answer(question);
}

/** The package wants to add itself to a server; it is given the small part of one that it uses. */
function createAnswerers(): ReadonlyMap<string, Answerer> {
  const found = new Map<string, Answerer>();
  const files = FILE_DESCRIPTORS.map((base64) => Buffer.from(base64, 'base64'));
  const service = new ReflectionService({ [EXTERNAL_MONITOR]: { format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos: files } });
  service.addToServer({
    addService(definition, implementation) {
      const method = definition['ServerReflectionInfo'];
      const handle = implementation['ServerReflectionInfo'];
      if (method !== undefined && handle !== undefined) found.set(method.path, answererOf(method, handle as unknown as (call: EventEmitter) => void));
    },
  });
  return found;
}

/** The handler answers each `data` event by calling `write` at once. */
function answererOf(method: MethodDefinition<unknown, unknown>, handle: (call: EventEmitter) => void): Answerer {
  let answer: unknown;
  const call = Object.assign(new EventEmitter(), {
    write: (message: unknown) => {
      answer = message;
    },
    end: () => {},
  });
  handle(call);
  return (question) => {
    call.emit('data', method.requestDeserialize(question));
    return method.responseSerialize(answer);
  };
}
