import { assert } from 'chai';
import type { Told } from '../../../../plugins/network-verifier/services/ask.ts';
import { type Way, type WayParts, wayOf } from '../../../../plugins/network-verifier/services/connect.ts';
import type { Endpoints } from '../../../../plugins/network-verifier/services/endpoint-slices.ts';
import type { Service } from '../../../../plugins/network-verifier/services/service.ts';

const HTTPS = { name: 'https', port: 443 };
const METRICS = { name: 'metrics', port: 9_153 };
const SERVICE: Service = { kind: 'cluster-ip', clusterIps: ['10.96.0.1'], ports: [HTTPS, METRICS] };
const HEADLESS: Service = { kind: 'headless', clusterIps: [], ports: [HTTPS, METRICS] };

function ready(...addresses: readonly string[]): Told<Endpoints> {
  return { kind: 'ok', value: { isWhole: true, ready: addresses.map((address) => ({ address, ports: [{ name: 'https', port: 6_443 }, { name: 'metrics', port: 9_000 }] })) } };
}

const denied: Told<Endpoints> = { kind: 'denied' };

function to(...endpoints: readonly (readonly [address: string, port: number])[]): Way {
  return { kind: 'try', endpoints: endpoints.map(([address, port]) => ({ address, port })), isPicked: false };
}

function none(why: string): Way {
  return { kind: 'none', why };
}

interface Row extends Partial<Omit<WayParts, 'entry'>> {
  readonly port?: number;
}

describe('way through a Service', () => {
  for (const [what, { port, ...parts }, expected] of [
    ['its first port, where none is named', {}, to(['10.96.0.1', 443])],
    ['the port that is named', { port: 9_153 }, to(['10.96.0.1', 9_153])],
    ['both families', { service: { ...SERVICE, clusterIps: ['10.96.0.1', 'fd00::1'] } }, to(['10.96.0.1', 443], ['fd00::1', 443])],
    ['a port that it has not got', { port: 80 }, { kind: 'no-port' }],
    ['no TCP port', { service: { ...SERVICE, ports: [] } }, none('no TCP port')],
    ['nobody ready', { endpoints: ready() }, { kind: 'hidden' }],
    ['nobody ready among the first', { endpoints: { kind: 'ok', value: { ready: [], isWhole: false } } }, to(['10.96.0.1', 443])],
    ['endpoints that may not be listed', { endpoints: denied }, to(['10.96.0.1', 443])],
    ['an ExternalName', { service: { kind: 'external-name', clusterIps: [], ports: [] } }, none('an ExternalName')],
    ['headless: one of those that are ready, at the port of the Pod', { service: HEADLESS, endpoints: ready('192.0.2.1', '192.0.2.2'), random: () => 0.99 }, { kind: 'try', endpoints: [{ address: '192.0.2.2', port: 6_443 }], isPicked: true }],
    ['headless: the port that is named', { service: HEADLESS, endpoints: ready('192.0.2.1'), port: 9_153 }, { kind: 'try', endpoints: [{ address: '192.0.2.1', port: 9_000 }], isPicked: true }],
    ['headless: endpoints that may not be listed', { service: HEADLESS, endpoints: denied }, none('needs the right to list EndpointSlices in web')],
    ['headless: endpoints without the port', { service: { ...HEADLESS, ports: [{ name: 'other', port: 1 }] } }, none('its endpoints have no such port')],
    ['a Service that may not be read: its name and the port that is set', { service: undefined, port: 443 }, to(['10.96.0.9', 443])],
    ['one that may not be read, without a port', { service: undefined }, none('needs the right to get Services in web, or a port in the setting services')],
    ['one that may not be read, without a name', { service: undefined, port: 443, resolved: [] }, { kind: 'hidden' }],
    ['headless: endpoints that are not told', { service: HEADLESS, endpoints: { kind: 'missing' } }, { kind: 'hidden' }],
  ] satisfies readonly (readonly [string, Row, Way])[]) {
    it(what, () => {
      const entry = { text: 'web/shop', namespace: 'web', name: 'shop', port };
      assert.deepEqual(wayOf({ service: SERVICE, endpoints: ready('192.0.2.1'), resolved: ['10.96.0.9'], random: () => 0, ...parts, entry }), expected);
    });
  }
});
