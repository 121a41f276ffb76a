import { assert } from 'chai';
import { validate as validateJob } from 'kubernetes-models/_schemas/IoK8sApiBatchV1Job';
import { validate as validateContainer } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Container';
import { validate as validateRole } from 'kubernetes-models/_schemas/IoK8sApiRbacV1Role';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Fault } from '../../../plugins/network-verifier/attempt.ts';
import { networkConditions } from '../../../plugins/network-verifier/conditions.ts';
import { profiles } from '../../../plugins/network-verifier/scope.ts';
import { judgeOutlook } from '../../../plugins/network-verifier/surroundings.ts';
import type { TargetClass } from '../../../plugins/network-verifier/tally.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/network-verifier.md'), 'utf8');
const conditions = networkConditions();
const details = conditions.filter(({ rollUpOf }) => rollUpOf === undefined);

/** A type cannot be listed, but a table over it cannot forget one. */
const FAULTS: Readonly<Record<Fault, true>> = {
  'timeout': true, 'refused': true, 'unreachable': true, 'reset': true, 'silent': true, 'malformed': true, 'not-resolved': true, 'untrusted': true, 'expired': true,
  'wrong-name': true, 'tls': true, 'unauthorized': true, 'forbidden': true, 'throttled': true, 'server-error': true, 'unexpected-status': true, 'rcode-refused': true,
  'server-failure': true, 'name-not-found': true, 'wrong-answer': true,
};
const TARGET_CLASSES: Readonly<Record<TargetClass, true>> = {
  'cluster-name': true, 'external-name': true, 'server': true, 'api-server': true, 'tcp': true, 'http': true, 'service': true, 'peer': true,
};

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
}

function exampleOf(name: string): unknown {
  const [, yaml = assert.fail()] = new RegExp(`<!-- ${name} -->\n\`\`\`yaml\n(.*?)\`\`\`\n<!-- /${name} -->`, 's').exec(page) ?? [];
  return parse(yaml);
}

describe('docs/network-verifier.md', () => {
  for (const { type, reasons, healthy, unknownReason, notApplicableReason, moreNotApplicableReasons = [] } of details) {
    it(`has a row for ${type} with all its reasons`, () => {
      const [row = ''] = page.split('\n').filter((line) => line.startsWith(`| ${type} |`));
      const [, problems = '', healthies = '', unknowns = ''] = row.split(' | ');
      assert.deepEqual(namesIn(problems).filter((name) => name !== 'minMtu'), reasons.map(({ reason }) => reason));
      assert.deepEqual(namesIn(healthies).filter((name) => name !== 'services'), [healthy.reason, notApplicableReason, ...moreNotApplicableReasons]);
      assert.deepEqual(namesIn(unknowns), [unknownReason]);
    });
  }

  it('has these rows in the order of the table', () => {
    const types = conditions.map(({ type }) => type);
    assert.deepEqual(page.split('\n').flatMap((line) => types.filter((type) => line.startsWith(`| ${type} | `))), types);
  });

  it('names what the roll-up says in each profile', () => {
    for (const profile of profiles) {
      const { type, healthy, rollUpReason = '', unknownReason } = networkConditions('host', profile).at(-1) ?? assert.fail();
      assert.include(page, `| \`${profile}\``);
      for (const name of [type, healthy.reason, rollUpReason, unknownReason]) assert.include(page, `\`${name}\``);
    }
  });

  it('tells the times of the table', () => {
    const patience = details.map(({ type, reasons }) => [type, ...new Set(reasons.map(({ raiseAfterMs, clearAfterMs }) => `${raiseAfterMs} ${clearAfterMs}`))]);
    assert.deepEqual(patience, [
      ['ClusterDNSUnavailable', '120000 45000', '300000 45000'],
      ['APIServerUnreachable', '180000 45000'],
      ['NetworkTargetUnreachable', '180000 45000'],
      ['ServiceDiscoveryFailed', '180000 45000'],
    ]);
    assert.include(page, 'names after two minutes, the API server, Services and targets after three');
    assert.include(page, 'slow names after five. All are gone with the second good look, when the first one is at least 45 seconds ago');
  });

  it('quotes what a finding says of node and target', () => {
    const [server, other] = [{ kind: 'name server', isOk: true }, { kind: 'API server', isOk: true }] as const;
    for (const words of [
      judgeOutlook('name server', [server, server]), judgeOutlook('name server', [{ ...server, isOk: false }, other]), judgeOutlook('target', [server]),
      judgeOutlook('target', [{ ...server, isOk: false }]), judgeOutlook('target', []),
    ]) assert.include(page, `\`${words}\``);
  });

  it('names every reason and class that metrics have as a label', () => {
    const [classes = ''] = /by `check` and `target_class` \(.*?\)/.exec(page) ?? [];
    for (const name of Object.keys(TARGET_CLASSES)) assert.include(classes, `\`${name}\``);
    const [row = ''] = page.split('\n').filter((line) => line.startsWith('| `npd_plugins_network_failures_total` |'));
    for (const fault of [...Object.keys(FAULTS), 'local']) assert.include(row, `\`${fault}\``);
  });

  for (const [name, validate, read] of [
    ['verify-job', validateJob, exampleOf],
    ['services-role', validateRole, exampleOf],
    ['verify-init-container', validateContainer, (part: string) => (exampleOf(part) as { readonly initContainers: readonly unknown[] }).initContainers[0]],
  ] as const) {
    it(`shows what Kubernetes takes: ${name}`, () => {
      assert.isTrue(validate(read(name)), JSON.stringify((validate as { readonly errors?: unknown }).errors));
    });
  }

  it('links to headings that exist', () => {
    const anchors = (text: string): readonly string[] => [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(/[^\w -]/g, '').replaceAll(' ', '-'));
    for (const [, file = '', anchor = ''] of page.matchAll(/\]\(((?!https?:)[^)#\s]*)#([^)\s]+)\)/g)) {
      const text = file === '' ? page : readFileSync(join(import.meta.dirname, '../../../docs', file), 'utf8');
      assert.include(anchors(text), anchor, file);
    }
  });
});
