import { assert } from 'chai';
import * as fc from 'fast-check';
import { ConfigError } from '../../../../plugins/core/errors.ts';
import { parseServiceEntry } from '../../../../plugins/network-verifier/services/entry.ts';
import { serviceSettings } from '../../../../plugins/network-verifier/settings/services.ts';
import { anyText } from '../../../support/arbitraries.ts';

const { services } = serviceSettings;

describe('setting services', () => {
  it('is the Service of the API server where nothing is set', () => assert.deepEqual(services.initial, ['default/kubernetes']));

  it('names Services, with or without a port', () => {
    assert.deepEqual(parseServiceEntry('default/kubernetes'), { text: 'default/kubernetes', namespace: 'default', name: 'kubernetes', port: undefined });
    assert.deepEqual(parseServiceEntry('kube-system/kube-dns:53'), { text: 'kube-system/kube-dns:53', namespace: 'kube-system', name: 'kube-dns', port: 53 });
    assert.deepEqual(services.read('default/kubernetes, a/b:65535,default/kubernetes', 'services'), ['default/kubernetes', 'a/b:65535']);
  });

  it('an empty list switches it off', () => {
    assert.deepEqual(services.read('', 'services'), []);
    assert.deepEqual(services.read([], 'services'), []);
  });

  for (const text of ['kubernetes', 'a/b/c', 'A/b', 'a/b:0', 'a/b:65536', 'a/b:http', 'a/b:', '/b', 'a/', `a/${'x'.repeat(64)}`, 'a/b-', 'a/../b', 'a/b?x=1']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.isUndefined(parseServiceEntry(text));
      assert.throws(() => services.read([text], 'services'), ConfigError, `services: expected a Service as NAMESPACE/NAME or NAMESPACE/NAME:PORT, got ${JSON.stringify(text)}`);
    });
  }

  it('refuses more than sixteen', () => {
    const many = Array.from({ length: 17 }, (_, index) => `a/b${index}`);
    assert.throws(() => services.read(many, 'services'), ConfigError, 'services: expected 16 Services at most, got 17');
  });

  it('whatever is read goes into a path of the API server as it stands', () => {
    fc.assert(fc.property(anyText, (text) => {
      const entry = parseServiceEntry(text);
      if (entry !== undefined) assert.match(`${entry.namespace}/${entry.name}`, /^[a-z0-9-]+\/[a-z0-9-]+$/);
    }));
  });
});
