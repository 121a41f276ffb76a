import { ConfigError, quote } from '../../core/errors.ts';
import type { Setting } from '../../core/settings.ts';

/** `auto`: once it has answered on this machine. */
export type Expected = 'auto' | 'yes' | 'no';

function expectedSetting(monitor: string): Setting<Expected> {
  return {
    initial: 'auto',
    help: `whether ${monitor} must answer on its socket beside ours: auto (once it has answered on this machine), yes, or no`,
    read(value, path) {
      if (value === 'auto' || value === 'yes' || value === 'no') return value;
      throw new ConfigError(path, `expected auto, yes or no, got ${quote(String(value))}`);
    },
  };
}

export const monitorSettings = {
  gpuMonitorExpected: expectedSetting('gpu-monitor'),
  networkVerifierExpected: expectedSetting('network-verifier'),
  podNetworkVerifierExpected: expectedSetting('pod-network-verifier'),
};
