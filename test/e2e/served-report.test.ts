import { assert } from 'chai';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import type { NodeReport } from '../../plugins/host-inspector/report/model.ts';
import { PEEK_PARAMETER } from '../../plugins/core/status.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { ask, httpAddressOf } from '../support/http-client.ts';
import { servedOverHttp } from '../support/http-served.ts';
import { hostTree } from '../support/host-tree.ts';
import { runToEnd, start } from '../support/program.ts';

describe('/report of a sidecar', () => {
  it('tells the whole node, with the conditions that NPD is told', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setAvailableKb(100_000);
    await using served = await servedOverHttp(folder.path, host.root);
    using client = connect(folder.file('a.sock'));
    const { conditions } = await client.checkHealth({ [PEEK_PARAMETER]: '' }, 1, { timeoutMs: 5_000 });
    const { status, contentType, text } = await ask(served.address, '/report');
    assert.deepEqual([status, contentType], [200, 'application/json']);
    const report = JSON.parse(text) as NodeReport;
    assert.deepEqual(report.conditions.list.value?.map(({ type, status: is, reason, message }) => [type, is, reason, message]), conditions.map(({ type, status: is, reason, message }) => [type, is, reason, message]));
    assert.equal(report.summary.status, 'problem');
    assert.equal(report.resources.memoryAvailable.value, 102_400_000);
  });

  it('comes in every form, of one look', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root, `unix:${folder.file('a.http')}`);
    const forms = await Promise.all(['json', 'kubeowler', 'text', 'markdown', 'html'].map(async (format) => await ask(served.address, `/report?format=${format}`)));
    assert.deepEqual(forms.map(({ status, contentType }) => `${status} ${contentType}`), [
      '200 application/json', '200 application/json', '200 text/plain; charset=utf-8', '200 text/markdown; charset=utf-8', '200 text/html; charset=utf-8',
    ]);
    const [json, kubeowler, text, markdown, html] = forms.map((form) => form.text);
    const { generatedAt, tookMs } = JSON.parse(json ?? '') as NodeReport;
    assert.equal(Date.parse((JSON.parse(kubeowler ?? '') as { readonly timestamp: string }).timestamp), Math.floor(Date.parse(generatedAt) / 1_000) * 1_000);
    for (const form of [text, html]) assert.include(form, `in ${tookMs} ms, by npd-plugins`);
    assert.match(markdown ?? '', /^# Node /);
    assert.equal((JSON.parse((await ask(served.address, '/report')).text) as NodeReport).generatedAt, generatedAt);
  });

  it('is refused on an address that others can reach', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root, '0.0.0.0:0');
    const { status, text } = await ask(served.address.replace('0.0.0.0', '127.0.0.1'), '/report');
    assert.deepEqual([status, text], [403, 'the report is for this node alone: listen on 127.0.0.1 or on unix:PATH\n']);
  });

  it('is not there where host-inspector is not served', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using program = start(['serve', 'gpu-monitor', '--socket', folder.file('g.sock'), '--host-root', host.root, '--http', '0']);
    const { status, text } = await ask(await httpAddressOf(program), '/report');
    assert.deepEqual([status, text], [404, 'no report: host-inspector is not among the monitors that are served here\n']);
  });
});

describe('serve --report-dir', function () {
  this.timeout(60_000);

  it('keeps one file of this node, which is there as a whole, for its owner alone, and stays when the sidecar ends', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const args = ['serve', 'host-inspector', '--socket', folder.file('a.sock'), '--host-root', host.root, '--node-name', 'worker-1', '--report-dir', folder.file('reports')];
    await using program = start(args);
    const path = folder.file('reports/worker-1.json');
    const report = await eventually('the report', () => statSync(path, { throwIfNoEntry: false }) !== undefined && (JSON.parse(readFileSync(path, 'utf8')) as NodeReport), 40_000);
    assert.equal(report.node.name.value, 'worker-1');
    program.kill('SIGTERM');
    assert.equal((await program.ended).code, 0);
    assert.deepEqual(readdirSync(folder.file('reports')), ['worker-1.json']);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('says once that it cannot be written, and harms nothing', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    writeFileSync(folder.file('reports'), 'a file');
    await using program = start(['serve', 'host-inspector', '--socket', folder.file('a.sock'), '--host-root', host.root, '--report-dir', folder.file('reports'), '--report-format', 'html']);
    await eventually('a word of it', () => program.stderr().includes('report not written; tried again in the next period'), 40_000);
    using client = connect(folder.file('a.sock'));
    assert.isNotEmpty((await client.checkHealth({}, 1, { timeoutMs: 5_000 })).conditions);
  });

  for (const [args, complaint] of [
    [['host-inspector', '--report-every', '1h'], '--report-every: only with --report-dir'],
    [['host-inspector', '--report-format', 'html'], '--report-format: only with --report-dir'],
    [['gpu-monitor', '--report-dir', '/tmp/reports'], '--report-dir: only with host-inspector'],
    [['host-inspector', '--report-dir', '/tmp/reports', '--report-every', '1s'], '--report-every: expected at least 60s, got "1s"'],
    [['host-inspector', '--report-dir', '/tmp/reports', '--report-format', 'pdf'], '--report-format: expected one of json, kubeowler, text, markdown, html, got "pdf"'],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      assert.deepEqual(await runToEnd(['serve', ...args]), { code: 64, stdout: '', stderr: `npd-plugins: ${complaint}\n` });
    });
  }
});
