/** A SCSI disk that counted a few refused questions, an array that runs with all of its disks, and a btrfs with errors of long ago. */
export function writeDisks(write: (path: string, text: string) => void): void {
  write('sys/block/sda/removable', '0\n');
  write('sys/block/sda/size', '1953525168\n');
  write('sys/block/sda/device/state', 'running\n');
  write('sys/block/sda/device/ioerr_cnt', '0x2\n');
  write('sys/fs/btrfs/6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11/devinfo/1/missing', '0\n');
  write('sys/fs/btrfs/6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11/devinfo/1/error_stats', 'write_errs 0\nread_errs 4\nflush_errs 0\ncorruption_errs 0\ngeneration_errs 0\n');
  write('proc/mdstat', 'Personalities : [raid1] \nmd0 : active raid1 sdb1[1] sda1[0]\n      248896 blocks [2/2] [UU]\n      \nunused devices: <none>\n');
}
