import { parseInteger } from '../../core/decode.ts';
import { ParseError, codeOf } from '../../core/errors.ts';
import { requireWholeText } from '../proc/whole-text.ts';
import { readText, valueOrThrow } from '../read.ts';

export interface PackageTemperature {
  readonly celsius: number;
  /** At which the hardware slows the package down: TjMax of the processor. */
  readonly criticalCelsius: number;
}

/** Sensors are numbered as they are found, with gaps where one went; a server has some twenty. */
const MOST_SENSORS = 64;

/**
 * Reads the temperature of a CPU package by the driver coretemp, see the kernel's Documentation/hwmon/coretemp.rst: in
 * /sys/class/hwmon/hwmon<n> the file `name` says `coretemp`, `temp1_label` says `Package id 0`, and `temp1_input` and
 * `temp1_crit` hold thousandths of a degree. Undefined where there is no such sensor, or it has no reading now (EAGAIN, of a
 * CPU that sleeps). Throws for a file that cannot be read or understood.
 */
export function readPackageTemperature(root: string, packageId: number): PackageTemperature | undefined {
  for (let index = 0; index < MOST_SENSORS; index++) {
    const folder = `sys/class/hwmon/hwmon${index}`;
    if (readLine(root, `${folder}/name`) !== 'coretemp') continue;
    if (readLine(root, `${folder}/temp1_label`) !== `Package id ${packageId}`) continue;
    const [input, critical] = ['input', 'crit'].map((kind) => readLine(root, `${folder}/temp1_${kind}`));
    if (input === undefined || critical === undefined) return undefined;
    return { celsius: parseInteger(input, `/${folder}/temp1_input`) / 1_000, criticalCelsius: parseInteger(critical, `/${folder}/temp1_crit`) / 1_000 };
  }
  return undefined;
}

function readLine(root: string, path: string): string | undefined {
  const outcome = readText(root, path, { maxBytes: 4096 });
  if (outcome.kind === 'absent' || (outcome.kind === 'failed' && codeOf(outcome.cause) === 'EAGAIN')) return undefined;
  const text = valueOrThrow(outcome);
  requireWholeText(text, `/${path}`);
  if (text.indexOf('\n') !== text.length - 1) throw new ParseError(`/${path}`, 'one line', text);
  return text.slice(0, -1);
}
