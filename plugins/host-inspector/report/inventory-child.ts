import systeminformation from 'systeminformation';

/**
 * What systeminformation says of the machine, for `inventory.ts`, which runs this as a program of its own: it starts shells,
 * has no deadlines, and some of its calls end the process. Only these calls, which read what is the same in every container;
 * what a placeholder is, the caller knows.
 */
export async function askSysteminformation(): Promise<unknown> {
  const { system, bios, baseboard, cpu, mem } = systeminformation;
  const [machine, firmware, board, processor, memory] = [await system(), await bios(), await baseboard(), await cpu(), await mem()];
  return {
    manufacturer: machine.manufacturer,
    model: machine.model,
    hypervisor: machine.virtual ? (machine.virtualHost ?? '') : '',
    biosVendor: firmware.vendor,
    biosVersion: firmware.version,
    biosDate: firmware.releaseDate,
    boardManufacturer: board.manufacturer,
    boardModel: board.model,
    cpuVendor: processor.vendor || processor.manufacturer,
    cpuModel: `${processor.manufacturer} ${processor.brand}`.trim(),
    memoryBytes: memory.total,
  };
}
