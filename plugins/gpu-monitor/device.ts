import type { GpuRecord } from './smi/record.ts';

/** `GPU 0000:53:00.0 (GPU-5d3e…, serial 1650124014249)`, as far as it is known; it names the device in every message. */
export function describeGpu({ address, fields: { uuid, serial } }: Pick<GpuRecord, 'address' | 'fields'>): string {
  return describeDevice(address, uuid.kind === 'value' ? uuid.text : undefined, serial.kind === 'value' ? serial.text : undefined);
}

/** As `describeGpu`, of one that nvidia-smi does not list. */
export function describeDevice(address: string, uuid: string | undefined, serial: string | undefined): string {
  const known = [...(uuid === undefined ? [] : [uuid]), ...(serial === undefined ? [] : [`serial ${serial}`])];
  return known.length === 0 ? `GPU ${address}` : `GPU ${address} (${known.join(', ')})`;
}

/** `NVIDIA H100 80GB HBM3`, or `this GPU`: for what all boards of one kind lack. */
export function productOf({ fields: { productName } }: Pick<GpuRecord, 'fields'>): string {
  return productName.kind === 'value' ? productName.text : 'this GPU';
}

/** Whether the driver says of any field that the whole GPU is lost. */
export function isLost({ fields }: Pick<GpuRecord, 'fields'>): boolean {
  return Object.values(fields).some(({ kind }) => kind === 'lost');
}
