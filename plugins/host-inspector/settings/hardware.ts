import { countSetting, sizeSetting } from '../../core/settings.ts';

export const hardwareSettings = {
  /**
   * mcelog's default for one socket is 100 in 24 hours, of which it tells a person. A condition may drain the node, so it
   * waits for 24 times as many: a failing row or chip of a module gives thousands.
   */
  correctableErrorsMaxPerHour: countSetting(100, 'most correctable memory errors of one module, or of what no module is known for, within an hour'),
  /** One page lost is one uncorrectable error that hit, or was about to hit, somebody; those taken out of use in time are told apart where the kernel does so. */
  hardwareCorruptedMaxBytes: sizeSetting(0, 'most memory that the kernel has taken out of use since the boot because it is broken'),
};
