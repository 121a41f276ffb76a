/** A SCSI disk that counted a few refused questions, and an array that runs with all of its disks. */
export function writeDisks(write: (path: string, text: string) => void): void {
  write('sys/block/sda/removable', '0\n');
  write('sys/block/sda/size', '1953525168\n');
  write('sys/block/sda/device/state', 'running\n');
  write('sys/block/sda/device/ioerr_cnt', '0x2\n');
  write('proc/mdstat', 'Personalities : [raid1] \nmd0 : active raid1 sdb1[1] sda1[0]\n      248896 blocks [2/2] [UU]\n      \nunused devices: <none>\n');
}
