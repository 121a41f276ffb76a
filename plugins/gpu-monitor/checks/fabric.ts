import type { Check } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, partOf, problem } from '../../core/verdict.ts';
import { productOf } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import { wordOf } from '../smi/read-field.ts';
import type { FieldName } from '../smi/record.ts';
import type { GpuSources } from '../sources.ts';
import { cannotTell, isExpected } from './judging.ts';
import { type GpuContext, type GpuFinding, perGpu } from './per-gpu.ts';

/** Registration with the NVSwitch fabric, and its health as the driver sums it up; words as nvidia-smi prints them, in small letters. */
interface Rule {
  readonly field: FieldName;
  readonly element: string;
  readonly good: ReadonlySet<string>;
}

const RULES: readonly Rule[] = [
  { field: 'fabricState', element: 'fabric state', good: new Set(['completed', 'not supported']) },
  { field: 'fabricStatus', element: 'fabric status', good: new Set(['success']) },
  { field: 'fabricHealth', element: 'fabric health summary', good: new Set(['healthy']) },
  { field: 'fabricBandwidth', element: 'fabric bandwidth', good: new Set(['full']) },
  { field: 'fabricRouteUnhealthy', element: 'fabric route_unhealthy', good: new Set(['false', 'no']) },
  { field: 'fabricRouteRecovery', element: 'fabric route_recovery_in_progress', good: new Set(['false', 'no']) },
  { field: 'fabricAccessTimeoutRecovery', element: 'fabric access_timeout_recovery', good: new Set(['false', 'no']) },
  { field: 'fabricIncorrectConfiguration', element: 'fabric incorrect_configuration', good: new Set(['none', 'false', 'no']) },
];

/** Is each GPU part of its NVSwitch fabric? Without that no workload of several GPUs starts. Boards without one print N/A. */
export function fabric(sources: GpuSources): Check<GpuSettings> {
  return perGpu(sources, 'fabric', 'GPUInterconnectFault', judgeFabric);
}

/** Pure. The status means something only once the registration is over. */
export function judgeFabric(context: GpuContext): GpuFinding {
  const { gpu: { fields } } = context;
  const state = wordOf(fields.fabricState);
  if (state.kind === 'none' && !isExpected(fields.fabricStatus)) return { verdicts: [notApplicable('no NVSwitch fabric')] };
  if (state.kind === 'none') return { verdicts: [cannotTell(context, 'fabric state', 'nothing, though there is a status')] };
  if (state.kind === 'word' && !RULES[0]?.good.has(state.text.toLowerCase())) return { verdicts: RULES.slice(0, 1).flatMap((rule) => judgeRule(context, rule)) };
  // Of the two the driver prints both or none.
  const lacksStatus = state.kind === 'word' && state.text.toLowerCase() === 'completed' && fields.fabricStatus.kind === 'unsupported';
  const rules = lacksStatus ? RULES.filter(({ field }) => field !== 'fabricStatus') : RULES;
  const missing = rules.filter(({ field }) => fields[field].kind === 'unsupported').map(({ element }) => element);
  return {
    verdicts: [
      ...rules.flatMap((rule) => judgeRule(context, rule)),
      ...(lacksStatus ? [cannotTell(context, 'fabric status', 'nothing, though the state is Completed')] : []),
      ...(missing.length > 0 ? [notApplicable(`${productOf(context.gpu)} reports no ${missing.join(', ')}`)] : []),
    ],
  };
}

function judgeRule(context: GpuContext, { field, element, good }: Rule): readonly Verdict[] {
  const { gpu, name } = context;
  const word = wordOf(gpu.fields[field]);
  if (word.kind === 'none') return [];
  if (word.kind === 'bad') return [cannotTell(context, element, word.text)];
  return [good.has(word.text.toLowerCase()) ? healthy : problem('FabricUnhealthy', partOf(gpu.address, element), `${name}: ${element} is ${word.text}`)];
}
