import { cutToBytes, oneLine } from '../../core/text.ts';
import { normalAddress } from '../smi/address.ts';

/** What one line of the kernel log says of NVIDIA devices. Addresses are in the kernel's form, `0000:53:00.0`. */
export type XidLine =
  | { readonly kind: 'xid'; readonly address: string; readonly xid: number; readonly pid: number | undefined; readonly detail: string }
  /** An error of an NVSwitch. `link` is undefined for what belongs to none. */
  | { readonly kind: 'sxid'; readonly address: string; readonly switch: number; readonly code: number; readonly isFatal: boolean; readonly link: number | undefined; readonly detail: string }
  /** Told without an XID; it is XID 79. */
  | { readonly kind: 'fallen-off'; readonly address: string }
  /** `NVRM: The NVIDIA GPU 0000:18:00.0`: one of the next lines says what is the matter with it. */
  | { readonly kind: 'about'; readonly address: string }
  /** The end of such a message: it has fallen off the bus. */
  | { readonly kind: 'about-fallen-off' }
  | { readonly kind: 'identity'; readonly address: string; readonly uuid: string }
  | { readonly kind: 'named-serial'; readonly address: string; readonly serial: string }
  /** The driver writes it right after the identity of the same GPU. */
  | { readonly kind: 'serial'; readonly serial: string }
  /** XID 154. */
  | { readonly kind: 'recovery-action'; readonly address: string; readonly to: RecoveryAction; readonly detail: string }
  | { readonly kind: 'driver-loaded' }
  | { readonly kind: 'boot' };

/** What the driver asks for to recover a GPU, in its own words; see the values of `gpu_recovery_action` in nvidia-smi(1). */
export type RecoveryAction = 'none' | 'reset' | 'reboot' | 'drain' | 'other';

/** A detail is for people; more of it than this is not kept. */
const LONGEST_DETAIL_BYTES = 160;

/** `NVRM: Xid (PCI:0000:05:00): 79, pid=…, name=…, text`; with MIG `(PCI:0000:05:00 GPU-I:05)`, before driver 340 without `PCI:`. */
const XID = /^NVRM: Xid \(([\w:.]{1,32})[^)]{0,64}\): (\d{1,9}),? ?([^]*)$/;

/** `pid='<unknown>', name=<unknown>, `; a name has at most 15 bytes, but may hold anything. */
const PROCESS = /^pid='?(\d{1,10}|<unknown>)'?, (?:name=(.{0,32}?), |(?=[A-Z]))/;

/** `nvidia-nvswitch3: SXid (PCI:0000:05:00.0): 12028, Non-fatal, Link 32 egress non-posted PRIV error (First)`. Further lines of the same error hold data instead of a severity. */
const SXID = /^nvidia-nvswitch(\d{1,4}): SXid \(([\w:.]{1,32})\): (\d{1,9}), (Fatal|Non-?fatal),? ?([^]*)$/i;

const SWITCH_LINK = /^Link (\d{1,4})\b/;

const FALLEN_OFF = /^NVRM: GPU ([\da-f:.]{7,16}): GPU has fallen off the bus/i;
const ABOUT = /^NVRM: The NVIDIA (?:probed )?GPU ([\da-f:.]{7,16})/i;
const ABOUT_FALLEN_OFF = /^NVRM: .{0,80}fallen off the bus and is not responding to commands/;
const IDENTITY = /^NVRM: GPU at ([\w:.]{1,32}): (GPU-[\da-f-]{1,40})\b/i;
const SERIAL = /^NVRM: GPU Board Serial Number: ([\w-]{1,32})/;
/** With its address, as newer drivers write it beside an error. */
const NAMED_SERIAL = /^NVRM: GPU ([\da-f:.]{7,16}): GPU serial number is ([\w-]{1,32})/i;
const DRIVER_LOADED = /^NVRM: loading NVIDIA UNIX .{0,80}Kernel Module/;
const ACTION = /\bto 0x[\da-f]{1,8} \(([^)]{1,64})\)/i;

/**
 * Parses the text of one kernel message, without its prefix; undefined for what is none of these. Most messages are of others,
 * which the first characters tell.
 */
export function parseXidLine(text: string): XidLine | undefined {
  if (text.startsWith('NVRM: ')) return parseDriverLine(text);
  if (text.startsWith('nvidia-nvswitch')) return parseSwitchLine(text);
  return text.startsWith('Linux version ') ? { kind: 'boot' } : undefined;
}

function parseDriverLine(text: string): XidLine | undefined {
  if (text.startsWith('NVRM: Xid ')) return parseXid(text);
  if (DRIVER_LOADED.test(text)) return { kind: 'driver-loaded' };
  const fallen = addressIn(FALLEN_OFF, text);
  if (fallen !== undefined) return { kind: 'fallen-off', address: fallen };
  if (ABOUT_FALLEN_OFF.test(text)) return { kind: 'about-fallen-off' };
  const about = addressIn(ABOUT, text);
  if (about !== undefined) return { kind: 'about', address: about };
  const [, , uuid] = IDENTITY.exec(text) ?? [];
  const address = addressIn(IDENTITY, text);
  if (address !== undefined && uuid !== undefined) return { kind: 'identity', address, uuid };
  const [, , itsSerial] = NAMED_SERIAL.exec(text) ?? [];
  const itsAddress = addressIn(NAMED_SERIAL, text);
  if (itsAddress !== undefined && itsSerial !== undefined) return { kind: 'named-serial', address: itsAddress, serial: itsSerial };
  const [, serial] = SERIAL.exec(text) ?? [];
  return serial === undefined ? undefined : { kind: 'serial', serial };
}

function parseXid(text: string): XidLine | undefined {
  const [, where = '', number = '', rest = ''] = XID.exec(text) ?? [];
  const address = addressOf(where);
  const xid = Number(number);
  if (address === undefined || number === '' || xid === 0) return undefined;
  const [process = '', pid] = PROCESS.exec(rest) ?? [];
  const detail = detailOf(rest.slice(process.length));
  if (xid !== 154) return { kind: 'xid', address, xid, pid: pid === undefined || pid === '<unknown>' ? undefined : Number(pid), detail };
  const [, action = ''] = ACTION.exec(detail) ?? [];
  return { kind: 'recovery-action', address, to: actionOf(action), detail };
}

function parseSwitchLine(text: string): XidLine | undefined {
  const [, itsNumber, where = '', code = '', severity = '', rest = ''] = SXID.exec(text) ?? [];
  const address = addressOf(where);
  if (itsNumber === undefined || address === undefined || Number(code) === 0) return undefined;
  const [, link] = SWITCH_LINK.exec(rest) ?? [];
  return {
    kind: 'sxid',
    address,
    switch: Number(itsNumber),
    code: Number(code),
    isFatal: severity.toLowerCase() === 'fatal',
    link: link === undefined ? undefined : Number(link),
    detail: detailOf(rest),
  };
}

/** `Drain and Reset` is a reset, to be done once nobody uses the GPU; a text without any of these words is a later driver's. */
function actionOf(action: string): RecoveryAction {
  if (/none/i.test(action)) return 'none';
  if (/reboot/i.test(action)) return 'reboot';
  if (/reset/i.test(action)) return 'reset';
  return /drain/i.test(action) ? 'drain' : 'other';
}

function addressIn(pattern: RegExp, text: string): string | undefined {
  const [, where] = pattern.exec(text) ?? [];
  return where === undefined ? undefined : addressOf(where);
}

/** Some messages leave out the domain, which is 0 then. */
function addressOf(where: string): string | undefined {
  return normalAddress(where) ?? normalAddress(`0000:${where}`);
}

function detailOf(text: string): string {
  return cutToBytes(oneLine(text.trim()), LONGEST_DETAIL_BYTES);
}
