import { type Verdict, healthy, notApplicable, partOf, problem, unknownOf } from '../../core/verdict.ts';
import { quote } from '../../core/errors.ts';
import { productOf } from '../device.ts';
import type { Field } from '../smi/field.ts';
import type { FieldName } from '../smi/record.ts';
import { flagOf } from '../smi/read-field.ts';
import type { GpuContext } from './per-gpu.ts';

/** A field that says by itself whether something is wrong. */
export interface FlagRule {
  readonly field: FieldName;
  readonly reason: string;
  /** The name of the field as nvidia-smi prints it: `remapped_row_pending`. */
  readonly element: string;
  /** Behind the name of the GPU: `rows wait to be remapped (remapped_row_pending is Yes)`. */
  readonly says: string;
}

/** `Yes` is the problem, `No` is healthy; nothing at all of a field that this driver does not print. */
export function judgeFlag({ gpu, name }: GpuContext, { field, reason, element, says }: FlagRule): readonly Verdict[] {
  const read = flagOf(gpu.fields[field]);
  if (read.kind === 'flag') return [read.value ? problem(reason, partOf(gpu.address, element), `${name}: ${says}`) : healthy];
  return read.kind === 'bad' ? [cannotTell({ gpu, name }, element, read.text)] : notReported({ gpu }, field, element);
}

/**
 * A field that could not be read: unknown, and it says what stood there. `part` is that of the findings that are made of it, where
 * the field does not give its name to them: what is known must be held as long as nobody can tell that it is over.
 */
export function cannotTell({ gpu, name }: Pick<GpuContext, 'gpu' | 'name'>, element: string, text: string, part: string = element): Verdict {
  return unknownOf(partOf(gpu.address, part), `${name}: ${element} reads ${quote(text)}`);
}

/** For a field without a value: nothing where the driver does not know it, else that this kind of board does not report it. */
export function notReported({ gpu }: Pick<GpuContext, 'gpu'>, field: FieldName, element: string): readonly Verdict[] {
  return gpu.fields[field].kind !== 'unsupported' ? [] : [notApplicable(`${productOf(gpu)} reports no ${element}`)];
}

/** Whether a field holds a value or should have: those that always come together must come together. */
export function isExpected(field: Field): boolean {
  return field.kind !== 'absent' && field.kind !== 'unsupported';
}
