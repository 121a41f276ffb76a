import { writeSync } from 'node:fs';

import { CHECK_HEALTH, openCall, pollRequest, rawClient } from './rpc-raw-client.ts';

/** `node rpc-deaf-client.ts SOCKET`: polls, and is stuck before it reads anything, until somebody kills it. */
const client = await rawClient(process.argv[2] ?? '');
client.holdBack();
openCall(client.session, CHECK_HEALTH, { 'grpc-timeout': '60S' }).end(pollRequest());
setImmediate(() =>
  setImmediate(() => {
    client.send();
    setImmediate(() => {
      writeSync(1, '{"message":"sent"}\n');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
  }),
);
