import { assert } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { npdConfigFiles } from '../../cli/npd-config.ts';
import { hostConditions, hostEvents } from '../../plugins/host-inspector/conditions.ts';
import { readHostConfigs } from '../../plugins/npd/config-files.ts';
import { say } from '../support/command-line.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'npd-config');

describe('npd-config', () => {
  it('holds one file per monitor, exactly as made from the condition tables (npm run generate)', () => {
    const files = npdConfigFiles();
    assert.sameMembers(readdirSync(FOLDER).filter((name) => name.endsWith('.json')), files.map(({ name }) => name));
    for (const { name, text } of files) assert.equal(readFileSync(join(FOLDER, name), 'utf8'), text, name);
  });

  it('is valid together, without a warning, and keeps NPD from calling a sick node healthy at its start', async () => {
    const paths = npdConfigFiles().map(({ name }) => join(FOLDER, name));
    assert.deepEqual(await say(['validate', ...paths]), { code: 0, stdout: paths.map((path) => `${path}: ok\n`).join(''), stderr: '' });
    const reports = readHostConfigs(paths.map((name) => ({ name, text: readFileSync(name, 'utf8') })));
    for (const { config } of reports) assert.isTrue(config?.skipInitialStatus);
  });

  it('has the conditions in the order of the table, each with its healthy reason', () => {
    const [file] = npdConfigFiles();
    const { conditions } = JSON.parse(file?.text ?? '') as { readonly conditions: unknown };
    assert.deepEqual(conditions, hostConditions.map(({ type, healthy }) => ({ type, ...healthy })));
  });
});

describe('the condition table', () => {
  const reasons = hostConditions.flatMap((spec) => [
    ...spec.reasons.map(({ reason }) => reason), spec.healthy.reason, spec.unknownReason, spec.notApplicableReason,
  ]);

  it('has types and reasons in CamelCase, as Kubernetes wants them', () => {
    for (const name of [...reasons, ...hostConditions.map(({ type }) => type), ...hostEvents.map(({ reason }) => reason)]) {
      assert.match(name, /^(?:[A-Z]+[a-z0-9]+)+$/, name);
    }
  });

  it('has each type once, and each reason once, so that a reason alone tells what is wrong', () => {
    for (const names of [hostConditions.map(({ type }) => type), [...reasons, ...hostEvents.map(({ reason }) => reason)]]) {
      assert.deepEqual(names.filter((name, index) => names.indexOf(name) < index), []);
    }
  });

  for (const { type, reasons, healthy, unknownReason, notApplicableReason } of hostConditions) {
    it(`${type}: not knowing sounds like not knowing`, () => {
      assert.match(unknownReason, /Unknown$/);
      for (const reason of [healthy.reason, notApplicableReason, ...reasons.map(({ reason }) => reason)]) assert.notMatch(reason, /Unknown/);
    });

    it(`${type}: what is said in health is no finding, and holds no number that changes`, () => {
      assert.notMatch(healthy.message, /[0-9%]/);
      // As NPD names its own: NodeHasSufficientMemory, NoCorruptDockerOverlay2, FilesystemIsNotReadOnly.
      assert.match(healthy.reason, /^(?:No|Node|[A-Za-z]+Is)[A-Z]/);
    });

    for (const { reason, advice, reads, limit, raiseAfterMs, clearAfterMs, severity } of reasons) {
      it(`${reason}: one line of advice, where it is read, and a limit`, () => {
        for (const text of [advice, reads, limit]) assert.match(text, /^\S[^\n]{4,199}$/u);
        assert.match(advice, /[.)]$/);
        assert.match(reads, /^\/(?:proc|sys)\//);
        assert.equal(severity, 'warn');
        assert.isAtLeast(raiseAfterMs, 0);
        assert.isAtLeast(clearAfterMs, 0);
      });
    }
  }

  it('holds every reason that a check can give, and no other', () => {
    const checks = readdirSync(join(ROOT, 'plugins/host-inspector'), { recursive: true, encoding: 'utf8' }).filter((name) => /^(?:checks|disk|limits)\/.*\.ts$/.test(name));
    const texts = checks.map((name) => readFileSync(join(ROOT, 'plugins/host-inspector', name), 'utf8')).join('\n');
    const given = [...texts.matchAll(/\b(?:problem|judgeCount)\('(\w+)'/g)].map(([, reason]) => reason);
    assert.sameMembers([...new Set(given)], hostConditions.flatMap((spec) => spec.reasons.map(({ reason }) => reason)));
    const told = [...texts.matchAll(/\breason: '(\w+)'/g)].map(([, reason]) => reason);
    assert.sameMembers([...new Set(told)], hostEvents.map(({ reason }) => reason));
  });
});
