import { endianness } from 'node:os';

/** A socket of a table in /proc/1/net. */
export interface TableSocket {
  /** `127.0.0.1:22` or `[::1]:22`, the latter with all its groups or with `::`. */
  readonly local: string;
  /** Default: of a TCP socket that listens, or a UDP socket that is connected to nobody. */
  readonly state?: number;
  readonly uid?: number;
  readonly inode?: number;
}

export type SocketTableName = 'tcp' | 'tcp6' | 'udp' | 'udp6';

const HEADERS = {
  tcp: '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n',
  tcp6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n',
  udp: '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            \n',
  udp6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n',
} as const;

/** A table as the kernel of this machine writes it. */
export function socketTable(name: SocketTableName, sockets: readonly TableSocket[]): string {
  const isTcp = name.startsWith('tcp');
  const remote = `${'0'.repeat(name.endsWith('6') ? 32 : 8)}:0000`;
  const lines = sockets.map(({ local, state = isTcp ? 10 : 7, uid = 0, inode = 4711 }, index) => {
    const number = String(index).padStart(isTcp ? 4 : 5);
    const rest = isTcp ? '1 00000000f8a3043e 100 0 0 10 0' : '2 0000000013726323 0';
    const queues = '00000000:00000000 00:00000000 00000000';
    return `${number}: ${wordsOf(local)} ${remote} ${hex(state, 2)} ${queues} ${String(uid).padStart(5)} ${'0'.padStart(8)} ${inode} ${rest}`.padEnd(name.endsWith('6') ? 0 : 149);
  });
  return `${HEADERS[name]}${lines.map((line) => `${line}\n`).join('')}`;
}

function wordsOf(local: string): string {
  const [, address = '', port = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(local) ?? [];
  const bytes = Buffer.from(address.includes(':') ? ipv6(address) : address.split('.').map(Number));
  if (endianness() === 'LE') bytes.swap32();
  return `${bytes.toString('hex').toUpperCase()}:${hex(Number(port), 4)}`;
}

function ipv6(address: string): readonly number[] {
  const [, mapped] = /^::ffff:(\d+(?:\.\d+){3})$/.exec(address) ?? [];
  if (mapped !== undefined) return [...Array.from({ length: 10 }, () => 0), 255, 255, ...mapped.split('.').map(Number)];
  const [left = '', right] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const [head, tail] = [[left].flat(), right ?? []];
  const zeros = Array.from({ length: right === undefined ? 0 : 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255]);
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** What listens on the healthy host, all of it expected. */
export const PORT_TABLES: Readonly<Record<SocketTableName, readonly TableSocket[]>> = {
  tcp: [
    { local: '127.0.0.1:10248', inode: 5001 },
    { local: '0.0.0.0:22', inode: 5002 },
    { local: '192.0.2.10:46002', state: 1, inode: 5003 },
  ],
  tcp6: [{ local: '[::]:22', inode: 5004 }, { local: '[::]:10250', inode: 5005 }],
  udp: [{ local: '127.0.0.53:53', uid: 101, inode: 5006 }, { local: '0.0.0.0:8472', inode: 5007 }, { local: '0.0.0.0:40123', uid: 104, inode: 5008 }],
  udp6: [{ local: '[fe80::1ff:fe23:4567:890a]:546', uid: 100, inode: 5009 }],
};

export const EXPECTED_PORTS = '# ports of a node\ntcp/22\ntcp/10250  # kubelet\nudp/8472\nudp/546@one\n';

/** Tables of sockets, the range of ports for clients, and the list of expected ports. */
export function writePorts(write: (path: string, text: string) => void): void {
  for (const [name, sockets] of Object.entries(PORT_TABLES)) write(`proc/1/net/${name}`, socketTable(name as SocketTableName, sockets));
  write('proc/sys/net/ipv4/ip_local_port_range', '32768\t60999\n');
  write('etc/npd-plugins/expected-ports', EXPECTED_PORTS);
}
