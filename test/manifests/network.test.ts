import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IContainer } from 'kubernetes-models/v1';
import { isRecord } from '../../plugins/core/decode.ts';
import { ROOT, kustomize, needsKustomize, renderOwn } from '../support/kustomize-overlay.ts';
import { type Manifest, configText, containersOf, daemonSetsOf, nameOf, parseManifest } from '../support/manifest-objects.ts';
import { manifestProblems } from '../support/manifest-rules.ts';

const EXTERNAL = '--config.external-monitor=';
const CUSTOM = '--config.custom-plugin-monitor=';

/** Those whose NPD has external monitors, and that have no verifier in the Pod network yet. */
const OVERLAYS = ['integrated', 'separate', 'node-only'];

const VERIFIER = 'npd-ext-pod-network-verifier';

/** A kustomization of somebody's own, in the namespace of the overlays unless it says otherwise. */
function rendered(overlay: string, components: readonly string[], more = 'namespace: kube-system\n'): Manifest {
  const { yaml, warnings } = renderOwn({ overlay, components, more });
  assert.equal(warnings, '');
  return parseManifest(yaml);
}

function container(objects: Manifest, name: string): IContainer {
  const [found, ...others] = containersOf(objects).filter((placed) => placed.container.name === name);
  assert.isDefined(found, name);
  assert.isEmpty(others);
  return found?.container ?? { name };
}

const idOf = (object: Manifest[number]): string => `${object.kind} ${nameOf(object)}`;

/** With lists of what has names, which Kubernetes merges by them, in one order. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(unordered);
    return items.every(isRecord) ? items.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : items;
  }
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unordered(member)])) : value;
}

/** What NPD is told to read with this flag. */
function reads(objects: Manifest, flag: string): string | undefined {
  const lists = (container(objects, 'node-problem-detector').args ?? []).filter((arg) => arg.startsWith(flag));
  assert.lengthOf(lists, 1);
  return lists[0]?.slice(flag.length);
}

describe(needsKustomize('components of the network'), () => {
  before(function () {
    if ('missing' in kustomize) this.skip();
  });

  for (const overlay of OVERLAYS) {
    it(`pod-network adds to ${overlay} a Pod on every node, one file that NPD loads and a folder for their sockets, and nothing else`, async () => {
      const [before, after] = [rendered(overlay, []), rendered(overlay, ['pod-network'])];
      assert.deepEqual(await manifestProblems(after), []);
      const added = after.map(idOf).filter((id) => !before.map(idOf).includes(id));
      assert.sameMembers(added, ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'DaemonSet'].map((kind) => `${kind} ${VERIFIER}`));
      assert.equal(reads(after, EXTERNAL), `${reads(before, EXTERNAL)},/config/pod-network-verifier.json`);
      for (const object of before.filter((one) => idOf(one) !== 'DaemonSet npd-ext')) assert.deepInclude(after, object);
      assert.deepEqual(container(after, 'node-plugins'), container(before, 'node-plugins'));
    });
  }

  it('pod-network makes of node-only the overlay pod-network', () => {
    const [made, overlay] = [rendered('node-only', ['pod-network']), rendered('pod-network', [])];
    assert.sameMembers(made.map(idOf), overlay.map(idOf));
    for (const object of made) assert.deepEqual(unordered(object), unordered(overlay.find((one) => idOf(one) === idOf(object))), idOf(object));
  });

  for (const [overlay, more] of [['stock-npd', []], ['node-only', ['stock-npd', 'images']]] as const) {
    it(`stock-npd-pod-network lets a released NPD read its status file, in ${overlay}`, async () => {
      const [before, after] = [rendered(overlay, more), rendered(overlay, [...more, 'stock-npd-pod-network'])];
      assert.deepEqual(await manifestProblems(after), []);
      assert.equal(reads(after, CUSTOM), `${reads(before, CUSTOM)},/config/pod-network-verifier-stock.json`);
      assert.include(container(after, 'pod-network-verifier').args ?? [], '--status-dir=/var/run/npd');
    });
  }

  it('fail to build with the NPD of the other, which would end at its start', () => {
    assert.throws(() => rendered('stock-npd', ['pod-network']), /unable to find field \S+args\.\[=\^--config\.external-monitor=\]\S+ in replacement target/);
    assert.throws(() => rendered('node-only', ['stock-npd-pod-network']), /unable to find field \S+args\.\[=\^--config\.custom-plugin-monitor=\]\S+ in replacement target/);
  });

  it('pod-network-ipv6 answers on IPv6, and changes nothing else', async () => {
    const [before, after] = [rendered('pod-network', []), rendered('pod-network', ['pod-network-ipv6'])];
    assert.deepEqual(await manifestProblems(after), []);
    const args = container(before, 'pod-network-verifier').args?.map((arg) => (arg === '--http=0.0.0.0:20282' ? '--http=[::]:20282' : arg));
    assert.deepEqual(container(after, 'pod-network-verifier'), { ...container(before, 'pod-network-verifier'), args: args ?? [] });
  });

  for (const [where, more, name] of [['kube-system', 'namespace: kube-system\n', VERIFIER], ['a namespace of your own, with a prefix', 'namespace: node-health\nnamePrefix: acme-\n', `acme-${VERIFIER}`]] as const) {
    it(`pod-network-peers tells the verifiers the name of a Service that has them all behind it, in ${where}`, async () => {
      const objects = rendered('separate', ['pod-network', 'pod-network-peers', 'pod-network-ipv6'], more);
      assert.deepEqual(await manifestProblems(objects), []);
      const { args, env } = container(objects, 'pod-network-verifier');
      assert.equal(args?.at(-1), '--peers=$(PEERS)');
      assert.equal(env?.find((one) => one.name === 'PEERS')?.value, name);
      const service = objects.find(({ kind }) => kind === 'Service');
      assert.deepEqual([service?.metadata?.name, service?.metadata?.namespace], [name, daemonSetsOf(objects)[0]?.metadata?.namespace]);
    });
  }

  for (const overlay of [...OVERLAYS, 'pod-network', 'stock-npd']) {
    it(`profile-karpenter-aws in ${overlay} has the roll-up in the name by which others replace nodes, and all else as it was`, async () => {
      const [before, after] = [rendered(overlay, []), rendered(overlay, ['profile-karpenter-aws'])];
      assert.deepEqual(await manifestProblems(after), []);
      const args = container(before, 'node-plugins').args ?? [];
      assert.deepEqual(container(after, 'node-plugins'), { ...container(before, 'node-plugins'), args: [...args, '--profile=karpenter-aws'] });
      const npd = containersOf(after).find(({ container: { name } }) => name === 'node-problem-detector') ?? assert.fail();
      for (const file of ['network-verifier.json', 'network-verifier-stock.json']) {
        const text = configText(after, npd, `/config/${file}`);
        assert.include(text, '"NetworkingReady"');
        assert.notInclude(text, '"NetworkVerified"');
      }
      const pod = configText(after, npd, '/config/pod-network-verifier.json');
      assert.equal(pod, readFileSync(join(ROOT, 'npd-config/pod-network-verifier.json'), 'utf8'));
    });
  }

  for (const [title, head] of [['profile-karpenter-aws', /^# The roll-up .*[\s\S]*REPLACE a node/], ['pod-network-peers', /not for more than about a\n# thousand nodes/]] as const) {
    it(`${title} is in no overlay, and says what it brings about`, () => {
      assert.match(readFileSync(join(ROOT, 'kustomize/components', title, 'kustomization.yaml'), 'utf8'), head);
      for (const overlay of [...OVERLAYS, 'pod-network', 'stock-npd']) assert.notMatch(renderOwn({ overlay }).yaml, /--profile|--peers/);
    });
  }
});
