import { join } from 'node:path';

import { eventually } from './eventually.ts';
import { ask, httpAddressOf } from './http-client.ts';
import { type Program, start } from './program.ts';

export interface HttpServed extends AsyncDisposable {
  readonly program: Program;
  readonly address: string;
}

/** `serve host-inspector --http` on a made-up host with its socket at `folder/a.sock`, once it is served and every check has looked. */
export async function servedOverHttp(folder: string, root: string, address = '0', socket = join(folder, 'a.sock')): Promise<HttpServed> {
  await using started = new AsyncDisposableStack();
  const program = started.use(start(['serve', 'host-inspector', '--socket', socket, '--host-root', root, '--http', address]));
  const bound = await httpAddressOf(program);
  await eventually('the socket to be served', async () => (await ask(bound, '/healthz')).text.includes(`serving on ${socket}`));
  await eventually('every check to have looked', async () => !(await ask(bound, '/looks')).text.includes('"lookedAtMs":null'));
  const stack = started.move();
  return { program, address: bound, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
