import type { MethodDefinition } from '@grpc/grpc-js';

export const EXTERNAL_MONITOR = 'npd.external.v1.ExternalMonitor';

/** What a handler answers: bytes, and what to call once they have been read. */
export interface Reply {
  readonly bytes: Buffer;
  readonly delivered?: () => void;
}

export type BytesMethod = MethodDefinition<Buffer, Reply>;

const passBytes = (bytes: Buffer): Buffer => bytes;

/** A method that hands raw bytes to its handler and takes a Reply from it, so that a failure to decode is ours to word. */
export function bytesMethod(path: string, isStream = false): BytesMethod {
  return {
    path,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: passBytes,
    requestDeserialize: passBytes,
    responseSerialize: ({ bytes }) => bytes,
    responseDeserialize: (bytes) => ({ bytes }),
  };
}

/** The contract of proto/npd/external/v1; `wire.ts` knows what the bytes mean. */
export const externalMonitorDefinition = {
  CheckHealth: bytesMethod(`/${EXTERNAL_MONITOR}/CheckHealth`),
  GetMetadata: bytesMethod(`/${EXTERNAL_MONITOR}/GetMetadata`),
  Stop: bytesMethod(`/${EXTERNAL_MONITOR}/Stop`),
};
