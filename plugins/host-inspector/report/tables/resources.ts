import { flag, list, number, plain, text } from '../fields.ts';
import { gaps } from './gaps.ts';

export const resourceTable = {
  cpuCores: number('count', 'CPUs', 'online CPUs'),
  cpuUsed: number('cores', 'CPU in use', 'CPUs that were busy between two looks'),
  cpuUsedPercent: number('percent', 'CPU in use', 'share of all CPUs that were neither idle nor waiting for I/O'),
  ioWaitPercent: number('percent', 'Waiting for I/O', 'share of CPU time in which a CPU was idle while a task waited for I/O'),
  stealPercent: number('percent', 'Stolen', 'share of CPU time that the hypervisor gave to others'),
  load1: number('tasks', 'Load, 1 min', 'tasks that run or wait, average of one minute'),
  load5: number('tasks', 'Load, 5 min', 'tasks that run or wait, average of 5 minutes'),
  load15: number('tasks', 'Load, 15 min', 'tasks that run or wait, average of 15 minutes'),
  threads: number('count', 'Threads', 'all threads of the host'),
  memoryTotal: number('bytes', 'Memory', 'memory that the kernel has'),
  memoryAvailable: number('bytes', 'Memory available', 'what new work can get without swapping: MemAvailable'),
  memoryUsed: number('bytes', 'Memory in use', 'memory less what is available'),
  memoryUsedPercent: number('percent', 'Memory in use', 'share of all memory'),
  swapEnabled: flag('Swap', 'whether the host has any swap area, partition or file'),
  swapTotal: number('bytes', 'Swap', 'size of all swap areas'),
  swapUsed: number('bytes', 'Swap in use', 'of all swap areas'),
  swapUsedPercent: number('percent', 'Swap in use', 'share of all swap; 0 without swap'),
  swapAreas: list('Swap areas', 'partitions and files', {
    path: plain.text('Path', 'of the device or the file'),
    kind: plain.text('Kind', 'partition or file'),
    sizeBytes: plain.count('Size', 'in bytes'),
    usedBytes: plain.count('In use', 'in bytes'),
  }),
  cpuPressure: number('percent', 'CPU pressure', 'share of the last 60 s in which a task waited for a CPU'),
  memoryPressure: number('percent', 'Memory pressure', 'share of the last 60 s in which all tasks waited for memory'),
  ioPressure: number('percent', 'I/O pressure', 'share of the last 60 s in which all tasks waited for I/O'),
} as const;

export const filesystemTable = {
  mounts: list('File systems', 'one row per file system, at one of its mount points', {
    mountPoint: plain.text('Mount point', 'on the host'),
    device: plain.text('Device', 'as the mount table names it'),
    type: plain.text('Type', 'of the file system, e.g. ext4'),
    role: plain.oneOf(['images', 'kubelet', 'other'], 'Role', "what fills it: images, kubelet's folder, or something else"),
    isReadOnly: plain.optional(plain.flag('Read-only', 'whether the file system itself is mounted read-only; not told of shares')),
    size: number('bytes', 'Size', 'of the whole file system'),
    used: number('bytes', 'In use', 'as df counts it'),
    available: number('bytes', 'Available', 'without what is reserved for root'),
    usedPercent: number('percent', 'In use', 'share as df counts it: used of used and available'),
    inodes: number('count', 'Inodes', 'how many files it can hold'),
    inodesUsed: number('count', 'Inodes in use', 'files that it holds'),
    inodesUsedPercent: number('percent', 'Inodes in use', 'share of all inodes'),
  }),
  gaps,
  total: number('bytes', 'Size of all', 'of the disks in the list'),
  used: number('bytes', 'In use on all', 'of the disks in the list'),
  mountTable: text('Mount table', 'which table was read: of PID 1, or our own'),
} as const;
