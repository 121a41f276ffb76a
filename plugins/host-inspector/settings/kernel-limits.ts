import { percentSetting } from '../../core/settings.ts';

/**
 * At 90 percent something still works and there is time to look; at 100 new processes, connections or files are refused.
 * Others warn at 70 to 95. Below 90 many healthy nodes live for months, since the kernel's defaults are small.
 */
const NEAR_PERCENT = 90;

export const kernelLimitSettings = {
  threadsMaxPercent: percentSetting(NEAR_PERCENT, 'most threads, in percent of the smallest limit that binds: threads-max, pid_max, pids.max of all Pods'),
  fileHandlesMaxPercent: percentSetting(NEAR_PERCENT, 'most open files of the node, in percent of fs.file-max where that can be reached'),
  openFilesMaxPercent: percentSetting(NEAR_PERCENT, "most open files of one of the node's own services, in percent of its soft limit"),
  conntrackMaxPercent: percentSetting(NEAR_PERCENT, 'most tracked connections, in percent of nf_conntrack_max'),
  inotifyMaxPercent: percentSetting(NEAR_PERCENT, "most inotify instances and watches of one user, in percent of the user's limit"),
  neighboursMaxPercent: percentSetting(NEAR_PERCENT, 'most entries of the ARP and the IPv6 neighbour table, in percent of gc_thresh3'),
};
