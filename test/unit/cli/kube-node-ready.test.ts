import { assert } from 'chai';
import * as fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { readDocuments } from '../../../cli/kube-node-ready/documents.ts';
import { CHECK_VARIABLES } from '../../../cli/kube-node-ready/is-told.ts';
import { KNOWN_KEYS, knownKey } from '../../../cli/kube-node-ready/known-keys.ts';
import { readKubeNodeReady } from '../../../cli/kube-node-ready/read.ts';
import { ConfigError } from '../../../plugins/core/errors.ts';
import { type Logger, silentLogger } from '../../../plugins/core/log.ts';
import type { SettingsTable } from '../../../plugins/core/settings.ts';
import { networkSettings } from '../../../plugins/network-verifier/settings.ts';
import { temporaryFolder } from '../../support/eventually.ts';

const WORKER = 'dnsTestDomains: [kubernetes.default.svc.cluster.local, google.com]\ncheckTimeoutSeconds: 5\nmaxRetries: 1\nretryBackoff: linear\nlogging: {level: info, format: json}\ndryRun: false\n';

/** Of its README, with what its chart has beside it. */
const HELM = `
deploymentMode: controller
image: {repository: ghcr.io/example/kube-node-ready, tag: ""}
controller:
  replicas: 1
  config:
    worker:
      image: {repository: ghcr.io/example/kube-node-ready, tag: "latest"}
      namespace: kube-system
      timeoutSeconds: 300
      checkTimeoutSeconds: 10
      dnsTestDomains:
        - kubernetes.default.svc.cluster.local
        - google.com
      job: {activeDeadlineSeconds: 200, backoffLimit: 2}
    reconciliation: {intervalSeconds: 30, maxRetries: 5, retryBackoff: exponential}
    nodeManagement:
      deleteFailedNodes: false
      taints: [{key: node-ready/unverified, value: "true", effect: NoSchedule}]
      verifiedLabel: {key: node-ready/verified, value: "true"}
    leaderElection: {enabled: true}
`;

const LEGACY = 'config:\n  maxRetries: 10\n  retryBackoff: "exponential"\n  initialTimeout: "600s"\n  dnsTestDomains: [kubernetes.default.svc.cluster.local, cloudflare.com, 8.8.8.8]\n  taintKey: my-custom/unverified\n';

const CONFIG_MAP = `
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-node-ready-config, namespace: kube-system}
data:
  INITIAL_TIMEOUT: "300s"
  MAX_RETRIES: "5"
  RETRY_BACKOFF: "exponential"
  DNS_TEST_DOMAINS: "kubernetes.default.svc.cluster.local,google.com,1.1.1.1"
  CHECK_TIMEOUT: 1m30s
  ENABLE_CONNECTIVITY_MATRIX: "true"
  TAINT_KEY: "node-ready/unverified"
  LOG_LEVEL: "info"
`;

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function recorder(lines: Line[]): Logger {
  const call = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string): void => void lines.push({ level, message, fields });
  return { debug: call('debug'), info: call('info'), warn: call('warn'), error: call('error'), child: () => recorder(lines) };
}

async function read(content: string | undefined, env: Readonly<Record<string, string>> = {}, lines: Line[] = []) {
  using folder = temporaryFolder();
  const file = folder.file('knr.yaml');
  if (content !== undefined) writeFileSync(file, content);
  const given = await readKubeNodeReady({ positionals: [], values: content === undefined ? {} : { 'kube-node-ready': file } }, env, recorder(lines));
  // Where it lies differs from run to run.
  return JSON.parse(JSON.stringify(given).replaceAll(file, 'FILE')) as typeof given;
}

describe('a configuration of kube-node-ready', () => {
  const table = [
    {
      what: 'of its worker', content: WORKER, gives: {
        settings: {
          dnsNames: { value: ['kubernetes.default.svc.cluster.local', 'google.com'], path: 'FILE: dnsTestDomains' },
          checkTimeout: { value: '5000ms', path: 'FILE: checkTimeoutSeconds' },
        }, retries: 1, backoff: 'linear', warnings: [],
      },
    },
    {
      what: 'in its Helm values', content: HELM, gives: {
        settings: {
          dnsNames: { value: ['kubernetes.default.svc.cluster.local', 'google.com'], path: 'FILE: controller.config.worker.dnsTestDomains' },
          checkTimeout: { value: '10000ms', path: 'FILE: controller.config.worker.checkTimeoutSeconds' },
        }, timeoutMs: 300_000, retries: 5, backoff: 'exponential', warnings: [],
      },
    },
    {
      what: 'in Helm values of its DaemonSet', content: LEGACY, gives: {
        settings: { dnsNames: { value: ['kubernetes.default.svc.cluster.local', 'cloudflare.com', '8.8.8.8'], path: 'FILE: config.dnsTestDomains' } },
        timeoutMs: 600_000, retries: 10, backoff: 'exponential', warnings: [],
      },
    },
    {
      what: 'in a ConfigMap of variables', content: CONFIG_MAP, gives: {
        settings: {
          dnsNames: { value: 'kubernetes.default.svc.cluster.local,google.com,1.1.1.1', path: 'FILE: data.DNS_TEST_DOMAINS' },
          checkTimeout: { value: '10000ms', path: 'FILE: data.CHECK_TIMEOUT' },
        }, timeoutMs: 300_000, retries: 5, backoff: 'exponential', peers: 'FILE: data.ENABLE_CONNECTIVITY_MATRIX',
        warnings: ['FILE: data.CHECK_TIMEOUT: an attempt takes at most 10s here, so that is used'],
      },
    },
    {
      what: 'in a ConfigMap of files, after another object', content: `apiVersion: v1\nkind: ServiceAccount\n---\nkind: ConfigMap\ndata:\n  worker-config.yaml: |\n${WORKER.replaceAll(/^/gm, '    ')}\n`, gives: {
        settings: {
          dnsNames: { value: ['kubernetes.default.svc.cluster.local', 'google.com'], path: 'FILE: data.worker-config.yaml: dnsTestDomains' },
          checkTimeout: { value: '5000ms', path: 'FILE: data.worker-config.yaml: checkTimeoutSeconds' },
        }, retries: 1, backoff: 'linear', warnings: [],
      },
    },
    { what: 'that leaves nearly all to its defaults', content: 'dnsTestDomains:\nmaxRetries: 0\n', gives: { settings: {}, retries: 0, warnings: [] } },
  ];
  for (const { what, content, gives } of table) {
    it(`${what} is read`, async () => {
      assert.deepEqual(await read(content), gives as never);
    });
  }

  it('is under its environment variables, and those count alone, too', async () => {
    const env = { CHECK_TIMEOUT: '3s', DNS_TEST_DOMAINS: 'a.example,b.example', CLUSTER_DNS_IP: '10.96.0.10', MAX_RETRIES: '', RETRY_BACKOFF: 'linear', INITIAL_TIMEOUT: '1m30s', PATH: '/bin' };
    const gives = {
      settings: {
        dnsNames: { value: 'a.example,b.example', path: 'environment variable DNS_TEST_DOMAINS' },
        nameServers: { value: '10.96.0.10', path: 'environment variable CLUSTER_DNS_IP' },
        checkTimeout: { value: '3000ms', path: 'environment variable CHECK_TIMEOUT' },
      }, timeoutMs: 90_000, backoff: 'linear', warnings: [],
    };
    assert.deepEqual(await read(undefined, env), gives as never);
    assert.deepEqual(await read(LEGACY, env), { ...gives, retries: 10 } as never);
    assert.deepEqual(await read(undefined), { settings: {}, warnings: [] });
  });

  it('has switches as Go reads them', async () => {
    const peers = async (word: string): Promise<boolean> => (await read(undefined, { ENABLE_CONNECTIVITY_MATRIX: word })).peers !== undefined;
    for (const word of ['1', 't', 'T', 'TRUE', 'true', 'True']) assert.isTrue(await peers(word), word);
    for (const word of ['0', 'f', 'F', 'FALSE', 'false', 'False', '']) assert.isFalse(await peers(word), word);
  });

  it('is found by WORKER_CONFIG_PATH, under the flag', async () => {
    using folder = temporaryFolder();
    const file = folder.file('worker-config.yaml');
    writeFileSync(file, 'maxRetries: 7\n');
    assert.equal((await read(undefined, { WORKER_CONFIG_PATH: file })).retries, 7);
    assert.equal((await read('maxRetries: 2\n', { WORKER_CONFIG_PATH: file })).retries, 2);
  });

  it('of a controller counts more than that of the DaemonSet before it, in the same values', async () => {
    const controller = 'controller: {config: {worker: {dnsTestDomains: [a.example], checkTimeoutSeconds: 4, timeoutSeconds: 200}, reconciliation: {maxRetries: 2, retryBackoff: linear}}}\n';
    const daemonSet = 'config: {dnsTestDomains: [b.example], checkTimeout: 5s, initialTimeout: 300s, maxRetries: 9, retryBackoff: exponential}\n';
    const expected = await read(controller);
    assert.deepEqual(await read(daemonSet + controller), expected);
    assert.deepEqual(expected.settings['dnsNames']?.value, ['a.example']);
    assert.deepInclude(expected, { timeoutMs: 200_000, retries: 2, backoff: 'linear' });
  });

  it('is told of once: what is no setting of checks, and what nobody knows', async () => {
    const lines: Line[] = [];
    await read(`${HELM}\nworkers: 3\n`, {}, lines);
    const [{ level, fields } = { level: '', fields: {} }, ...rest] = lines;
    assert.equal(level, 'info');
    assert.deepInclude(fields, {
      controllers: ['reconciliation.intervalSeconds', 'nodeManagement.*', 'leaderElection.*'], elsewhere: [], withoutMeaning: ['worker.*'],
    });
    assert.match(String(rest[0]?.fields['setting']), /knr\.yaml: workers$/);
    assert.deepEqual(rest.map(({ level, message }) => [level, message]), [['warn', 'no setting of kube-node-ready, as far as known; it changes nothing']]);
  });

  const wrong = [
    { content: 'checkTimeoutSeconds: soon\n', says: 'checkTimeoutSeconds: expected seconds as a whole number ≥ 1, got "soon"' },
    { content: 'checkTimeoutSeconds: 0\n', says: 'checkTimeoutSeconds: expected seconds as a whole number ≥ 1, got "0"' },
    { content: 'checkTimeoutSeconds: -1\n', says: 'checkTimeoutSeconds: expected seconds as a whole number ≥ 1, got "-1"' },
    { content: 'config: {initialTimeout: 300}\n', says: 'config.initialTimeout: expected a duration such as "30s", "1m30s" or "500ms", got "300"' },
    { content: 'config: {initialTimeout: 25h}\n', says: 'config.initialTimeout: expected 1s to 24h, got "25h"' },
    { content: 'maxRetries: many\n', says: 'maxRetries: expected a whole number from 0 to 1000, got "many"' },
    { content: 'retryBackoff: quadratic\n', says: 'retryBackoff: expected exponential or linear, got "quadratic"' },
    { content: 'kind: ConfigMap\ndata: {ENABLE_CONNECTIVITY_MATRIX: "yes"}\n', says: 'data.ENABLE_CONNECTIVITY_MATRIX: expected true or false, got "yes"' },
  ];
  for (const { content, says } of wrong) {
    it(`with ${content.trim().split('\n').join('; ')} is refused with file and key`, async () => {
      const error = await read(content).then(() => assert.fail('accepted'), (thrown: unknown) => thrown);
      assert.instanceOf(error, ConfigError);
      assert.match(error.message, /^\/.*\/knr\.yaml: /);
      assert.isTrue(error.message.endsWith(`knr.yaml: ${says}`), error.message);
    });
  }

  for (const [content, says] of [
    ['a: [1\n', /knr\.yaml: is not YAML: /], ['a: 1\na: 2\n', /knr\.yaml: is not YAML: Map keys must be unique/], ['- 1\n', /knr\.yaml: expected keys and values/],
    ['', /knr\.yaml: holds nothing of kube-node-ready; give its worker or controller configuration/], ['server: {port: 80}\n', /holds nothing of kube-node-ready/],
  ] as const) {
    it(`that is none is refused: ${JSON.stringify(content)}`, async () => {
      const error = await read(content).then(() => assert.fail('accepted'), (thrown: unknown) => thrown);
      assert.instanceOf(error, ConfigError);
      assert.match(error.message, says);
    });
  }

  it('that is not there is refused, and what named it is named', async () => {
    const missing = { positionals: [], values: { 'kube-node-ready': '/nonexistent/knr.yaml' } };
    const refusal = async (args: typeof missing | { positionals: []; values: {} }, env: Readonly<Record<string, string>>): Promise<string> => {
      return await readKubeNodeReady(args, env, silentLogger).then(() => 'accepted', (thrown: unknown) => String(thrown));
    };
    assert.equal(await refusal(missing, {}), 'ConfigError: --kube-node-ready: /nonexistent/knr.yaml cannot be read: no such file');
    assert.equal(await refusal({ positionals: [], values: {} }, { WORKER_CONFIG_PATH: '/nonexistent' }), 'ConfigError: environment variable WORKER_CONFIG_PATH: /nonexistent cannot be read: no such file');
  });

  it('of whatever bytes is read or refused with ConfigError', () => {
    const yaml = fc.array(fc.constantFrom(...KNOWN_KEYS.map(({ key }) => key.replace('.*', '')), 'config', 'kind: ConfigMap', 'data', ':', ' ', '\n', '  ', '- ', '*a', '&a', '{', '}', '!!binary', '---\n', '0x')).map((parts) => parts.join(''));
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), yaml), (text) => {
      try {
        readDocuments(text, 'x.yaml');
      } catch (error) {
        assert.instanceOf(error, ConfigError);
        assert.include(error.message, 'x.yaml');
      }
    }));
  });
});

describe('the table of what kube-node-ready knows', () => {
  it('has each key once, with something to read in every column', () => {
    const keys = KNOWN_KEYS.map(({ key }) => key);
    assert.deepEqual(keys.filter((key, index) => keys.indexOf(key) < index), []);
    for (const { key, ours, note } of KNOWN_KEYS) {
      for (const cell of [key, ours, note]) assert.match(cell, /^[^|\n]{2,}$/, key);
    }
  });

  it('has those variables for which it is read', () => {
    const ofChecks = KNOWN_KEYS.filter(({ key, use }) => /^[A-Z]/.test(key) && ['dnsNames', 'nameServers', 'checkTimeout', 'peers'].includes(use)).map(({ key }) => key);
    assert.sameMembers([...CHECK_VARIABLES], [...ofChecks, 'WORKER_CONFIG_PATH']);
  });

  it('names settings that there are', async () => {
    const given = await read(CONFIG_MAP, { CLUSTER_DNS_IP: '10.96.0.10' });
    assert.includeMembers(Object.keys(networkSettings), [...Object.keys(given.settings), 'peers']);
    for (const [key, { value, path }] of Object.entries(given.settings)) assert.isDefined((networkSettings as SettingsTable)[key]?.read(value, path));
  });

  it('has every setting and variable that its documentation and code name', () => {
    const keys = [
      'NODE_NAME', 'POD_NAMESPACE', 'INITIAL_TIMEOUT', 'CHECK_TIMEOUT', 'MAX_RETRIES', 'RETRY_BACKOFF', 'DNS_TEST_DOMAINS', 'CLUSTER_DNS_IP', 'TAINT_KEY', 'TAINT_VALUE', 'TAINT_EFFECT', 'VERIFIED_LABEL',
      'VERIFIED_LABEL_VALUE', 'ENABLE_METRICS', 'METRICS_PORT', 'LOG_LEVEL', 'LOG_FORMAT', 'KLOG_VERBOSITY', 'DRY_RUN', 'KUBECONFIG', 'DELETE_FAILED_NODE', 'ENABLE_CONNECTIVITY_MATRIX', 'WORKER_CONFIG_PATH',
      'KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT', 'dnsTestDomains', 'checkTimeoutSeconds', 'maxRetries', 'retryBackoff', 'logging.level', 'logging.format', 'dryRun', 'worker.image.repository',
      'worker.namespace', 'worker.serviceAccountName', 'worker.priorityClassName', 'worker.configMapName', 'worker.timeoutSeconds', 'worker.resources', 'worker.tolerations', 'worker.initContainers',
      'worker.job.activeDeadlineSeconds', 'worker.job.backoffLimit', 'reconciliation.intervalSeconds', 'reconciliation.maxRetries', 'reconciliation.retryBackoff', 'nodeManagement.deleteFailedNodes',
      'nodeManagement.taints', 'nodeManagement.verifiedLabel.key', 'leaderElection.enabled', 'metrics.enabled', 'metrics.port', 'health.port', 'kubernetes.kubeconfigPath', 'kubernetes.qps',
    ];
    assert.deepEqual(keys.filter((key) => knownKey(key) === undefined), []);
  });
});
