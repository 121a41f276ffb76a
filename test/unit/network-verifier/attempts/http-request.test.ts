import { assert } from 'chai';
import * as fc from 'fast-check';
import { type HttpPlan, planRequest } from '../../../../plugins/network-verifier/attempts/http-request.ts';
import type { HttpRequest } from '../../../../plugins/network-verifier/sources.ts';
import { anyText } from '../../../support/arbitraries.ts';

function planOf(request: HttpRequest): HttpPlan {
  const plan = planRequest(request);
  assert(!('kind' in plan), JSON.stringify(plan));
  return plan;
}

describe('a request of HTTP', () => {
  it('goes to the usual port of its scheme where the URL has none', () => {
    assert.deepInclude(planOf({ url: 'http://10.0.0.1/a' }), { endpoint: { address: '10.0.0.1', port: 80 }, tls: undefined, origin: 'http://10.0.0.1' });
    assert.deepInclude(planOf({ url: 'https://10.0.0.1/a' }), { endpoint: { address: '10.0.0.1', port: 443 }, tls: { name: '10.0.0.1' }, origin: 'https://10.0.0.1' });
  });

  it('takes an address of IPv6 out of its brackets for the connection, and leaves them in the header', () => {
    const plan = planOf({ url: 'https://[fd00::0:1]:6443/readyz' });
    assert.deepEqual([plan.endpoint, plan.tls], [{ address: 'fd00::1', port: 6443 }, { name: 'fd00::1' }]);
    assert.include(plan.text, '\r\nHost: [fd00::1]:6443\r\n');
  });

  it('is these bytes', () => {
    const { text } = planOf({ url: 'https://a.example:8443/x y?q=ä#part', address: '192.0.2.1', headers: { Authorization: 'Bearer t' }, connection: 'api' });
    assert.equal(text, 'GET /x%20y?q=%C3%A4 HTTP/1.1\r\nHost: a.example:8443\r\nUser-Agent: npd-plugins\r\nAccept: */*\r\nConnection: keep-alive\r\nAuthorization: Bearer t\r\n\r\n');
  });

  it('shares a connection only with those to the same place as the same client', () => {
    const base: HttpRequest = { url: 'https://10.0.0.1/a', headers: { Authorization: 'Bearer a' }, tls: { ca: 'one' } };
    const same: readonly HttpRequest[] = [{ ...base, url: 'https://10.0.0.1:443/b?c' }, { ...base, headers: { authorization: 'Bearer a', Accept: 'x' } }];
    const others: readonly HttpRequest[] = [
      { ...base, url: 'https://10.0.0.1:444/a' }, { ...base, url: 'https://10.0.0.2/a' }, { ...base, address: '10.0.0.2' },
      { ...base, headers: { Authorization: 'Bearer b' } }, { ...base, headers: {} }, { ...base, tls: { ca: 'two' } }, { ...base, tls: { ca: 'one', isInsecure: true } },
    ];
    for (const one of same) assert.equal(planOf(one).identity, planOf(base).identity);
    for (const one of others) assert.notEqual(planOf(one).identity, planOf(base).identity);
  });

  it('of any words is one request with one head, or is not sent', () => {
    fc.assert(fc.property(anyText, anyText, anyText, (path, name, value) => {
      const plan = planRequest({ url: `http://10.0.0.1/${path}`, headers: { [`X-${name}`]: value } });
      if ('kind' in plan) return;
      assert.equal(plan.text.indexOf('\r\n\r\n'), plan.text.length - 4);
      assert.lengthOf(plan.text.split('\r\n'), 8);
      assert.match(plan.text, /^[\t\r\n\x20-\x7e]*$/);
    }));
  });

  it('does not repeat a token in what it says of it', () => {
    const plan = planRequest({ url: 'http://10.0.0.1/', headers: { Authorization: 'Bearer secret\n' } });
    assert.notInclude(JSON.stringify(plan), 'secret');
  });
});
