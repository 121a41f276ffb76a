import { percentSetting, sizeSetting } from '../../core/settings.ts';

/** kubelet's own line, to compare with: memory.available 100Mi. */
export const memorySettings = {
  memoryAvailableMinPercent: percentSetting(5, 'least memory available, in percent of all memory'),
  memoryAvailableFloorBytes: sizeSetting(150 * 2 ** 20, 'the limit is never below this (kubelet evicts at 100Mi)'),
  memoryAvailableEnoughBytes: sizeSetting(2 ** 30, 'this much available is enough, whatever the percentage'),
  memoryStalledMaxPercent: percentSetting(10, 'most time in which all tasks waited for memory (PSI full avg60)'),
};
