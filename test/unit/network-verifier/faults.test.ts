import { assert } from 'chai';
import { networkConditions } from '../../../plugins/network-verifier/conditions.ts';
import { NETWORK_FAULTS } from '../../support/network-faults.ts';
import { NETWORK_HARMLESS } from '../../support/network-harmless.ts';

describe('the table of faults of the network', () => {
  it('has one for each reason of each condition, and no others', () => {
    const reasons = networkConditions().flatMap(({ type, reasons }) => reasons.map(({ reason }) => `${type} ${reason}`));
    assert.sameMembers([...new Set(NETWORK_FAULTS.map(({ condition, reason }) => `${condition} ${reason}`))], reasons);
  });

  it('calls each by its own words', () => {
    const words = [...NETWORK_FAULTS, ...NETWORK_HARMLESS].map(({ what }) => what);
    assert.deepEqual([...new Set(words)], words);
  });

  it('lets each last until it is told', () => {
    const patience = new Map(networkConditions().flatMap(({ reasons }) => reasons.map(({ reason, raiseAfterMs }) => [reason, raiseAfterMs])));
    for (const { what, reason, lastsMs = 240_000 } of NETWORK_FAULTS) assert.isAbove(lastsMs, patience.get(reason) ?? Infinity, what);
  });
});
