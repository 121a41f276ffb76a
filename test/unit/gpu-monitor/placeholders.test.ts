import { assert } from 'chai';
import * as fc from 'fast-check';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Look } from '../../../plugins/core/check.ts';
import type { Verdict } from '../../../plugins/core/verdict.ts';
import { judgeFabric } from '../../../plugins/gpu-monitor/checks/fabric.ts';
import { judgeMemoryFault } from '../../../plugins/gpu-monitor/checks/memory-fault.ts';
import { judgeMemoryUsage } from '../../../plugins/gpu-monitor/checks/memory-usage.ts';
import { judgeNpdExt } from '../../../plugins/gpu-monitor/checks/npd-ext.ts';
import { judgePcie } from '../../../plugins/gpu-monitor/checks/pcie.ts';
import type { GpuContext, GpuFinding } from '../../../plugins/gpu-monitor/checks/per-gpu.ts';
import { judgeRecovery } from '../../../plugins/gpu-monitor/checks/recovery.ts';
import { judgeTemperature } from '../../../plugins/gpu-monitor/checks/temperature.ts';
import { judgeThrottled } from '../../../plugins/gpu-monitor/checks/throttled.ts';
import type { GpuSettings } from '../../../plugins/gpu-monitor/settings.ts';
import type { FieldName, SmiDocument } from '../../../plugins/gpu-monitor/smi/record.ts';
import { rememberFields } from '../../../plugins/gpu-monitor/smi/remember-fields.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { DRIVERS, type Driver } from '../../support/smi-leaves.ts';
import { type SmiChange, fieldsIn, smiXml } from '../../support/smi-xml.ts';
import { lookAt, settingsWith } from './scene.ts';

/** Everything that nvidia-smi prints in place of a value, in both of its outputs. */
const PLACEHOLDERS = [
  'N/A', '[N/A]', 'Not Supported', '[Not Supported]', 'Requested functionality has been deprecated', '[Requested functionality has been deprecated]', 'Insufficient Permissions',
  '[Insufficient Permissions]', '[Function Not Found]', 'Unknown Error', '[Unknown Error]', 'ERR!', 'GPU requires reset', '[GPU requires reset]', 'GPU is lost', '[GPU is lost]', '', ' \n ',
] as const;

type Looker = (document: SmiDocument, settings: Partial<GpuSettings>, look: Look | undefined) => Look;
const by = (judge: (context: GpuContext) => GpuFinding): Looker => (document, settings, look) => lookAt(judge, document, { settings, look });
const byNpdExt: Looker = (document, settings) => ({ verdicts: judgeNpdExt({ kind: 'answered', document, complaints: [], run: { exitCode: 0, tookMs: 1 } }, settingsWith(settings)) });
const [memoryFault, memoryUsage, temperature, throttled, pcie, fabric, recovery] = [judgeMemoryFault, judgeMemoryUsage, judgeTemperature, judgeThrottled, judgePcie, judgeFabric, judgeRecovery].map(by) as [Looker, Looker, Looker, Looker, Looker, Looker, Looker];
const ALL: readonly Looker[] = [memoryFault, memoryUsage, temperature, throttled, pcie, fabric, recovery, byNpdExt];

interface Sick {
  readonly look: Looker;
  readonly field: FieldName;
  readonly text: string;
  /** Other fields that are as they are on a GPU with this sickness. */
  readonly with?: SmiChange;
  readonly settings?: Partial<GpuSettings>;
  /** It is seen by comparison with an earlier look at a healthy GPU. */
  readonly isCompared?: boolean;
  readonly drivers?: readonly Driver[];
}

/** Without and with a T.Limit. */
const OLDER: readonly Driver[] = ['418', '470', '525'];
const NEWER: readonly Driver[] = ['535', '550', '570', '580', '595', '610'];
const flags = (look: Looker, text: string, ...fields: readonly FieldName[]): readonly Sick[] => fields.map((field) => ({ look, field, text }));

/** Every judged field with what is sick in it; of which driver, unless all that have it. */
const SICK: readonly Sick[] = [
  ...flags(memoryFault, '1', 'volatileSramUncorrectable', 'volatileSramUncorrectableParity', 'volatileSramUncorrectableSecded', 'volatileDramUncorrectable', 'volatileDoubleBit'),
  ...flags(memoryFault, 'Yes', 'remapPending', 'remapFailure', 'sramThresholdExceeded', 'channelRepairPending', 'tpcRepairPending', 'unrepairableMemory'),
  { look: memoryFault, field: 'retirementPending', text: 'Yes', drivers: ['418'] },
  { look: temperature, field: 'temperature', text: '95 C', drivers: OLDER },
  { look: temperature, field: 'temperature', text: '95 C', settings: { temperature_threshold: 90 } },
  { look: temperature, field: 'slowdownTemperature', text: '29 C' },
  { look: temperature, field: 'temperatureMargin', text: '-4 C', drivers: NEWER },
  { look: temperature, field: 'slowdownMargin', text: '58 C' },
  { look: temperature, field: 'memoryTemperature', text: '97 C', drivers: OLDER },
  { look: temperature, field: 'memoryMaxTemperature', text: '37 C' },
  ...flags(throttled, 'Active', 'hwThermalSlowdown', 'powerBrakeSlowdown'),
  ...flags(throttled, '20000000 us', 'hwThermalSlowdownUs', 'powerBrakeSlowdownUs').map((sick) => ({ ...sick, isCompared: true })),
  { look: pcie, field: 'linkWidthCurrent', text: '8x', isCompared: true },
  { look: pcie, field: 'performanceState', text: 'P0', with: { linkWidthCurrent: '8x' }, isCompared: true },
  { look: pcie, field: 'replayCounter', text: '500', isCompared: true },
  { look: fabric, field: 'fabricState', text: 'In Progress' },
  { look: fabric, field: 'fabricStatus', text: 'Failure' },
  { look: fabric, field: 'fabricHealth', text: 'Unhealthy' },
  { look: fabric, field: 'fabricBandwidth', text: 'Degraded' },
  ...flags(fabric, 'True', 'fabricRouteUnhealthy', 'fabricRouteRecovery', 'fabricAccessTimeoutRecovery'),
  { look: fabric, field: 'fabricIncorrectConfiguration', text: 'Incorrect SystemGUID' },
  ...['Reset', 'Reboot', 'Drain P2P', 'Drain and Reset', 'Bus Reset', 'Recover IMEX Domain'].map((text): Sick => ({ look: recovery, field: 'recoveryAction', text })),
  ...flags(recovery, 'Yes', 'resetRequired', 'drainAndResetRecommended').map((sick): Sick => ({ ...sick, drivers: ['535', '550'] })),
  { look: memoryUsage, field: 'memoryUsed', text: '81000 MiB', settings: { memory_threshold: 95 } },
  { look: memoryUsage, field: 'memoryTotal', text: '1000 MiB', with: { memoryUsed: '999 MiB' }, settings: { memory_threshold: 95 } },
  { look: byNpdExt, field: 'temperature', text: '95 C' },
  { look: byNpdExt, field: 'memoryUsed', text: '81000 MiB' },
  { look: byNpdExt, field: 'memoryTotal', text: '1000 MiB', with: { memoryUsed: '999 MiB' } },
];

interface Case extends Sick {
  readonly driver: Driver;
  readonly title: string;
}

const CASES: readonly Case[] = SICK.flatMap((sick) => DRIVERS.filter((driver) => (sick.drivers ?? DRIVERS).includes(driver) && fieldsIn({ driver }).includes(sick.field)).map(
  (driver) => ({ ...sick, driver, title: `${sick.field} ${sick.text} of ${driver}` }),
));

function documentOf(driver: Driver, change: SmiChange, gpus = 1): SmiDocument {
  return parseSmiXml(smiXml({ driver, gpus, withSupportedClocks: false, change: (gpu) => (gpu === gpus - 1 ? change : {}) }));
}

/** Verdicts on a GPU with these texts. */
function judged({ look, driver, isCompared = false, settings = {}, with: rest = {} }: Case, change: SmiChange, seen?: (document: SmiDocument) => SmiDocument): readonly Verdict[] {
  const document = documentOf(driver, { ...rest, ...change });
  const before = isCompared ? look(documentOf(driver, {}), settings, undefined) : undefined;
  return look(seen === undefined ? document : seen(document), settings, before).verdicts;
}

const isKnownSickOrUnknown = ({ kind }: Verdict): boolean => kind === 'problem' || kind === 'unknown';
/** Of what is not judged the message says what is missing. */
const isNamed = (verdict: Verdict): boolean => verdict.kind === 'not-applicable' && /reports (?:no|neither) \w|tells no recovery action|no NVSwitch fabric/.test(verdict.message);

function requireNotAllHealthy(verdicts: readonly Verdict[], what: string): void {
  assert.isTrue(verdicts.some((verdict) => isKnownSickOrUnknown(verdict) || isNamed(verdict)), `${what}: ${JSON.stringify(verdicts)}`);
}

/** As the reader, after it had seen the field with a value. */
function remembering({ driver, with: rest = {}, field, text }: Case): (document: SmiDocument) => SmiDocument {
  const { known } = rememberFields(new Map(), documentOf(driver, { ...rest, [field]: text }));
  return (document) => rememberFields(known, document).document;
}

describe('a placeholder in place of what is sick', () => {
  it('is tried in every judged field of every driver', () => assert.isAbove(CASES.length, 150));

  for (const driver of DRIVERS) {
    const cases = CASES.filter((each) => each.driver === driver);

    it(`would have been a problem, had it been readable: ${driver}`, () => {
      for (const each of cases) assert.isTrue(judged(each, { [each.field]: each.text }).some(({ kind }) => kind === 'problem'), each.title);
    });

    it(`never makes it healthy: ${driver}`, () => {
      for (const each of cases) for (const text of PLACEHOLDERS) requireNotAllHealthy(judged(each, { [each.field]: text }), `${each.title}, ${JSON.stringify(text)}`);
    });

    it(`is a problem or unknown once the field was seen with a value: ${driver}`, () => {
      for (const each of cases) {
        const remember = remembering(each);
        for (const text of [...PLACEHOLDERS, undefined]) {
          const verdicts = judged(each, { [each.field]: text }, remember);
          assert.isTrue(verdicts.some(isKnownSickOrUnknown), `${each.title}, ${JSON.stringify(text)}: ${JSON.stringify(verdicts)}`);
        }
      }
    });
  }

  it('never makes it healthy, whatever stands in the other fields', () => {
    const others = fc.dictionary(fc.nat(200).map(String), fc.constantFrom(...PLACEHOLDERS), { maxKeys: 8 });
    fc.assert(fc.property(fc.constantFrom(...CASES), fc.constantFrom(...PLACEHOLDERS), others, (each, text, places) => {
      const fields = fieldsIn({ driver: each.driver });
      const change = Object.fromEntries(Object.entries(places).map(([place, other]) => [fields[Number(place) % fields.length], other]));
      requireNotAllHealthy(judged(each, { ...change, [each.field]: text }), each.title);
    }), { numRuns: 500 });
  });

  it('nor does garbage', () => {
    const garbage = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('1e3', '0x10', 'yes', 'YES', 'not active', '∞ C', '12 F', '99999999999999999999'));
    fc.assert(fc.property(fc.constantFrom(...CASES), garbage, (each, text) => {
      // What happens to be a good value is no garbage.
      const isGood = /^\s*(?:-?\d{1,15}(?:\.\d+)?|P\d+)\s*(?: [a-zA-Z%]+)?\s*$/.test(text);
      if (!isGood) requireNotAllHealthy(judged(each, { [each.field]: text }), `${each.title}, ${JSON.stringify(text)}`);
    }), { numRuns: 500 });
  });
});

const CORPUS = join(import.meta.dirname, '../../../../shared/corpus/gpu');
const recorded = existsSync(CORPUS) ? globSync('*/*.xml', { cwd: CORPUS }).map((file) => readFileSync(join(CORPUS, file), 'utf8')) : [];

/** Verdicts of all checks on what can be read of a text; without a GPU it is a failure, which is unknown. */
function verdictsOn(text: string): readonly (readonly Verdict[])[] {
  const document = parseSmiXml(text);
  return document.gpus.length === 0 ? [] : ALL.map((look) => look(document, {}, undefined).verdicts);
}

describe('an output that was cut', () => {
  it('never makes a sick GPU healthy, wherever it was cut', () => {
    fc.assert(fc.property(fc.constantFrom(...CASES.filter(({ isCompared }) => isCompared !== true)), fc.boolean(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (each, isLast, share) => {
      const change = { ...each.with, [each.field]: each.text };
      const text = smiXml({ driver: each.driver, gpus: 2, withSupportedClocks: false, change: (gpu) => (gpu === Number(isLast) ? change : {}) }).trimEnd();
      const document = parseSmiXml(text.slice(0, Math.floor(share * text.length)));
      if (document.gpus.length === 0) return;
      const { verdicts } = each.look(document, each.settings ?? {}, undefined);
      assert.isTrue(verdicts.some(isKnownSickOrUnknown), each.title);
    }), { numRuns: 1_000 });
  });

  it(`never is healthy as a whole, wherever it was cut, of ${recorded.length === 0 ? 'no recording (../shared/corpus is not there)' : 'any recording'}`, () => {
    if (recorded.length === 0) return;
    fc.assert(fc.property(fc.constantFrom(...recorded), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (text, share) => {
      const whole = text.trimEnd();
      for (const verdicts of verdictsOn(whole.slice(0, Math.floor(share * whole.length)))) assert.isTrue(verdicts.some(isKnownSickOrUnknown));
    }), { numRuns: 200 });
  }).timeout(60_000);

  it('never makes a check throw, whatever stands in it', () => {
    const [base] = [smiXml({ gpus: 2, withSupportedClocks: false })];
    fc.assert(fc.property(fc.nat(base.length), fc.nat(200), fc.string({ unit: 'binary', maxLength: 30 }), (place, length, piece) => {
      verdictsOn(base.slice(0, place) + piece + base.slice(place + length));
    }), { numRuns: 300 });
  });
});
