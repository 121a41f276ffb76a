import protobuf from 'protobufjs';

/** The part of a core/v1 Event that the host program fills in. */
export interface CoreEvent {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly involvedObject: Readonly<Record<string, string>>;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly source: { readonly component?: string; readonly host?: string };
}

/**
 * Kubernetes clients written in Go send core/v1 Events as protobuf: four bytes `k8s\0`, then a `runtime.Unknown` whose `raw` is
 * the object. Field numbers as published in the API's generated.proto files, only those a Node event fills in.
 */
const MAGIC = Buffer.from('k8s\0');

const TYPES = protobuf.Root.fromJSON({
  nested: {
    Unknown: { fields: { raw: { type: 'bytes', id: 2 } } },
    Time: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
    ObjectMeta: { fields: { name: { type: 'string', id: 1 }, namespace: { type: 'string', id: 3 } } },
    ObjectReference: {
      fields: {
        kind: { type: 'string', id: 1 }, namespace: { type: 'string', id: 2 }, name: { type: 'string', id: 3 },
        uid: { type: 'string', id: 4 }, apiVersion: { type: 'string', id: 5 },
      },
    },
    EventSource: { fields: { component: { type: 'string', id: 1 }, host: { type: 'string', id: 2 } } },
    Event: {
      fields: {
        metadata: { type: 'ObjectMeta', id: 1 }, involvedObject: { type: 'ObjectReference', id: 2 },
        reason: { type: 'string', id: 3 }, message: { type: 'string', id: 4 }, source: { type: 'EventSource', id: 5 },
        firstTimestamp: { type: 'Time', id: 6 }, lastTimestamp: { type: 'Time', id: 7 },
        count: { type: 'int32', id: 8 }, type: { type: 'string', id: 9 },
      },
    },
  },
});

interface Time {
  readonly seconds: number;
}

/** The JSON form of an Event sent as protobuf. */
export function decodeEvent(body: Buffer): CoreEvent {
  if (!body.subarray(0, 4).equals(MAGIC)) throw new Error('the body is not Kubernetes protobuf');
  const unknown = TYPES.lookupType('Unknown').decode(body.subarray(4)) as unknown as { raw: Uint8Array };
  const type = TYPES.lookupType('Event');
  const event = type.toObject(type.decode(unknown.raw), { longs: Number }) as Omit<CoreEvent, 'firstTimestamp' | 'lastTimestamp'> & {
    firstTimestamp: Time;
    lastTimestamp: Time;
  };
  return { ...event, firstTimestamp: iso(event.firstTimestamp), lastTimestamp: iso(event.lastTimestamp) };
}

function iso({ seconds }: Time): string {
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
}
