import { countSetting, percentSetting } from '../../core/settings.ts';

export const processSettings = {
  zombiesMaxPercent: percentSetting(10, 'most zombies of all processes, in percent of the smallest of threads-max and pid_max'),
  /**
   * Each takes a PID, and some KiB of the kernel's memory. A shell script leaves a handful for seconds; so many of one parent, for as long as
   * the condition waits, are those of a program that never asks for its children.
   */
  zombiesPerParentMax: countSetting(300, 'most zombies of one parent'),
};
