import { parseCount } from '../../core/decode.ts';
import { normalAddress } from './address.ts';
import type { Field } from './field.ts';
import type { FieldPlaces } from './fields.ts';
import { type FieldMaker, fieldMaker, fieldsBy, MOST_GPUS, oncePerAddress } from './gpu-fields.ts';
import type { GpuRecord, SmiDocument } from './record.ts';
import { leavesOf } from './xml-leaves.ts';

const ROOT = '<nvidia_smi_log';
const ROOT_END = '</nvidia_smi_log>';
const GPU_END = '</gpu>';
const GPU = /<gpu(?:\s[^<>]*)?>/g;
const ID = /\sid\s*=\s*(?:"([^"]*)"|'([^']*)')/;

/** One `<gpu>` of the output. */
interface Section {
  readonly id: string | undefined;
  /** What stands between its tags; undefined if it has no end. */
  readonly body: string | undefined;
}

/**
 * Parses `nvidia-smi -q -x` of the drivers 418 to 610, with whatever stands before and after it. Only what is judged is read;
 * the lists of clocks, processes and MIG devices are left out but for the errors of the latter, and may be broken. The output looks like
 *
 *     <?xml version="1.0" ?>
 *     <!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
 *     <nvidia_smi_log>
 *         <driver_version>535.54.03</driver_version>
 *         <attached_gpus>4</attached_gpus>
 *         <gpu id="00000000:01:00.0">
 *             <product_name>NVIDIA A100-SXM4-80GB</product_name>
 *             <temperature>
 *                 <gpu_temp>27 C</gpu_temp>
 *
 * Never throws. A GPU without an end, an address or a name is left out, and the document is not whole then.
 */
export function parseSmiXml(text: string): SmiDocument {
  const start = text.indexOf(ROOT);
  const end = start === -1 ? -1 : text.indexOf(ROOT_END, start);
  const log = start === -1 ? '' : text.slice(start, end === -1 ? text.length : end);
  const { header, sections } = split(log);
  const makeField = fieldMaker();
  const gpus = oncePerAddress(sections.slice(0, MOST_GPUS).flatMap((section, index) => gpuOf(section, index, makeField) ?? []));
  const attachedGpus = countOf(textOf(header, 'attached_gpus'));
  const isClosed = end !== -1 && gpus.length === sections.length && (attachedGpus ?? sections.length) >= sections.length;
  return {
    driverVersion: wordOf(header, 'driver_version', makeField) ?? wordOf(header, 'kmd_version', makeField),
    attachedGpus,
    gpus,
    isWhole: isClosed && (attachedGpus ?? sections.length) === sections.length,
    isClosed,
    source: 'nvidia-smi -q -x',
  };
}

/** A `<gpu>` ends before the next one begins, or not at all. */
function split(log: string): { readonly header: string; readonly sections: readonly Section[] } {
  const tags = log.matchAll(GPU).take(MOST_GPUS + 1).toArray();
  const sections = tags.map((tag, index) => {
    const [, double, single] = ID.exec(tag[0]) ?? [];
    const rest = log.slice(tag.index + tag[0].length, tags[index + 1]?.index);
    const end = rest.indexOf(GPU_END);
    return { id: double ?? single, body: end === -1 ? undefined : rest.slice(0, end) };
  });
  return { header: log.slice(0, tags[0]?.index), sections };
}

function gpuOf({ id, body }: Section, index: number, makeField: FieldMaker): GpuRecord | undefined {
  const leaves = body === undefined ? undefined : leavesOf(body);
  if (leaves === undefined) return undefined;
  const address = normalAddress(id ?? leaves.get('pci/pci_bus_id') ?? '');
  const fields = fieldsBy(({ xml }) => readingsOf(xml, leaves, makeField));
  // Every driver tells both of every GPU, a lost one too.
  const isEmpty = fields.uuid.kind === 'absent' && fields.productName.kind === 'absent';
  return address === undefined || isEmpty ? undefined : { address, index, fields };
}

function readingsOf(paths: FieldPlaces['xml'], leaves: ReadonlyMap<string, string>, makeField: FieldMaker): readonly Field[] {
  return paths.flatMap((path) => {
    const text = leafAbove(path, leaves);
    return text === undefined ? [] : [makeField(text)];
  });
}

/** Text of an element, or of the nearest block above it that holds a text instead: `<remapped_rows>GPU is lost</remapped_rows>`. */
function leafAbove(path: string, leaves: ReadonlyMap<string, string>): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const text = leaves.get(path.slice(0, end));
    if (text !== undefined) return text;
  }
  return undefined;
}

function textOf(header: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(header)?.[1];
}

function wordOf(header: string, name: string, makeField: FieldMaker): string | undefined {
  const field = makeField(textOf(header, name) ?? '');
  return field.kind === 'value' ? field.text : undefined;
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*[0-9]{1,4}\s*$/.test(text) ? parseCount(text.trim(), 'attached_gpus') : undefined;
}
