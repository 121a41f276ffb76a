import { describeDevice } from '../device.ts';
import { xidRow } from './catalogue.ts';
import { decodeNvlink5 } from './nvlink5.ts';
import { sxidCodeOf } from './site.ts';
import type { Device, XidEntry } from './state.ts';
import { sxidRow } from './sxid.ts';

/** `GPU 0000:53:00.0 (GPU-…, serial 165…)` or `NVSwitch 0000:c1:00.0 (nvidia-nvswitch3)`, with what is known of it. */
export function deviceInWords({ address, uuid, serial, switch: itsNumber }: Device): string {
  if (itsNumber !== undefined) return `NVSwitch ${address} (nvidia-nvswitch${itsNumber})`;
  return describeDevice(address, uuid, serial);
}

/** `XID 79 (fallen off the bus)`. Byte-stable while the entry is active and no worse line comes. */
export function errorInWords(key: string, entry: XidEntry): string {
  const code = sxidCodeOf(key);
  if (code !== undefined) return `SXid ${code} (${sxidRow(code).meaning})`;
  return `XID ${key} (${[meaningOf(key, entry), ...partsOf(key, entry)].join(', ')})`;
}

function meaningOf(key: string, { xidClass }: XidEntry): string {
  if (key !== '154') return xidRow(Number(key)).meaning;
  if (xidClass === 'reboot') return 'the driver asks for a reboot';
  return xidClass === 'reset' ? 'the driver asks for a reset' : xidRow(154).meaning;
}

/** The unit and link of an NVLink error, which its number does not tell. */
function partsOf(key: string, { detail }: XidEntry): readonly string[] {
  const decoded = decodeNvlink5(Number(key), detail);
  if (decoded === undefined) return [];
  return decoded.link === undefined ? [decoded.unit] : [decoded.unit, `link ${decoded.link}`];
}
