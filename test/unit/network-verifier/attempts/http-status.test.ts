import { assert } from 'chai';
import { faultOfStatus } from '../../../../plugins/network-verifier/attempts/http-status.ts';

describe('a status of HTTP', () => {
  it('of success is as it should be', () => {
    for (const status of [200, 201, 204, 299]) assert.isUndefined(faultOfStatus(status, 299), String(status));
  });

  it('of redirection is so only where it is said to be enough', () => {
    assert.isUndefined(faultOfStatus(301, 399));
    assert.deepEqual(faultOfStatus(301, 299), { fault: 'unexpected-status', message: 'status 301' });
  });

  const table = [
    [401, 'unauthorized'], [403, 'forbidden'], [429, 'throttled'], [500, 'server-error'], [502, 'server-error'], [503, 'server-error'], [599, 'server-error'],
    [400, 'unexpected-status'], [404, 'unexpected-status'], [407, 'unexpected-status'], [199, 'unexpected-status'], [0, 'unexpected-status'],
  ] as const;
  for (const [status, fault] of table) {
    it(`${status} is ${fault}`, () => {
      for (const lastGood of [299, 399] as const) assert.deepEqual(faultOfStatus(status, lastGood), { fault, message: `status ${status}` });
    });
  }
});
