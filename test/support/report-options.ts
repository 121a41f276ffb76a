import { defaultsOf } from '../../plugins/core/settings.ts';
import { hostSettings } from '../../plugins/host-inspector/settings.ts';
import type { ReportOptions } from '../../plugins/host-inspector/report/scene.ts';
import { runChild } from '../../plugins/linux/child.ts';

/** 2026-02-09 10:38:22 UTC. */
export const NOW_MS = 1_770_633_502_000;

/** A report of the host at `root`, whose file systems answer, with no conditions at all. */
export function reportOptions(root: string, options: Partial<ReportOptions> = {}): ReportOptions {
  return {
    root,
    nodeName: 'worker-1',
    version: '1.2.3',
    settings: defaultsOf(hostSettings),
    probe: { probe: async () => ({ kind: 'ok', totalBytes: 100e9, freeBytes: 50e9, availableBytes: 45e9, inodes: 1_000, inodesFree: 750 }) },
    conditions: { ready: async () => {}, now: () => [] },
    timeoutMs: 10_000,
    cpuWindowMs: 1,
    isRecording: false,
    run: runChild,
    nowMs: () => NOW_MS,
    ...options,
  };
}
