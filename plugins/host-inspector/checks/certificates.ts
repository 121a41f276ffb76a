import type { Check } from '../../core/check.ts';
import { withoutRepeats } from '../../linux/left-behind.ts';
import { searchCertificates } from '../certificates/shared-search.ts';
import { judge } from '../certificates/judge.ts';
import type { HostSettings } from '../settings.ts';
import type { HostSources } from '../sources.ts';

/** Of one file or folder, as of a file system. */
const FILE_TIMEOUT_MS = 5_000;

/**
 * Is a certificate about to expire with which kubelet or the control plane proves who it is? Then the node turns NotReady, or
 * nobody reaches the API server, from one second to the next.
 */
export function certificates({ run, wallMs }: HostSources): Check<HostSettings> {
  const runOnce = withoutRepeats(run);
  return {
    name: 'certificates',
    condition: 'CertificateExpiring',
    // Two ms of CPU for each of 20 to 45 files and folders. They expire slowly, but who has renewed one looks whether all is well.
    periodMs: 600_000,
    timeoutMs: 60_000,
    isSlow: true,
    async look({ root, settings, signal }) {
      const { certificatePaths: more, certificateIgnorePaths: ignore } = settings;
      const search = await searchCertificates(root, { timeoutMs: FILE_TIMEOUT_MS, run: runOnce, signal, more, ignore });
      return judge(search, settings, wallMs());
    },
  };
}
