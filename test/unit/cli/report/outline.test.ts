import { assert } from 'chai';
import { VALUE_STATES, type Value } from '../../../../plugins/host-inspector/report/fields.ts';
import { type NodeReport, type RowOf, reportSections } from '../../../../plugins/host-inspector/report/model.ts';
import { bytes, cellOf, duration, moment } from '../../../../cli/render/report/cell.ts';
import { SECTION_ORDER, outlineOf } from '../../../../cli/render/report/outline.ts';
import { sampleReport } from '../../../support/report-sample.ts';

/** The report in which every value of a section is in this state. */
function inState(section: 'resources' | 'stability', state: (typeof VALUE_STATES)[number]): NodeReport {
  const report = sampleReport();
  const values = Object.fromEntries(Object.entries(report[section]).map(([key, value]) => [key, { ...value, value: null, state, message: 'told here' }]));
  return { ...report, [section]: values };
}

describe('what people are told of a report', () => {
  it('has every section, in the order of what people look for', () => {
    const names = outlineOf(sampleReport()).sections.map(({ name }) => name);
    assert.deepEqual(names, [...SECTION_ORDER]);
    assert.sameMembers([...names, 'conditions'], Object.keys(reportSections));
  });

  it('begins with what needs somebody', () => {
    assert.deepEqual(outlineOf(sampleReport()).findings.map(({ word, type }) => `${word} ${type}`), [
      'problem DiskSpaceLow', 'problem CertificateExpiring', 'unknown ClockUnsynchronized', 'ok FilesystemUnhealthy', 'ok IOPressureHigh', 'ok MemoryPressureHigh', 'ok UnexpectedListeningPort',
    ]);
  });

  it('says that there are no problems only where there are none', () => {
    const text = (summary: NodeReport['summary']): string => outlineOf({ ...sampleReport(), summary }).status.text;
    assert.deepEqual([
      text({ status: 'ok', problems: 0, unknown: 0 }), text({ status: 'problem', problems: 1, unknown: 0 }), text({ status: 'problem', problems: 2, unknown: 3 }), text({ status: 'unknown', problems: 0, unknown: 1 }),
    ], ['no problems found', '1 problem', '2 problems, 3 could not be told', '1 could not be told']);
  });

  it('tells what no check could judge as neither a problem nor well, and last', () => {
    const row = (type: string, reason: string): RowOf<'conditions', 'list'> => ({ type, status: 'False', reason, message: 'told here', severity: null, advice: null });
    const rows = [row('HardwareFault', 'HardwareErrorsNotCounted'), row('DiskSpaceLow', 'NodeHasDiskSpace')];
    const conditions: NodeReport['conditions'] = { list: { value: rows, unit: '', source: 'check', state: 'ok' } };
    assert.deepEqual(outlineOf({ ...sampleReport(), conditions }).findings.map(({ word, type }) => `${word} ${type}`), ['ok DiskSpaceLow', 'not judged HardwareFault']);
  });

  it('says once what to do, and all of it, where the message ends with it', () => {
    const message = '/: less than 5% of space available; /: less than 3% of inodes free. Remove logs. Find the folder with many files.';
    const finding = (advice: string): unknown => {
      const rows = [{ type: 'DiskSpaceLow', status: 'True', reason: 'DiskSpaceLow', message, severity: 'warn', advice } as const];
      const [{ message: told, advice: todo } = assert.fail()] = outlineOf({ ...sampleReport(), conditions: { list: { value: rows, unit: '', source: 'check', state: 'ok' } } }).findings;
      return [told, todo];
    };
    assert.deepEqual(finding('Remove logs.'), ['/: less than 5% of space available; /: less than 3% of inodes free', 'Remove logs. Find the folder with many files.']);
    assert.deepEqual(finding('Call somebody.'), [message, 'Call somebody.']);
  });

  it('has a heading where there is no name', () => {
    const report = sampleReport();
    const name = { value: null, unit: '', source: '/etc/hostname', state: 'unsupported', message: 'no such file' } as const;
    assert.equal(outlineOf({ ...report, node: { ...report.node, name } }).node, 'without a name');
  });

  it('says why there are no conditions', () => {
    const report = sampleReport();
    const conditions: NodeReport['conditions'] = { list: { value: null, unit: '', source: 'check', state: 'error', message: 'no look in time' } };
    assert.deepEqual(outlineOf({ ...report, conditions }).findings, [
      { tone: 'unknown', word: 'unknown', type: 'Conditions', reason: 'error', message: 'could not be read: no look in time', advice: undefined },
    ]);
  });

  it('leaves out no value of the report', () => {
    for (const name of SECTION_ORDER) {
      const report = inEveryField(name);
      const section = outlineOf(report).sections.find((one) => one.name === name);
      const told = [...(section?.facts ?? []).map(({ cell }) => cell.text), ...(section?.tables ?? []).flatMap(({ rows }) => rows.flat().map(({ text }) => text))].join('\n');
      for (const key of Object.keys(reportSections[name].fields)) assert.include(told, `not visible: ${key} is not`, name);
    }
  });

  for (const state of VALUE_STATES.filter((one) => one !== 'ok' && one !== 'stale')) {
    it(`says why where a value is ${state}, and never 0 or nothing`, () => {
      for (const section of ['resources', 'stability'] as const) {
        const { facts } = outlineOf(inState(section, state)).sections.find(({ name }) => name === section) ?? assert.fail();
        const scalars = Object.values(reportSections[section].fields).filter((field) => !('columns' in field));
        assert.lengthOf(facts, scalars.length);
        for (const { cell } of facts) assert.deepEqual([cell.tone, cell.text.endsWith(': told here'), cell.percent], ['missing', true, undefined]);
      }
    });
  }

  it('tells parts on their own where one of them is not known', () => {
    const report = sampleReport();
    const resources: NodeReport['resources'] = { ...report.resources, memoryAvailable: { value: null, unit: 'bytes', source: '/proc/meminfo', state: 'unsupported', message: 'no MemAvailable before Linux 3.14' } };
    const facts = outlineOf({ ...report, resources }).sections[0]?.facts.filter(({ label }) => label.startsWith('Memory')).map(({ label, cell }) => `${label}: ${cell.text}`);
    assert.deepEqual(facts, [
      'Memory: 32 GiB', 'Memory available: not supported: no MemAvailable before Linux 3.14', 'Memory in use: 10.5 GiB', 'Memory in use: 32.8%', 'Memory pressure: 0%',
    ]);
  });
});

/** Every field of a section is not visible, and says its own name. */
function inEveryField(section: (typeof SECTION_ORDER)[number]): NodeReport {
  const report = sampleReport();
  const values = Object.entries(report[section]).map(([key, value]: [string, Value]) => [key, { ...value, value: null, state: 'not-visible', message: `${key} is not` }]);
  return { ...report, [section]: Object.fromEntries(values) as never };
}

describe('a value in words', () => {
  it('has its unit', () => {
    assert.deepEqual([0, 1, 1_023, 1_024, 1_536, 10 * 2 ** 30, 123.4 * 2 ** 30, 2 ** 50].map(bytes), ['0 B', '1 B', '1,023 B', '1 KiB', '1.5 KiB', '10 GiB', '123 GiB', '1 PiB']);
    assert.deepEqual([0, 59, 60, 3_599, 3_600, 86_399, 86_400, 1_000_000].map(duration), ['0 s', '59 s', '1 min', '59 min', '1 h 0 min', '23 h 59 min', '1 day 0 h', '11 days 13 h']);
    assert.deepEqual(['2026-11-26T12:38:23.512Z', '2026-11-26T12:38:23Z', 'yesterday'].map(moment), ['2026-11-26 12:38 UTC', '2026-11-26 12:38 UTC', 'yesterday']);
  });

  it('that was read earlier says so', () => {
    assert.equal(cellOf({ value: 5, unit: 'days', source: 'a', state: 'stale', message: 'two hours old' }).text, '5 days (read earlier: two hours old)');
  });

  it('that claims to be known and is null is not shown as one', () => {
    assert.deepEqual(cellOf({ value: null, unit: 'count', source: 'a', state: 'ok' }), { text: 'not known', brief: 'not known', tone: 'missing' });
  });

  it('cannot turn the direction of a line, or end it', () => {
    assert.equal(cellOf({ value: 'a\n\u202eb\u001b[2J', unit: '', source: 'a', state: 'ok' }).text, 'a??b?[2J');
  });
});
