import { status, type sendUnaryData, type ServerUnaryCall, type UntypedServiceImplementation } from '@grpc/grpc-js';

import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Monitor, MonitorStatus } from '../core/status.ts';
import { oneLine } from '../core/text.ts';
import type { Reply } from './definitions.ts';
import { decodeRequest, encodeMetadata, encodeStatus } from './wire.ts';

const EMPTY: Reply = { bytes: Buffer.alloc(0) };

/**
 * Answers npd.external.v1.ExternalMonitor for one monitor. A monitor is told of Stop while the reply
 * is still to be sent. A request that does not parse becomes INVALID_ARGUMENT; a monitor that throws INTERNAL and a
 * log line.
 */
export function externalMonitorService(monitor: Monitor, log: Logger): UntypedServiceImplementation {
  let encoded: { readonly status: MonitorStatus; readonly bytes: Buffer } | undefined;
  return {
    CheckHealth: unary('CheckHealth', log, decodeRequest, ({ parameters, sequence }) => {
      log.debug({ sequence: sequence.toString() }, 'polled');
      const { status, delivered } = monitor.checkHealth(parameters);
      // A monitor with no news gives the same object again: most polls of a day need no encoding.
      if (encoded?.status !== status) encoded = { status, bytes: encodeStatus(status) };
      const { bytes } = encoded;
      // Only events have to be accounted for; a reply without any need not wait for its acknowledgement.
      return status.events.length > 0 ? { bytes, delivered } : { bytes };
    }),
    GetMetadata: unary('GetMetadata', log, ignore, () => ({ bytes: encodeMetadata(monitor.metadata) })),
    Stop: unary('Stop', log, ignore, () => {
      monitor.stop();
      return EMPTY;
    }),
  };
}

function unary<Request>(rpc: string, log: Logger, decode: (bytes: Buffer) => Request, answer: (request: Request) => Reply) {
  return (call: ServerUnaryCall<Buffer, Reply>, reply: sendUnaryData<Reply>): void => {
    let request: Request;
    try {
      request = decode(call.request);
    } catch (error) {
      // Not louder: whoever can connect could fill the log with it.
      log.debug({ rpc, err: error }, 'refused a request');
      reply({ code: status.INVALID_ARGUMENT, details: detailsOf(error) });
      return;
    }
    try {
      reply(null, answer(request));
    } catch (error) {
      log.error({ rpc, err: error }, 'could not answer');
      reply({ code: status.INTERNAL, details: detailsOf(error) });
    }
  };
}

/** google.protobuf.Empty: whatever it carries has no meaning. */
function ignore(): void {}

/** grpc-js percent-encodes the text of a status, which throws on ill-formed text. */
function detailsOf(error: unknown): string {
  return oneLine(messageOf(error));
}
