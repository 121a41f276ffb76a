import { countSetting, percentSetting } from '../../core/settings.ts';

/** Waiting for disks and for CPUs, and CPUs slowed down by heat. */
export const pressureSettings = {
  ioStalledMaxPercent: percentSetting(50, "most time in which all of the node's own services waited for disks (PSI full avg60 of system.slice, or of runtime.slice)"),
  ioStalledNodeMaxPercent: percentSetting(90, 'the same of all tasks of the node, where neither is to be seen'),
  cpuStalledMaxPercent: percentSetting(70, "most time in which one of the node's own services waited for a CPU (PSI some avg60 of system.slice, or of runtime.slice) while the load is above the number of CPUs"),
  cpuStalledNodeMaxPercent: percentSetting(90, 'the same of any task of the node, where neither is to be seen, while the load is above four times the number of CPUs'),
  cpuThrottledMaxPercent: percentSetting(10, 'most time in which heat slowed down a CPU package or one of its cores'),
  cpuThrottledMaxPerMinute: countSetting(10, 'most times a minute that heat slows down a CPU package or one of its cores, where the kernel counts but does not time it'),
};
