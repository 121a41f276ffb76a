/** Asks name servers in the network namespace that it is started in, over UDP and TCP, and prints what came of it. Port 53, one of its own at 127.0.0.1. */
import { askDns } from '../../plugins/network-verifier/dns/ask.ts';
import { dnsServer } from './dns-server.ts';
import { limits, told } from './outcome-text.ts';

const TRANSPORTS = ['UDP', 'TCP'] as const;
const [timeoutMs, ...addresses] = process.argv.slice(2);
await using _server = await dnsServer({ records: { 'db.example.com': ['192.0.2.7'] } }, { port: 53 }).catch(() => undefined);
for (const address of addresses) {
  for (const transport of TRANSPORTS) {
    const outcome = await askDns({ server: { address, port: 53 }, transport, name: 'db.example.com.', type: 'A' }, limits(Number(timeoutMs)));
    process.stdout.write(`${address} ${transport} ${told(outcome)}\n`);
  }
}
