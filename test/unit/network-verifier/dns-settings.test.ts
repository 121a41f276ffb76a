import { assert } from 'chai';
import { ConfigError } from '../../../plugins/core/errors.ts';
import { type SettingsOf, defaultsOf, readSettings } from '../../../plugins/core/settings.ts';
import { dnsSettings } from '../../../plugins/network-verifier/settings/dns.ts';

const DEFAULTS: SettingsOf<typeof dnsSettings> = { dns: 'on', dnsOverTcp: 'auto', dnsNames: ['kubernetes.default.svc'], nameServers: [], clusterDomain: 'auto', dnsMaxLatency: 2_000 };
const read = (section: Readonly<Record<string, unknown>>): unknown => readSettings(dnsSettings, section, 'config');

const wrong: readonly (readonly [section: Readonly<Record<string, unknown>>, message: string])[] = [
  [{ dnsNames: ['example.com', 'no name'] }, 'config.dnsNames[1]: expected a name, NAME=ADDRESS[|ADDRESS], or the address of a name server, got "no name"'],
  [{ dnsNames: 'example.com=192.0.2.1=192.0.2.2' }, 'config.dnsNames[0]: expected a name, NAME=ADDRESS[|ADDRESS], or the address of a name server, got "example.com=192.0.2.1=192.0.2.2"'],
  [{ dnsNames: 'example.com=192.0.2.1|db' }, 'config.dnsNames[0]: expected IP addresses after "example.com=", got "db"'],
  [{ dnsNames: 'example.com=' }, 'config.dnsNames[0]: expected IP addresses after "example.com=", got ""'],
  [{ dnsNames: Array.from({ length: 21 }, (_, index) => `n${index}.example`) }, 'config.dnsNames: expected at most 20 entries, got 21'],
  [{ nameServers: ['10.96.0.10', 'dns.example.com'] }, 'config.nameServers: expected IP, IP:port or [IPv6]:port, got "dns.example.com"'],
  [{ nameServers: Array.from({ length: 9 }, () => '10.96.0.10') }, 'config.nameServers: expected at most 8 entries, got 9'],
  [{ clusterDomain: 'no domain' }, 'config.clusterDomain: expected auto or a domain such as cluster.local, got "no domain"'],
  [{ clusterDomain: 5 }, 'config.clusterDomain: expected auto or a domain such as cluster.local, got "5"'],
  [{ dnsMaxLatency: '0' }, 'config.dnsMaxLatency: expected more than 0; a long one such as 10s calls nothing slow'],
  [{ dnsOverTcp: 'yes' }, 'config.dnsOverTcp: expected auto, on, off, got "yes"'],
  [{ dns: 'yes' }, 'config.dns: expected on or off, got "yes"'],
];

describe('the settings of the DNS check', () => {
  it('ask for the API server alone by default', () => {
    assert.deepEqual(defaultsOf(dnsSettings), DEFAULTS);
  });

  it('are lists in the file, and texts as poll parameters', () => {
    const lists = read({ dns: 'off', dnsNames: ['example.com=192.0.2.1|::1', '8.8.8.8'], nameServers: ['10.96.0.10', '[fd00::a]:53'], clusterDomain: 'Prod.Example.', dnsMaxLatency: '500ms' });
    assert.deepEqual(lists, { dns: 'off', dnsOverTcp: 'auto', dnsNames: ['example.com=192.0.2.1|::1', '8.8.8.8'], nameServers: ['10.96.0.10', '[fd00::a]:53'], clusterDomain: 'prod.example', dnsMaxLatency: 500 });
    assert.deepEqual(read({ dnsNames: 'a.example, b.example', nameServers: '10.96.0.10,fd00::a', clusterDomain: 'auto' }), { ...DEFAULTS, dnsNames: ['a.example', 'b.example'], nameServers: ['10.96.0.10', 'fd00::a'] });
    assert.deepEqual(read({ dnsNames: '' }), { ...DEFAULTS, dnsNames: [] });
  });

  for (const [section, message] of wrong) {
    it(message, () => {
      assert.throws(() => read(section), ConfigError, message);
    });
  }
});
