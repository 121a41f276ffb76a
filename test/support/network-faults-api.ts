import { PLACES } from './fault-world.ts';
import { type FaultRow, SHORT } from './network-fault.ts';

function API(words: string, path = '/readyz'): string {
  return `API server https://${PLACES.api}:443 FROM: GET ${path}: ${words}, but a name server, a peer, a service and a target can be reached: likelier this API server than this node`;
}

export const apiFaults: readonly FaultRow[] = [
  ['nobody listens on the port of the API server', 'APIServerConnectFailed', API('connection refused'), ({ api }) => api.server.behave({ deed: 'refuse' }), { lastsMs: 1_200_000, unknown: ['ServiceDiscoveryFailed'] }],
  ['there is no way to the API server', 'APIServerConnectFailed', API('no route to the host'), ({ cutOff }) => cutOff(PLACES.api, 'unreachable'), SHORT],
  ['packets to the API server are lost', 'APIServerTimeout', API('no connection within 0.4 s'), ({ cutOff }) => cutOff(PLACES.api, 'lost'), SHORT],
  ['the API server takes connections and is silent', 'APIServerTimeout', API('a connection and no TLS handshake within 0.4 s'), ({ api }) => api.server.behave({ deed: 'silent' }), SHORT],
  ['the API server hangs', 'APIServerTimeout', API('a connection and no answer within 0.4 s'), ({ api }) => api.server.behave({ deed: 'hang' }), SHORT],
  ['the API server sends half an answer, and no more', 'APIServerTimeout', API('half an answer, and no more of it within 0.4 s'), ({ api }) => api.server.behave({ deed: 'hang-in-body' }), SHORT],
  ['the API server answers a byte now and then', 'APIServerTimeout', API('half an answer, and no more of it within 0.4 s'), ({ api }) => api.server.behave({ deed: 'drip' }), SHORT],
  ['connections to the API server are reset at once', 'APIServerConnectionReset', API('connection cut off during the TLS handshake'), ({ api }) => api.server.behave({ deed: 'reset-on-accept' })],
  ['connections to the API server are reset by a request', 'APIServerConnectionReset', API('connection cut off before an answer'), ({ api }) => api.server.behave({ deed: 'reset-on-request' })],
  ['the certificate of the API server is of another CA', 'APIServerCertificateUntrusted', API('its certificate is not signed by the CA that is trusted'), ({ api }) => api.server.behave({ identity: 'stranger' })],
  ['the certificate of the API server has expired', 'APIServerCertificateExpired', API('its certificate has expired'), ({ api }) => api.server.behave({ identity: 'expired' })],
  ['the certificate of the API server is not valid yet', 'APIServerCertificateExpired', API('its certificate is not valid yet'), ({ api }) => api.server.behave({ identity: 'not-yet' })],
  ['the certificate of the API server is of another name', 'APIServerCertificateNameMismatch', API('its certificate is of another name'), ({ api }) => api.server.behave({ identity: 'wrong-name' })],
  ['who answers in place of the API server speaks no TLS', 'APIServerTLSFailed', API('no TLS session (ERR_SSL_WRONG_VERSION_NUMBER)'), ({ api }) => api.server.behave({ deed: 'plain-text' })],
  ['the API server answers 401', 'APIServerUnauthorized', API('status 401'), ({ api }) => api.set({ token: 'another' })],
  ['the API server answers 403', 'APIServerForbidden', API('status 403', '/api'), ({ api }) => api.set({ forbidden: ['/readyz', '/api'] })],
  ['the API server answers 429', 'APIServerThrottled', API('status 429'), ({ api }) => api.server.behave({ status: 429 })],
  ['the API server answers 500', 'APIServerUnhealthy', API('status 500'), ({ api }) => api.server.behave({ status: 500 })],
  ['the API server is not ready', 'APIServerUnhealthy', API('status 500'), ({ api }) => api.set({ readyz: { status: 500, body: '[-]etcd failed' } })],
  ['what answers /readyz does not say ok', 'APIServerUnhealthy', API('another answer than ok'), ({ api }) => api.set({ readyz: { status: 200, body: '<html>' } })],
  ['the API server sends half an answer, and the end', 'APIServerBadAnswer', API('half an HTTP answer'), ({ api }) => api.server.behave({ deed: 'half-body' })],
  ['what answers in place of the API server is no HTTP', 'APIServerBadAnswer', API('no HTTP/1.1 answer'), ({ api }) => api.server.behave({ deed: 'garbage' })],
];
