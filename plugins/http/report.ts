import type { IncomingHttpHeaders } from 'node:http';

import { messageOf, quote } from '../core/errors.ts';
import type { HttpAddress } from './address.ts';
import { type Page, linesPage } from './observed.ts';
import type { ReportSource } from './report-source.ts';

/**
 * `/report?format=…`: the whole node, which is for nobody but the node. Refused on any address that others can reach, and to a
 * browser that a page of another site has sent here by a name of its own (DNS rebinding).
 */
export async function reportPage(source: ReportSource | undefined, address: HttpAddress, url: string, { host }: IncomingHttpHeaders): Promise<Page> {
  if (!isOfNode(address)) return linesPage(403, ['the report is for this node alone: listen on 127.0.0.1 or on unix:PATH']);
  if (address.kind === 'tcp' && !isOwnName(host)) return linesPage(403, [`the report is for this node alone: ask for 127.0.0.1, not for ${quote(host ?? '')}`]);
  if (source === undefined) return linesPage(404, ['no report: host-inspector is not among the monitors that are served here']);
  const formats = Object.keys(source.contentTypes);
  const format = new URLSearchParams(url.split('?')[1] ?? '').get('format') ?? formats[0] ?? '';
  const contentType = Object.hasOwn(source.contentTypes, format) ? source.contentTypes[format] : undefined;
  if (contentType === undefined) return linesPage(400, [`unknown format ${quote(format)}; known are ${formats.join(', ')}`]);
  try {
    return { status: 200, contentType, body: await source.report(format) };
  } catch (cause) {
    return linesPage(503, [`no report: ${messageOf(cause)}`]);
  }
}

function isOfNode(address: HttpAddress): boolean {
  return address.kind === 'unix' || address.host.startsWith('127.') || address.host === '::1';
}

/** HTTP/1.0 asks without a name, and so does no browser. */
function isOwnName(host: string | undefined): boolean {
  return host === undefined || /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);
}
