import { durationSetting } from '../../core/settings.ts';

export const clockSettings = {
  /** Where the kernel stops counting and calls itself unsynchronized (NTP_PHASE_LIMIT of linux/timex.h): nine hours after a daemon has last set it right. */
  clockMaxErrorMs: durationSetting(16_000, 'how wrong the clock may be by its own estimate, which grows by half a millisecond each second that no daemon sets it right'),
};
