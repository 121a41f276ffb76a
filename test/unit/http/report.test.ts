import { assert } from 'chai';

import { parseHttpAddress } from '../../../plugins/http/address.ts';
import type { ReportSource } from '../../../plugins/http/report-source.ts';
import { reportPage } from '../../../plugins/http/report.ts';

const source: ReportSource = {
  contentTypes: { json: 'application/json', html: 'text/html; charset=utf-8' },
  report: (format) => Promise.resolve(`the report as ${format}`),
};

const PLAIN = 'text/plain; charset=utf-8';

interface Asked {
  readonly name: string;
  readonly address?: string;
  readonly url?: string;
  readonly host?: string;
  readonly source?: ReportSource | undefined;
  readonly answer: readonly [status: number, contentType: string, body: string];
}

const forNode = (host: string): string => `the report is for this node alone: ask for 127.0.0.1, not for "${host}"\n`;
const CLOSED = [403, PLAIN, 'the report is for this node alone: listen on 127.0.0.1 or on unix:PATH\n'] as const;
const JSON_REPORT = [200, 'application/json', 'the report as json'] as const;

const TABLE: readonly Asked[] = [
  { name: 'json unless something else is asked for', answer: JSON_REPORT },
  { name: 'the form that is asked for', url: '/report?format=html', answer: [200, 'text/html; charset=utf-8', 'the report as html'] },
  { name: 'no form that there is not', url: '/report?format=toString', answer: [400, PLAIN, 'unknown format "toString"; known are json, html\n'] },
  { name: 'nothing where host-inspector is not served', source: undefined, answer: [404, PLAIN, 'no report: host-inspector is not among the monitors that are served here\n'] },
  { name: 'why there is none', source: { ...source, report: () => Promise.reject(new Error('no answer in time')) }, answer: [503, PLAIN, 'no report: no answer in time\n'] },
  { name: 'on a Unix socket, whatever it is called', address: 'unix:/run/a.http', host: 'node', answer: JSON_REPORT },
  { name: 'on the loopback address of IPv6', address: '[::1]:20281', host: '[::1]:20281', answer: JSON_REPORT },
  { name: 'through kubectl port-forward', host: 'localhost:20281', answer: JSON_REPORT },
  ...['0.0.0.0:20281', '[::]:20281', '10.0.0.1:20281', '[fe80::1]:20281', '[::ffff:127.0.0.1]:20281'].map((address): Asked => ({ name: `nothing on ${address}`, address, host: '127.0.0.1:20281', answer: CLOSED })),
  ...['node-1:20281', 'evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:20281', ''].map((host): Asked => ({ name: `nothing to a page of ${host === '' ? 'no name' : host}`, host, answer: [403, PLAIN, forNode(host)] })),
];

describe('/report tells', () => {
  for (const { name, address = '20281', url = '/report', host = '127.0.0.1:20281', answer, ...more } of TABLE) {
    it(name, async () => {
      const page = await reportPage('source' in more ? more.source : source, parseHttpAddress(address, '--http'), url, { host });
      assert.deepEqual(page, { status: answer[0], contentType: answer[1], body: answer[2] });
    });
  }
});
