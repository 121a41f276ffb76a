import { PLACES } from './fault-world.ts';
import type { NetworkFault } from './network-fault.ts';

/** What looks like a fault of the network and is none: nothing is told of it. */
export const NETWORK_HARMLESS: readonly Pick<NetworkFault, 'what' | 'begin' | 'settings'>[] = [
  { what: 'an answer is truncated and TCP works', begin: ({ dns }) => dns.behave({ udp: 'truncated' }) },
  { what: 'an answer is cut in the middle of a record on purpose and TCP works', begin: ({ dns }) => dns.behave({ udp: 'cut-on-purpose' }) },
  { what: 'a name server is from before EDNS', begin: ({ dns }) => dns.behave({ udp: 'knows-no-edns', tcp: 'knows-no-edns' }) },
  { what: 'a name server answers within the limit', begin: ({ dns }) => dns.behave({ delayMs: 100 }) },
  { what: 'a name server that nobody is told to ask is down', begin: ({ newDns }) => newDns.behave({ udp: 'closed', tcp: 'closed' }) },
  { what: 'the API server closes after each answer', begin: ({ api }) => api.server.behave({ deed: 'answer-and-close' }) },
  { what: 'the API server answers in chunks', begin: ({ api }) => api.server.behave({ deed: 'answer-in-chunks' }) },
  { what: 'nobody may read /readyz', begin: ({ api }) => api.set({ forbidden: ['/readyz'] }) },
  { what: 'nobody may read Services and their endpoints', begin: ({ api }) => api.set({ forbidden: ['services', 'endpointslices'] }) },
  { what: 'one of three targets, of which two are needed, is down', begin: ({ database }) => database.behave({ deed: 'refuse' }), settings: { targetQuorum: '2 of 3' } },
  { what: 'an http target redirects', begin: ({ website }) => website.behave({ status: 302 }) },
  { what: 'one of three nodes restarts', begin: ({ peers: [one] }) => one?.behave({ deed: 'refuse' }) },
  { what: 'a name of a target has a second address, where nobody answers', begin: ({ rename, dns, otherDns }) => rename([dns, otherDns], { 'www.example.com': ['192.0.2.99', PLACES.website] }) },
];
