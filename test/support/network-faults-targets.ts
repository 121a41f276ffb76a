import { PLACES, WORLD_SETTINGS } from './fault-world.ts';
import { type FaultRow, SHORT } from './network-fault.ts';

const OTHERS = 'but every other target can be reached: likelier this target than this node';
const ANSWERS = 'but it answers: likelier this target than this node';
const PEERS = `peers: fewer than half of those that were tried can be reached (${WORLD_SETTINGS.peers}, port 20282, FROM), and they are on several nodes: likelier this node than they`;

function target(text: (typeof WORLD_SETTINGS.targets)[number], words: string, outlook = OTHERS): string {
  return `${text}: ${words} (FROM), ${outlook}`;
}

export const targetFaults: readonly FaultRow[] = [
  ['there is no default route', 'DefaultRouteMissing', 'default route: none of IPv4 or IPv6 (FROM), so it is this node, whatever else can be reached', ({ ip }) => ip('route del default')],
  ['the MTU of the default route is small', 'MTUTooSmall', 'MTU of uplink: below 1400 bytes (FROM), so it is this node, whatever else can be reached', ({ ip }) => ip('link set uplink mtu 1300')],
  ['two of three targets, of which two are needed, are down', 'QuorumLost', 'targets: fewer than 2 of 3 can be reached FROM: https://127.0.0.1:8443/ (connection refused), tcp://192.0.2.20:5432 (connection refused), but another target can be reached: likelier this target than this node', async ({ database, secure }) => void (await Promise.all([database, secure].map((one) => one.behave({ deed: 'refuse' })))), { settings: { targetQuorum: '2 of 3' } }],
  ['a target refuses', 'TCPConnectFailed', target('tcp://192.0.2.20:5432', 'connection refused'), ({ database }) => database.behave({ deed: 'refuse' })],
  ['there is no way to a target', 'TCPConnectFailed', target('tcp://192.0.2.20:5432', 'no route to the host'), ({ cutOff }) => cutOff(PLACES.database, 'unreachable')],
  ['packets to a target are lost', 'TCPConnectTimeout', target('tcp://192.0.2.20:5432', 'no connection within 0.4 s'), ({ cutOff }) => cutOff(PLACES.database, 'lost'), SHORT],
  ['connections to a target are reset at once', 'TCPConnectionReset', target('tcp://192.0.2.20:5432', 'connection cut off at once'), ({ database }) => database.behave({ deed: 'reset-on-accept' })],
  ['connections to a target are closed at once', 'TCPConnectionReset', target('tcp://192.0.2.20:5432', 'connection cut off at once'), ({ database }) => database.behave({ deed: 'close-on-accept' })],
  ['the name of a target is not found', 'TargetNotResolved', target('http://www.example.com:8080/', 'name www.example.com not found'), ({ rename, dns, otherDns }) => rename([dns, otherDns], { 'www.example.com': undefined })],
  ['the name of a target has no address', 'TargetNotResolved', target('http://www.example.com:8080/', 'name www.example.com has no address'), ({ rename, dns, otherDns }) => rename([dns, otherDns], { 'www.example.com': [] })],
  ['the name of a target leads to nobody', 'TCPConnectFailed', target('http://www.example.com:8080/', 'connection refused'), ({ rename, dns, otherDns }) => rename([dns, otherDns], { 'www.example.com': [PLACES.database] })],
  ['an https target has a certificate of another CA', 'TargetTLSFailed', target('https://127.0.0.1:8443/', 'its certificate is not signed by the CA that is trusted'), ({ secure }) => secure.behave({ identity: 'stranger' })],
  ['an https target has a certificate that has expired', 'TargetTLSFailed', target('https://127.0.0.1:8443/', 'its certificate has expired'), ({ secure }) => secure.behave({ identity: 'expired' })],
  ['an https target has a certificate of another name', 'TargetTLSFailed', target('https://127.0.0.1:8443/', 'its certificate is of another name'), ({ secure }) => secure.behave({ identity: 'wrong-name' })],
  ['an https target speaks no TLS', 'TargetTLSFailed', target('https://127.0.0.1:8443/', 'no TLS session (ERR_SSL_WRONG_VERSION_NUMBER)'), ({ secure }) => secure.behave({ deed: 'plain-text' })],
  ['an http target takes connections and is silent', 'HTTPTimeout', target('http://www.example.com:8080/', 'a connection and no answer within 0.4 s'), ({ website }) => website.behave({ deed: 'silent' }), SHORT],
  ['an https target takes connections and is silent', 'HTTPTimeout', target('https://127.0.0.1:8443/', 'a connection and no TLS handshake within 0.4 s'), ({ secure }) => secure.behave({ deed: 'silent' }), SHORT],
  ['an http target answers 500', 'HTTPCheckFailed', target('http://www.example.com:8080/', 'status 500', ANSWERS), ({ website }) => website.behave({ status: 500 })],
  ['an http target answers 404', 'HTTPCheckFailed', target('http://www.example.com:8080/', 'status 404', ANSWERS), ({ website }) => website.behave({ status: 404 })],
  ['an http target sends half an answer', 'HTTPCheckFailed', target('http://www.example.com:8080/', 'half an HTTP answer'), ({ website }) => website.behave({ deed: 'half-body' })],
  ['an http target resets', 'TCPConnectionReset', target('http://www.example.com:8080/', 'connection cut off before an answer'), ({ website }) => website.behave({ deed: 'reset-on-request' })],
  ['packets to two of three nodes are lost', 'PeersUnreachable', PEERS, ({ cutOff }) => PLACES.peers.slice(1).forEach((address) => cutOff(address, 'lost')), SHORT],
  ['two of three nodes refuse', 'PeersUnreachable', PEERS, async ({ peers }) => void (await Promise.all(peers.slice(1).map((one) => one.behave({ deed: 'refuse' }))))],
];
