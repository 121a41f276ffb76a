import { type Observed, type ObservedMonitor, type Page, linesPage } from './observed.ts';

/** A socket that was lost is normally back within a second; a full or read-only file system may take a little longer to recover. */
const LOST_GRACE_MS = 10_000;

/**
 * `/healthz`, for liveness probes: that it is answered at all says that the event loop turns; 503 only where a restart
 * could help, which is a socket that we cannot get back. Whatever the node suffers from is no reason, and neither is
 * another server on our path (docs/adr/0009).
 */
export function healthPage({ monitors }: Observed): Page {
  const told = monitors().map((monitor) => ({ isLost: monitor.lostForMs() > LOST_GRACE_MS, line: `${monitor.name}: ${socketLine(monitor)}` }));
  if (told.length === 0) return linesPage(200, ['starting']);
  return linesPage(told.some(({ isLost }) => isLost) ? 503 : 200, told.map(({ line }) => line));
}

function socketLine({ socketPath, socketState, lostForMs }: ObservedMonitor): string {
  const lines = {
    held: `serving on ${socketPath}`,
    lost: lostForMs() > LOST_GRACE_MS
      ? `${socketPath} has not been ours for more than ${LOST_GRACE_MS / 1_000} s and cannot be taken back; its folder must be there and writable`
      : `${socketPath} is lost; taking it back`,
    yielded: `another server answers on ${socketPath}; it is left to that one`,
    released: `no longer serving on ${socketPath}`,
  };
  return lines[socketState()];
}

/**
 * `/readyz`, for readiness probes: 200 when every monitor answered, as ourselves, on its public socket dialled anew.
 * One round of dialling at a time; who asks meanwhile gets its result.
 */
export function readiness({ names, monitors }: Observed): () => Promise<Page> {
  let underWay: Promise<Page> | undefined;

  async function ask(name: string): Promise<{ readonly isReady: boolean; readonly line: string }> {
    const monitor = monitors().find((known) => known.name === name);
    if (monitor === undefined) return { isReady: false, line: `${name}: not served yet` };
    const problem = await monitor.askSelf();
    return { isReady: problem === undefined, line: `${name}: ${problem ?? `answers on ${monitor.socketPath}`}` };
  }

  async function round(): Promise<Page> {
    const answers = await Promise.all(names.map(ask));
    return linesPage(answers.every(({ isReady }) => isReady) ? 200 : 503, answers.map(({ line }) => line));
  }

  return async () => {
    underWay ??= round().finally(() => {
      underWay = undefined;
    });
    return await underWay;
  };
}
