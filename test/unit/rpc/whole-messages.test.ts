import { assert } from 'chai';
import * as fc from 'fast-check';

import { wholeMessages } from '../../../plugins/rpc/whole-messages.ts';
import { grpcFrame } from '../../support/rpc-raw-client.ts';

const LIMITS = { longestBytes: 300, mostAtOnce: 20 };

describe('messages that come in pieces', () => {
  it('come out whole, whatever the pieces', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (sent, lengths) => {
        const frames = sent.map((bytes) => grpcFrame(Buffer.from(bytes)));
        const stream = Buffer.concat(frames);
        const { write } = wholeMessages(LIMITS);
        const whole: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const piece = stream.subarray(at, at + (lengths[turn % lengths.length] ?? 1));
          whole.push(...write(piece));
          at += piece.length;
        }
        assert.deepEqual(whole, frames);
      }),
    );
  });

  it('hold on to nothing of the pieces', () => {
    const { write } = wholeMessages(LIMITS);
    const piece = grpcFrame(Buffer.from('abc'));
    write(piece.subarray(0, 7));
    const rest = Buffer.from(piece.subarray(7));
    piece.fill(0);
    assert.deepEqual(write(rest), [grpcFrame(Buffer.from('abc'))]);
  });

  it('are refused when too long or too many, and so is what follows', () => {
    const long = wholeMessages(LIMITS);
    const tooLong = 'Received message larger than max (301 vs 300)';
    assert.throws(() => long.write(grpcFrame(Buffer.alloc(301)).subarray(0, 5)), tooLong);
    assert.throws(() => long.write(grpcFrame(Buffer.alloc(0))), tooLong);
    const many = wholeMessages(LIMITS);
    assert.throws(() => many.write(Buffer.alloc(5 * 21)), 'Received more than 20 messages at once');
    assert.lengthOf(wholeMessages(LIMITS).write(Buffer.alloc(5 * 20)), 20);
  });
});
