#!/usr/bin/env node
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { nodeComplaint } from './node-version.ts';
import { createWriter } from './standard-error.ts';
import { V8_FLAGS } from './v8-flags.ts';

// Node.js itself may write there (warnings), and using it makes a socket non-blocking.
process.stderr.on('error', () => {});
const complain = createWriter(2);

// Up to here, and in what is imported above, stands nothing that an older Node.js cannot parse or has not got.
const complaint = nodeComplaint(process.version);
if (complaint !== undefined) {
  complain(`npd-plugins: ${complaint}\n`);
  process.exit(64);
}

// First what Node.js brings along and gRPC needs: its compiled form is part of the executable, but made without the
// flags below, and V8 compiles it anew once they are set. This halves the CPU time until the first answer.
for (const name of ['node:http2', 'node:child_process', 'node:zlib', 'node:worker_threads', 'node:crypto']) process.getBuiltinModule(name);

for (const flag of V8_FLAGS) setFlagsFromString(flag);

const { EXIT, run } = await import('./run.ts');

const ending = new AbortController();
// What is shown on a terminal ends in good order with it, too. `nohup` redirects the output, and stays unharmed.
const hasTerminal = isatty(1);
for (const signal of ['SIGTERM', 'SIGINT', ...(hasTerminal ? ['SIGHUP' as const] : [])] as const) {
  process.on(signal, () => {
    // The first asks, the second insists: a child in the kernel's hands must not keep a person waiting.
    if (ending.signal.aborted) process.exit(128 + constants.signals[signal]);
    ending.abort(new Error(signal));
  });
}

// Whatever nobody foresaw is told and ends us: the supervisor starts us anew, and the state file keeps what was known.
process.on('uncaughtException', (error) => {
  complain(`npd-plugins: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(EXIT.internal);
});

// A reader that went away (`| head`) is no error of ours, but nobody is left to talk to. Any other failure loses the answer.
let hasLostAnswer = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  ending.abort(error);
  if (error.code === 'EPIPE' || hasLostAnswer) return;
  hasLostAnswer = true;
  complain(`npd-plugins: standard output cannot be written: ${error.message}\n`);
});

// Not this file: who starts us with a monitor of his own (own-monitor.ts) starts us with it again.
const [executable, script] = [process.execPath, process.argv[1] ?? import.meta.filename];
const code = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  complain,
  env: process.env,
  isTerminal: hasTerminal && isatty(2),
  openScreen: hasTerminal ? (await import('./live/screen.ts')).screenOf(process) : undefined,
  signal: ending.signal,
  self: [executable, script],
});

// Explicitly, and after the last byte: a child that cannot be killed would hold the event loop for ever.
// An error of the last write is only heard of behind its callback.
process.stdout.write('', () => setImmediate(() => process.exit(hasLostAnswer ? EXIT.internal : code)));
