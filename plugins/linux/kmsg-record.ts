/** One record of the kernel log as /dev/kmsg gives it. */
export interface KmsgRecord {
  /** 64 bits in the kernel, counted up by one per record since boot. */
  readonly sequence: number;
  /** Without prefix, dictionary and escapes; a message of several lines holds newlines. */
  readonly text: string;
}

const KMSG = /^\d{1,10},(\d{1,16}),\d{1,20},[^;\n]{0,64};/;

/**
 * Parses one record of /dev/kmsg, see Documentation/ABI/testing/dev-kmsg of the kernel; undefined for what is none.
 *
 *     6,3964,206764307,-;nvidia-nvswitch2: open (major=510)
 *      SUBSYSTEM=pci
 *
 * Before the `;` stand priority, sequence number, microseconds since boot and flags, perhaps more in later kernels. Lines
 * that begin with a blank are a dictionary. Bytes that are not printable, and `\`, are written as `\x0a`.
 */
export function parseKmsgRecord(record: string): KmsgRecord | undefined {
  const [prefix = '', sequence = ''] = KMSG.exec(record) ?? [];
  if (prefix === '') return undefined;
  const end = record.indexOf('\n', prefix.length);
  const text = record.slice(prefix.length, end === -1 ? undefined : end);
  return { sequence: Number(sequence), text: text.includes('\\x') ? unescapeBytes(text) : text };
}

/** The kernel escapes each byte of a character that is not ASCII, so the bytes are joined again before they are decoded. */
function unescapeBytes(text: string): string {
  return text.replaceAll(/(?:\\x[0-9a-f]{2})+/gi, (escaped) => Buffer.from(escaped.replaceAll(/\\x/gi, ''), 'hex').toString('utf8'));
}

/** `[Sun Feb 23 16:24:18 2025] ` of `dmesg -T`, `[   12.345678] ` of dmesg, `[12.345678][  T123] ` with CONFIG_PRINTK_CALLER, `<6>` of `dmesg -r`. */
const DMESG = /^(?:<\d{1,3}>)?(?:\[ {0,12}[^\][]{1,40}\] ?)?(?:\[ {0,8}[TC]\d{1,10}\] ?)?/;

/** `Nov 25 10:00:00 ` of syslog, or an ISO 8601 time as rsyslog, journald, container engines and `dmesg --time-format iso` write it. */
const TIME = /^(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\S{0,20} /;

/** `host kernel: ` or `host kern.info kernel: ` of syslog. A message that follows the time at once has its first colon elsewhere: `NVRM: `. */
const TAG = /^[^\s:]{1,255} (?:[a-z0-9]{1,10}\.[a-z]{1,10} )?([^\s:]{1,64}): ?/;

/**
 * The text of one line of a file that holds the kernel log, in the form of dmesg, of syslog or of /dev/kmsg itself; undefined
 * for a line of syslog that some other program wrote, whose words are not the kernel's.
 */
export function textOfLogLine(line: string): string | undefined {
  const record = parseKmsgRecord(line);
  if (record !== undefined) return record.text;
  const afterTime = withoutStart(line, TIME);
  if (afterTime === line) return withoutStart(line, DMESG);
  const [prefix = '', tag] = TAG.exec(afterTime) ?? [];
  if (tag !== undefined && !/^kernel(?:\[\d+\])?$/.test(tag)) return undefined;
  return withoutStart(afterTime.slice(prefix.length), DMESG);
}

function withoutStart(text: string, start: RegExp): string {
  return text.slice(start.exec(text)?.[0].length ?? 0);
}
