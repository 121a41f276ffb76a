import { closeSync, openSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createHttp } from '../../plugins/network-verifier/attempts/http.ts';
import { connectTcp } from '../../plugins/network-verifier/attempts/tcp.ts';
import { limits, told } from './outcome-text.ts';

/**
 * Attempts a TCP connection to port 9 of each address of the arguments, and a request there, and prints what came of each in one line.
 * With `--no-descriptors` before them it has none left.
 */
const { values, positionals } = parseArgs({ options: { 'no-descriptors': { type: 'boolean' } }, allowPositionals: true });
const http = createHttp();
const held = values['no-descriptors'] === true ? useUpDescriptors() : [];
for (const address of positionals) {
  const host = address.includes(':') ? `[${address}]` : address;
  const outcomes = await Promise.all([
    connectTcp({ address, port: 9 }, limits(500)),
    http.getHttp({ url: `https://${host}:9/` }, limits(500)),
  ]);
  for (const descriptor of held.splice(0)) closeSync(descriptor);
  process.stdout.write(`${address}: ${[...new Set(outcomes.map(told))].join(' | ')}\n`);
}
http.close();

function useUpDescriptors(): number[] {
  const descriptors: number[] = [];
  try {
    for (;;) descriptors.push(openSync('/dev/null', 'r'));
  } catch {
    return descriptors;
  }
}
