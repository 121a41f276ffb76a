import type { Logger } from '../plugins/core/log.ts';
import type { RunningMonitor } from '../plugins/core/monitor.ts';
import type { RpcServer } from '../plugins/rpc/server.ts';
import { keepConditionScript } from './condition-script.ts';
import { keepStatusFile } from './status-file.ts';

interface Bridged {
  readonly monitor: RunningMonitor;
  readonly rpc: RpcServer;
}

/**
 * The bridge to a released NPD: one status file per monitor in `folder`, and the script that reads them. Nobody waits for it,
 * and no trouble with the folder reaches those who ask over gRPC. Disposing of it removes the files, so that NPD says Unknown
 * at its next look.
 */
export function statusBridge(folder: string, served: readonly Bridged[], log: Logger): AsyncDisposable {
  const script = keepConditionScript(folder, log);
  const files = served.map(({ monitor, rpc }) => {
    const { name } = monitor.metadata;
    // While another server has our socket the file is its own, as the state file is.
    return keepStatusFile({ folder, monitor: name, conditions: monitor.conditions, isOurs: () => rpc.state() !== 'yielded', log: log.child({ monitor: name }) });
  });
  return {
    async [Symbol.asyncDispose]() {
      script[Symbol.dispose]();
      await Promise.all(files.map(async (file) => await file[Symbol.asyncDispose]()));
    },
  };
}
