import { parseArgs } from 'node:util';

import type { Logger } from '../../plugins/core/log.ts';
import { serve } from '../../plugins/rpc/server.ts';
import { monitorForTests } from './rpc-monitor.ts';

/**
 * A server process for lifecycle tests:
 *
 *     node rpc-server-main.ts SOCKET [--name NAME] [--message-bytes N] [--on-stop exit] [--grace-ms N]
 *
 * Writes its log and what happens to standard output, one JSON object per line; ends on SIGTERM.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string', default: 'test-monitor' },
    'message-bytes': { type: 'string' },
    'on-stop': { type: 'string', default: 'stay' },
    'grace-ms': { type: 'string', default: '1000' },
  },
});

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const log: Logger = {
  debug: (fields, message) => say({ level: 'debug', message, ...fields }),
  info: (fields, message) => say({ level: 'info', message, ...fields }),
  warn: (fields, message) => say({ level: 'warn', message, ...fields }),
  error: (fields, message) => say({ level: 'error', message, ...fields }),
  child: () => log,
};

const messageBytes = values['message-bytes'];
const monitor = monitorForTests({
  name: values.name,
  ...(messageBytes === undefined ? {} : { messageBytes: Number(messageBytes) }),
  onDelivered: () => say({ message: 'delivered' }),
  onStop: () => {
    say({ message: 'stopped' });
    if (values['on-stop'] === 'exit') end();
  },
});
const end = () => void server.close(Number(values['grace-ms'])).then(() => process.exit(0));
const server = await serve({
  monitor,
  socketPath: positionals[0] ?? '',
  log,
});
process.on('SIGTERM', end);
say({ message: 'ready' });
