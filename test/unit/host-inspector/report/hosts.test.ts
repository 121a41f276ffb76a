import { Ajv2020 } from 'ajv/dist/2020.js';
import { assert } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '../../../../cli/render/report/kubeowler.ts';
import type { NodeReport } from '../../../../plugins/host-inspector/report/model.ts';
import { reportSchema } from '../../../../plugins/host-inspector/report/schema.ts';
import { say } from '../../../support/command-line.ts';
import { decodeKubeowler } from '../../../support/kubeowler-decoder.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const PUBLISHED = readFileSync(join(ROOT, 'docs/node-report.schema.json'), 'utf8');
const HOSTS = join(ROOT, 'test/hosts');
/** What happens to a GPU of a machine changes nothing that this report tells. */
const names = readdirSync(HOSTS).filter((name) => !name.startsWith('gpu-') || existsSync(join(HOSTS, name, 'root'))).filter((name) => name !== 'README.md').toSorted();
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(JSON.parse(PUBLISHED));

describe('the schema of the node report', () => {
  it('is published as it is made from the tables; npm run generate writes it', () => {
    assert.equal(PUBLISHED, `${JSON.stringify(reportSchema(), undefined, 2)}\n`);
  });

  it('tells in words what every field is', () => {
    const nameless: string[] = [];
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties, items } = schema as Readonly<Record<string, unknown>>;
      for (const [key, field] of Object.entries(properties ?? {})) {
        const isDescribed = ['description', 'const'].some((word) => Object.hasOwn(field as object, word));
        // Value and unit of a field, which is described itself.
        if (!isDescribed && !['value', 'unit', 'name', 'version'].includes(key)) nameless.push(`${path}.${key}`);
        walk(field, `${path}.${key}`);
      }
      walk(items, path);
    };
    walk(reportSchema(), '');
    assert.deepEqual(nameless, []);
  });

  it('refuses a value without its truth, a value that cannot be, and fields that nobody knows', async () => {
    const { stdout } = await say(['inspect', '--format', 'json', '--recording', 'firecracker-vm-6.18']);
    const isValidWith = (path: readonly string[], value: unknown): boolean => {
      const report: unknown = JSON.parse(stdout);
      const folder = path.slice(0, -1).reduce((found, key) => (found as Record<string, unknown>)[key], report) as Record<string, unknown>;
      folder[path.at(-1) ?? ''] = value;
      return validate(JSON.parse(JSON.stringify(report)));
    };
    const total = ['resources', 'memoryTotal'] as const;
    assert.isTrue(isValidWith([...total, 'value'], 5));
    assert.isFalse(isValidWith([...total, 'state'], undefined));
    assert.isFalse(isValidWith([...total, 'value'], null));
    assert.isFalse(isValidWith([...total, 'state'], 'error'));
    assert.isFalse(isValidWith([...total, 'unit'], 'count'));
    assert.isFalse(isValidWith([...total, 'value'], '5 GiB'));
    assert.isFalse(isValidWith(['resources', 'more'], { value: 1, unit: 'count', source: '', state: 'ok' }));
    assert.isFalse(isValidWith(['stability'], undefined));
  });
});

describe('the report of a recorded host', () => {
  for (const name of names) {
    it(`${name}: is as its schema says, and Kubeowler can read its form`, async () => {
      const { stdout, code } = await say(['inspect', '--format', 'json', '--recording', name]);
      const report = JSON.parse(stdout) as NodeReport;
      assert.isTrue(validate(report), JSON.stringify(validate.errors?.slice(0, 3)));
      assert.equal(code, { ok: 0, problem: 1, unknown: 2 }[report.summary.status]);
      const document = decodeKubeowler(render(report));
      const unread = [report.resources.memoryTotal, report.resources.cpuCores].filter(({ value }) => value === null).length;
      assert.equal(document.issue_count, report.summary.problems + report.summary.unknown + unread);
    });
  }

  for (const name of ['sick-node', 'meminfo-cut']) {
    it(`${name}: is one line for Kubeowler and nothing else, whatever is found and however much is to be logged`, async () => {
      const { stdout, stderr, code } = await say(['inspect', '--format', 'kubeowler', '--recording', name], { LOG_LEVEL: 'debug' });
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.isAbove(decodeKubeowler(stdout).issue_count, 0);
    });
  }
});
