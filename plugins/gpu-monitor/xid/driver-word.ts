import { isGrave } from './classes.ts';
import { type Fold, clear } from './fold.ts';
import type { Field } from '../smi/field.ts';
import type { GpuRecord } from '../smi/record.ts';

/**
 * What nvidia-smi tells of GPUs that the log has named: who they are, and whether the driver asks to recover them. One that asked
 * after an error and no longer asks was recovered: a reset leaves no line of its own in the log.
 */
export function hearDriver(fold: Fold, gpus: readonly GpuRecord[]): void {
  for (const { address, fields } of gpus) {
    const device = fold.state.devices.get(address);
    if (device === undefined) continue;
    device.uuid = valueOf(fields.uuid) ?? device.uuid;
    device.serial = valueOf(fields.serial) ?? device.serial;
    const asks = asksOf(fields);
    if (asks === undefined) continue;
    if (!asks && device.hasAsked) {
      clear(fold, device, ['reset', 'reboot']);
      device.hasAsked = false;
    } else if (asks) {
      device.hasAsked = [...device.entries].some(([key, entry]) => entry.isActive && isGrave(fold.classOf(device, key)));
    }
  }
}

/** Undefined where the driver cannot tell. `recoveryAction` since driver 570; the older fields say `Yes` and `No`. */
function asksOf({ recoveryAction, resetRequired, drainAndResetRecommended }: GpuRecord['fields']): boolean | undefined {
  const words = [valueOf(recoveryAction), valueOf(resetRequired), valueOf(drainAndResetRecommended)].filter((word) => word !== undefined);
  return words.length === 0 ? undefined : words.some((word) => !/^(?:none|no)$/i.test(word));
}

function valueOf(field: Field): string | undefined {
  return field.kind === 'value' ? field.text : undefined;
}
