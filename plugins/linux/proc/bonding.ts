import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** Several interfaces that work as one. */
export interface Bond {
  /** `fault-tolerance (active-backup)`, `IEEE 802.3ad Dynamic link aggregation` */
  readonly mode: string;
  /** Where one of them does the work while the others are spares. */
  readonly activeMember: string | undefined;
  readonly members: readonly BondMember[];
}

export interface BondMember {
  readonly name: string;
  /** As the bond sees it: `up`, `down`, or on the way from one to the other. Always `up` where it watches neither links nor neighbours. */
  readonly status: BondStatus;
  /** Its own, while all members answer to that of the bond. */
  readonly permanentAddress: string;
  readonly linkFailures: number;
}

export type BondStatus = (typeof STATUSES)[number];

const STATUSES = ['up', 'down', 'going down', 'going back'] as const;

/**
 * Parses /proc/<pid>/net/bonding/<bond>; drivers/net/bonding/bond_procfs.c writes it, and Documentation/networking/bonding.rst
 * describes it. Paragraphs of `<name>: <value>`: the driver, the bond, perhaps 802.3ad, and each member; shortened:
 *
 *     Ethernet Channel Bonding Driver: v6.8.0-142-generic
 *
 *     Bonding Mode: fault-tolerance (active-backup)
 *     Currently Active Slave: eth0
 *     MII Status: up
 *     MII Polling Interval (ms): 100
 *
 *     Slave Interface: eth0
 *     MII Status: up
 *     Link Failure Count: 1
 *     Permanent HW addr: 02:fc:00:00:00:01
 *     Slave queue ID: 0
 *
 * Throws ParseError.
 */
export function parseBonding(text: string, file: string): Bond {
  const [driver = '', ...paragraphs] = text.split('\n\n');
  if (!/^Ethernet Channel Bonding Driver: \S/.test(driver)) throw new ParseError(file, '"Ethernet Channel Bonding Driver: <version>"', text);
  const [bond = '', ...more] = paragraphs;
  const mode = valueOf(bond, 'Bonding Mode', file);
  statusOf(bond, file);
  const active = /^Currently Active Slave: (\S+)$/m.exec(bond)?.[1];
  const members = more.filter((paragraph) => !paragraph.startsWith('802.3ad info')).map((paragraph) => parseMember(paragraph, file));
  requireWholeText(text, file);
  return { mode, activeMember: active === 'None' ? undefined : active, members };
}

function parseMember(paragraph: string, file: string): BondMember {
  // The last line that every kernel since 3.x writes of a member.
  valueOf(paragraph, 'Slave queue ID', file);
  const address = valueOf(paragraph, 'Permanent HW addr', file);
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2})*$/.test(address)) throw new ParseError(file, '"Permanent HW addr: <address>"', address);
  return {
    name: valueOf(paragraph, 'Slave Interface', file),
    status: statusOf(paragraph, file),
    permanentAddress: address,
    linkFailures: parseCount(valueOf(paragraph, 'Link Failure Count', file), file),
  };
}

function statusOf(paragraph: string, file: string): BondStatus {
  return parseBondStatus(valueOf(paragraph, 'MII Status', file), file);
}

/** One of the words of bond_slave_link_status() in include/net/bonding.h, of which sysfs has the same. Throws ParseError. */
export function parseBondStatus(word: string, file: string): BondStatus {
  const status = STATUSES.find((known) => known === word);
  if (status === undefined) throw new ParseError(file, `one of ${STATUSES.join(', ')}`, word);
  return status;
}

function valueOf(paragraph: string, name: string, file: string): string {
  const line = paragraph.split('\n').find((line) => line.startsWith(`${name}: `));
  const value = line?.slice(name.length + 2).trim() ?? '';
  if (value === '') throw new ParseError(file, `a line "${name}: <value>"`, paragraph);
  return value;
}
