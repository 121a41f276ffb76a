import { quote } from '../core/errors.ts';
import { readWithLines, type ConfigReport, type HostConfig } from './config.ts';
import { lineOf, type Finding } from './finding.ts';

export interface ConfigFile {
  /** As it was given on the command line. */
  readonly name: string;
  readonly text: string;
}

export interface FileReport extends ConfigReport {
  readonly name: string;
}

/**
 * Reads all files that one host would load. Beyond what each file says of itself, warns of what they do to each other:
 * the same condition type in two files (the monitors overwrite each other on the node) and one socket used twice.
 */
export function readHostConfigs(files: readonly ConfigFile[]): readonly FileReport[] {
  const read = files.map(({ name, text }) => {
    const lines = new Map<string, number>();
    return { lines, report: { name, ...readWithLines(text, lines) } };
  });
  return read.map(({ report, lines }, index) => {
    const earlier = read.slice(0, index).map((other) => other.report);
    const clashes = clashesWith(report, earlier).map((clash) => ({ ...clash, line: lineOf(clash.path, lines) }));
    return { ...report, warnings: [...report.warnings, ...clashes] };
  });
}

type Clash = Omit<Finding, 'line'>;

function clashesWith({ name, config }: FileReport, earlier: readonly FileReport[]): readonly Clash[] {
  if (earlier.some((other) => other.name === name)) {
    return [{ path: '', message: 'the file is given twice; the host loads it once', remedy: 'name it once' }];
  }
  if (config === undefined) return [];
  return earlier.flatMap((other) => (other.config === undefined ? [] : clashes(config, other.name, other.config)));
}

function clashes(config: HostConfig, otherName: string, other: HostConfig): readonly Clash[] {
  const found: Clash[] = [];
  if (config.socketAddress === other.socketAddress) {
    found.push({ path: 'pluginConfig.socketAddress', message: `${otherName} uses the same socket, ${quote(other.socketAddress)}`, remedy: 'give every monitor a socket of its own' });
  }
  const types = new Set(other.conditions.map(({ type }) => type));
  for (const [index, { type }] of config.conditions.entries()) {
    if (!types.has(type)) continue;
    found.push({ path: `conditions[${index}].type`, message: `${otherName} has the type ${quote(type)} too; the monitors overwrite each other`, remedy: 'let one monitor write each condition' });
  }
  return found;
}
