import { assert } from 'chai';
import * as fc from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parseService } from '../../../../plugins/network-verifier/services/service.ts';
import { anyText } from '../../../support/arbitraries.ts';

const ENTRY = { text: 'web/shop', namespace: 'web', name: 'shop', port: undefined };

function body(spec: unknown, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ kind: 'Service', apiVersion: 'v1', metadata: { name: 'shop', namespace: 'web' }, spec, ...more });
}

describe('Service of the API server', () => {
  for (const [what, spec, expected] of [
    ['a cluster IP', { type: 'ClusterIP', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6_443 }] }, { kind: 'cluster-ip', clusterIps: ['10.96.0.1'], ports: [{ name: 'https', port: 443 }] }],
    ['two families', { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', 'fd00::1'], ports: [{ port: 80 }] }, { kind: 'cluster-ip', clusterIps: ['10.96.0.1', 'fd00::1'], ports: [{ name: '', port: 80 }] }],
    ['only the older field', { clusterIP: '10.96.0.1', ports: [] }, { kind: 'cluster-ip', clusterIps: ['10.96.0.1'], ports: [] }],
    ['UDP beside TCP', { clusterIP: '10.96.0.10', ports: [{ name: 'dns', protocol: 'UDP', port: 53 }, { name: 'dns-tcp', protocol: 'TCP', port: 53 }] }, { kind: 'cluster-ip', clusterIps: ['10.96.0.10'], ports: [{ name: 'dns-tcp', port: 53 }] }],
    ['no cluster IP', { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'], ports: null }, { kind: 'headless', clusterIps: [], ports: [] }],
    ['another name', { type: 'ExternalName', externalName: 'db.example', clusterIP: '' }, { kind: 'external-name', clusterIps: [], ports: [] }],
  ] as const) {
    it(`with ${what} is ${expected.kind}`, () => assert.deepEqual(parseService(body(spec), ENTRY), expected));
  }

  for (const [what, text] of [
    ['another Service', JSON.stringify({ kind: 'Service', metadata: { name: 'shop', namespace: 'other' }, spec: { clusterIP: '10.96.0.1' } })],
    ['a Status', JSON.stringify({ kind: 'Status', metadata: {}, status: 'Failure' })],
    ['no spec', body(undefined)],
    ['no cluster IP at all', body({ ports: [] })],
    ['three of them', body({ clusterIPs: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] })],
    ['one that is no address', body({ clusterIPs: ['10.0.0'] })],
    ['None beside an address', body({ clusterIPs: ['None', '10.0.0.1'] })],
    ['a port that is none', body({ clusterIPs: ['10.0.0.1'], ports: [{ port: 0 }] })],
    ['a port as text', body({ clusterIPs: ['10.0.0.1'], ports: [{ port: '80' }] })],
    ['half of it', body({ clusterIPs: ['10.0.0.1'] }).slice(0, 60)],
    ['nothing', ''],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => parseService(text, ENTRY), ParseError));
  }

  it('throws nothing but ParseError, and takes no garbage', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.json()), (text) => {
      assert.throws(() => parseService(text, ENTRY), ParseError);
    }));
    fc.assert(fc.property(fc.jsonValue(), (spec) => {
      assert.throws(() => parseService(body(spec), ENTRY), ParseError);
    }));
  });
});
