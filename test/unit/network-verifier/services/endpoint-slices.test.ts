import { assert } from 'chai';
import * as fc from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parseEndpointSlices } from '../../../../plugins/network-verifier/services/endpoint-slices.ts';
import { anyText } from '../../../support/arbitraries.ts';

const WHERE = 'EndpointSlices of web/shop';

function list(items: unknown, metadata: unknown = {}): string {
  return JSON.stringify({ kind: 'EndpointSliceList', apiVersion: 'discovery.k8s.io/v1', metadata, items });
}

function slice(endpoints: unknown, more: Readonly<Record<string, unknown>> = {}): unknown {
  return { addressType: 'IPv4', endpoints, ports: [{ name: 'http', protocol: 'TCP', port: 8_080 }], ...more };
}

const PORTS = [{ name: 'http', port: 8_080 }];

describe('EndpointSlices', () => {
  for (const [what, text, expected] of [
    ['no slice', list([]), []],
    ['null for a list, as Go writes an empty one', list(null), []],
    ['a slice without endpoints', list([slice(null)]), []],
    ['one that is ready', list([slice([{ addresses: ['192.0.2.1'], conditions: { ready: true, serving: true } }])]), [{ address: '192.0.2.1', ports: PORTS }]],
    ['one of which nobody says it', list([slice([{ addresses: ['192.0.2.1'], conditions: {} }, { addresses: ['192.0.2.2'] }])]), [{ address: '192.0.2.1', ports: PORTS }, { address: '192.0.2.2', ports: PORTS }]],
    ['one that is not, and one that ends', list([slice([{ addresses: ['192.0.2.1'], conditions: { ready: false } }, { addresses: ['192.0.2.2'], conditions: { ready: false, serving: true, terminating: true } }])]), []],
    ['IPv6, any port, and UDP', list([slice([{ addresses: ['2001:db8::1'], conditions: { ready: true } }], { addressType: 'IPv6', ports: [{ name: 'any', port: null }, { name: 'dns', protocol: 'UDP', port: 53 }] })]), [{ address: '2001:db8::1', ports: [] }]],
    ['names in place of addresses', list([slice([{ addresses: ['db.example'], conditions: { ready: true } }], { addressType: 'FQDN', ports: null })]), [{ address: 'db.example', ports: [] }]],
  ] as const) {
    it(`are read with ${what}`, () => assert.deepEqual(parseEndpointSlices(text, WHERE), { ready: expected, isWhole: true }));
  }

  it('a list that goes on is not whole', () => {
    assert.isFalse(parseEndpointSlices(list([], { continue: 'eyJ2' }), WHERE).isWhole);
    assert.isTrue(parseEndpointSlices(list([], { continue: '' }), WHERE).isWhole);
  });

  for (const [what, text] of [
    ['another list', JSON.stringify({ kind: 'ServiceList', metadata: {}, items: [] })],
    ['an entry that is no slice', list([7])],
    ['an endpoint without an address', list([slice([{ addresses: [], conditions: { ready: true } }])])],
    ['one whose address is none', list([slice([{ addresses: ['192.0.2'], conditions: { ready: true } }])])],
    ['one that is ready as a text', list([slice([{ addresses: ['192.0.2.1'], conditions: { ready: 'true' } }])])],
    ['a port that is none', list([slice([], { ports: [{ port: 70_000 }] })])],
    ['half of it', list([slice([])]).slice(0, 50)],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => parseEndpointSlices(text, WHERE), ParseError));
  }

  it('throws nothing but ParseError, and finds nobody ready in garbage', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.json()), (text) => {
      assert.throws(() => parseEndpointSlices(text, WHERE), ParseError);
    }));
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (items, endpoints) => {
      for (const text of [list(items), list([slice(endpoints)])]) {
        try {
          assert.isEmpty(parseEndpointSlices(text, WHERE).ready);
        } catch (cause) {
          assert.instanceOf(cause, ParseError);
        }
      }
    }));
  });
});
