import { flag, list, number, plain, text } from '../fields.ts';
import { gaps } from './gaps.ts';

export const kernelTable = {
  sysctls: list('Settings', 'of the kernel; those of a network namespace only where it is the host\'s', {
    name: plain.text('Name', 'as sysctl(8) has it, e.g. net.ipv4.ip_forward'),
    setting: text('Setting', 'what the file holds'),
  }),
  conntrackEntries: number('count', 'Connections tracked', "in the host's network namespace"),
  conntrackMax: number('count', 'Connections at most', 'nf_conntrack_max'),
  conntrackUsedPercent: number('percent', 'Connection table', 'share in use'),
  clockSource: text('Clock source', 'that the kernel uses, e.g. tsc or kvm-clock'),
} as const;

export const stabilityTable = {
  oomKills: number('count', 'OOM kills', 'processes killed for want of memory since boot'),
  fileHandles: number('count', 'Open files', 'of the whole host'),
  fileHandlesMax: number('count', 'Open files at most', 'fs.file-max'),
  processes: number('count', 'Processes', 'that were seen'),
  zombies: number('count', 'Zombies', 'processes that have ended and were not reaped'),
  uninterruptible: number('count', 'In state D', 'processes that wait in the kernel at this moment'),
  taint: number('count', 'Taint bits', '/proc/sys/kernel/tainted; 0 means untainted'),
  taints: list('Taints', 'what the bits mean', {
    bit: plain.count('Bit', 'its number'),
    letter: plain.text('Letter', 'as the kernel prints it'),
    meaning: plain.text('Meaning', 'in words'),
  }),
  rebootRequired: flag('Reboot required', 'whether the distribution has left a note that it wants one'),
} as const;

export const networkTable = {
  interfaces: list('Interfaces', 'of the host: first the physical ones', {
    name: plain.text('Interface', 'e.g. eth0'),
    kind: plain.text('Kind', 'physical, bond, bridge, vlan, virtual or loopback'),
    state: plain.text('State', 'operstate, e.g. up'),
    address: plain.text('Address', 'of the link layer'),
    mtu: plain.optional(plain.count('MTU', 'in bytes')),
    carrierChanges: plain.optional(plain.count('Carrier changes', 'since it was made')),
    receivedBytes: plain.optional(plain.count('Received', 'in bytes')),
    sentBytes: plain.optional(plain.count('Sent', 'in bytes')),
    receiveErrors: plain.optional(plain.count('Receive errors', 'packets')),
    sendErrors: plain.optional(plain.count('Send errors', 'packets')),
    receiveDropped: plain.optional(plain.count('Dropped on receipt', 'packets')),
    sendDropped: plain.optional(plain.count('Dropped on sending', 'packets')),
  }),
  gaps,
} as const;

export const inventoryTable = {
  manufacturer: text('Manufacturer', 'of the machine'),
  model: text('Model', 'of the machine'),
  hypervisor: text('Hypervisor', 'that the machine runs on; empty on bare metal'),
  bios: text('Firmware', 'vendor, version and date'),
  board: text('Board', 'manufacturer and model'),
  cpuModel: text('CPU', 'model'),
  cpuVendor: text('CPU vendor', 'e.g. GenuineIntel'),
  cpuSockets: number('count', 'CPU sockets', 'processors'),
  cpuPhysicalCores: number('count', 'Physical cores', 'of all processors'),
  memory: number('bytes', 'Memory', 'of the machine'),
} as const;
