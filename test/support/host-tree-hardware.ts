/** A controller of memory with ECC, and two modules, that never met an error; and a time daemon that has just set the clock. */
const FILES: Readonly<Record<string, string>> = {
  'sys/devices/system/edac/mc/mc0/ce_count': '0\n',
  'sys/devices/system/edac/mc/mc0/ue_count': '0\n',
  'sys/devices/system/edac/mc/mc0/dimm0/dimm_ce_count': '0\n',
  'sys/devices/system/edac/mc/mc0/dimm0/dimm_ue_count': '0\n',
  'sys/devices/system/edac/mc/mc0/dimm0/dimm_label': 'CPU_SrcID#0_MC#0_Chan#0_DIMM#0\n',
  'sys/devices/system/edac/mc/mc0/dimm2/dimm_ce_count': '0\n',
  'sys/devices/system/edac/mc/mc0/dimm2/dimm_ue_count': '0\n',
  'sys/devices/system/edac/mc/mc0/dimm2/dimm_label': 'CPU_SrcID#0_MC#0_Chan#1_DIMM#0\n',
  'run/systemd/timesync/synchronized': '',
};

/** Writes the files below the root of the tree. */
export function writeHardware(write: (path: string, text: string) => void): void {
  for (const [path, text] of Object.entries(FILES)) write(path, text);
}
