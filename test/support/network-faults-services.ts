import { PLACES, serviceOf } from './fault-world.ts';
import { type FaultRow, SHORT } from './network-fault.ts';

/** @param from what the API server tells is the same wherever it is asked */
function SHOP(words: string, from = ' FROM'): string {
  return `web/shop${from}: ${words}, but the other service can be reached: likelier this service than this node`;
}

/** What the API server says of a Service is good for some minutes, and asked for every five. */
const LATER = { lastsMs: 600_000 } as const;

export const serviceFaults: readonly FaultRow[] = [
  ['a Service is deleted', 'ServiceNotFound', SHOP('there is no such Service (status 404)', ''), ({ api }) => api.set({ services: { 'default/kubernetes': serviceOf(PLACES.api, 443, true) } }), LATER],
  ['the name of a Service is not found', 'ServiceNotResolvable', SHOP('name shop.web.svc.cluster.local. not found'), ({ rename, dns, otherDns }) => rename([dns, otherDns], { 'shop.web.svc.cluster.local': undefined })],
  ['the name of a Service has another address', 'ServiceWrongAddress', SHOP('name shop.web.svc.cluster.local. leads to another address than 10.96.0.20'), ({ rename, dns, otherDns }) => rename([dns, otherDns], { 'shop.web.svc.cluster.local': ['10.96.0.99'] })],
  ['no endpoint of a Service is ready', 'ServiceWithoutEndpoints', SHOP('no endpoint is ready', ''), ({ api }) => api.set({ services: { 'default/kubernetes': serviceOf(PLACES.api, 443, true), 'web/shop': serviceOf(PLACES.shop, 80, false) } }), LATER],
  ['nobody listens behind a cluster IP', 'ServiceUnreachable', SHOP('connection to 10.96.0.20:80: connection refused'), ({ shop }) => shop.behave({ deed: 'refuse' })],
  ['packets to a cluster IP are lost', 'ServiceUnreachable', SHOP('connection to 10.96.0.20:80: no connection within 0.4 s'), ({ cutOff }) => cutOff(PLACES.shop, 'lost'), SHORT],
  ['there is no way to a cluster IP', 'ServiceUnreachable', SHOP('connection to 10.96.0.20:80: no route to the host'), ({ cutOff }) => cutOff(PLACES.shop, 'unreachable')],
  ['connections to a cluster IP are reset at once', 'ServiceUnreachable', SHOP('connection to 10.96.0.20:80: connection cut off at once'), ({ shop }) => shop.behave({ deed: 'reset-on-accept' })],
];
