import { screenOf } from '../../cli/live/screen.ts';

/** A program that fails while it has the screen, and tells so as `main.ts` does. */
process.on('uncaughtException', (error) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(70);
});

screenOf(process)(() => {}).draw(['a picture']);
setImmediate(() => {
  throw new Error('nobody foresaw this');
});
