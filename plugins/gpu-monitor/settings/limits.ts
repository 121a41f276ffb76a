import { type Setting, countSetting, percentSetting } from '../../core/settings.ts';

/** A limit that is not judged unless somebody sets it; `off` takes it back. */
function optional(setting: Setting<number>): Setting<number | 'off'> {
  return { initial: 'off', help: setting.help, read: (value, path) => (value === 'off' || value === '' ? 'off' : setting.read(value, path)) };
}

/** The two names with an underscore are those of npd-ext's poll parameters, which work unchanged. */
export const limitSettings = {
  temperature_threshold: optional(countSetting(85, "highest core temperature in degrees Celsius, beside the device's own limits; off by default, since healthy devices differ by 25 degrees")),
  memory_threshold: optional(percentSetting(95, 'most memory in use; off by default, since frameworks take all of it at their start')),
  nearSlowdownCelsius: countSetting(3, 'so near to the temperature at which the device slows down is too near'),
  hardwareSlowdownMaxPercent: percentSetting(5, 'most time in which the hardware slows down a GPU for heat or at the power supply\'s demand'),
  pcieReplaysMaxPerMinute: countSetting(8, 'most replays of the PCIe link in a minute; ten times what this GPU usually has is the limit where that is more'),
};
