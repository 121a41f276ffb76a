import { assert } from 'chai';
import * as fc from 'fast-check';

import { ParseError } from '../../../plugins/core/errors.ts';
import type { Condition, MonitorEvent, MonitorStatus } from '../../../plugins/core/status.ts';
import { decodeMetadata, decodeRequest, decodeStatus, encodeMetadata, encodeRequest, encodeStatus } from '../../../plugins/rpc/wire.ts';

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function requestWith(count: number): Buffer {
  const entries = Array.from({ length: count }, (_, index) => [`p${index}`, ''] as const);
  return encodeRequest({ parameters: Object.fromEntries(entries), sequence: 0n });
}

/** Encoded by hand from proto3's encoding rules: tag = field number * 8 + wire type. */
const STATUS_BYTES = [
  '0a 01 6d', // source = 1: "m"
  '12 13', // events = 2
  '08 02', // severity = 1: WARN
  '12 09 08 80 a0 f8 fa 05 10 c0 3d', // timestamp = 2: 1600000000 s, 7872 ns
  '1a 01 52', // reason = 3: "R"
  '22 01 58', // message = 4: "X"
  '1a 12', // conditions = 3
  '0a 01 41', // type = 1: "A"
  '10 01', // status = 2: TRUE
  '1a 05 08 ff ff ff 0f', // transition = 3: 33554431 s
  '22 01 52', // reason = 4
  '2a 01 59', // message = 5
].join('');

const STATUS: MonitorStatus = {
  source: 'm',
  events: [{ severity: 'warn', timestampMs: 1_600_000_000_000, reason: 'R', message: 'X' }],
  conditions: [{ type: 'A', status: 'True', transitionMs: 33_554_431_000, reason: 'R', message: 'Y' }],
};

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const timeMs = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
const condition: fc.Arbitrary<Condition> = fc.record({
  type: text,
  status: fc.constantFrom('True', 'False', 'Unknown'),
  transitionMs: timeMs,
  reason: text,
  message: text,
});
const event: fc.Arbitrary<MonitorEvent> = fc.record({ severity: fc.constantFrom('info', 'warn'), timestampMs: timeMs, reason: text, message: text });
const parameters = fc.dictionary(fc.oneof(text, fc.constantFrom('constructor', 'toString')), text, { noNullPrototype: true });

describe('a status on the wire', () => {
  it('is read as the contract numbers its fields', () => {
    assert.deepEqual(decodeStatus(hex(STATUS_BYTES)), STATUS);
  });

  it('is written as the contract numbers its fields', () => {
    assert.strictEqual(
      encodeStatus({ ...STATUS, events: [] }).toString('hex'),
      hex('0a 01 6d 1a 14 0a 01 41 10 01 1a 07 08 ff ff ff 0f 10 00 22 01 52 2a 01 59').toString('hex'),
    );
  });

  it('comes out as it went in', () => {
    const status = fc.record({ source: text, events: fc.array(event), conditions: fc.array(condition) });
    fc.assert(fc.property(status, (value) => assert.deepEqual(decodeStatus(encodeStatus(value)), value)));
  });

  it('without times, status and severity says 1970, Unknown and info, as the host program takes it', () => {
    assert.deepEqual(decodeStatus(hex('12 03 1a 01 52 1a 03 0a 01 41')), {
      source: '',
      events: [{ severity: 'info', timestampMs: 0, reason: 'R', message: '' }],
      conditions: [{ type: 'A', status: 'Unknown', transitionMs: 0, reason: '', message: '' }],
    });
  });

  it('with values that no contract knows yet says Unknown and info', () => {
    assert.deepEqual(decodeStatus(hex('12 02 08 07 1a 02 10 09')), {
      source: '',
      events: [{ severity: 'info', timestampMs: 0, reason: '', message: '' }],
      conditions: [{ type: '', status: 'Unknown', transitionMs: 0, reason: '', message: '' }],
    });
  });

  it('keeps times before 1970 and fractions of a second', () => {
    const conditions = [-1, -1_001, 1, 1.9].map((transitionMs) => ({ ...STATUS.conditions[0]!, transitionMs }));
    const { conditions: read } = decodeStatus(encodeStatus({ source: '', events: [], conditions }));
    assert.deepEqual(read.map(({ transitionMs }) => transitionMs), [-1, -1_001, 1, 1]);
  });

  it('with a time that no calendar has is refused, coming and going', () => {
    assert.throws(() => decodeStatus(hex('1a 0d 1a 0b 08 80 80 80 80 80 80 80 80 80 01')), ParseError, 'Condition.transition: expected a time within the range of Date, got "-9223372036854776000"');
    assert.throws(() => encodeStatus({ ...STATUS, events: [{ ...STATUS.events[0]!, timestampMs: Number.NaN }] }), ParseError, 'timestamp: expected milliseconds within the range of Date, got "NaN"');
  });

  it('made of any bytes is a status or a ParseError, and never says healthy of its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const { conditions } = decodeStatus(bytes);
          return conditions.every(({ status }) => status !== 'False' || bytes.includes(0x10));
        } catch (error) {
          return error instanceof ParseError;
        }
      }),
    );
  });
});

describe('a request on the wire', () => {
  it('comes out as it went in', () => {
    const request = fc.record({ parameters, sequence: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) });
    fc.assert(fc.property(request, (value) => assert.deepEqual(decodeRequest(encodeRequest(value)), value)));
  });

  it('keeps a sequence beyond what a number can hold', () => {
    assert.deepEqual(decodeRequest(hex('10 81 80 80 80 80 80 80 10')), { parameters: {}, sequence: 9_007_199_254_740_993n });
  });

  it('with a parameter named __proto__ changes nothing but itself', () => {
    const { parameters: read } = decodeRequest(hex('0a 0e 0a 09 5f 5f 70 72 6f 74 6f 5f 5f 12 01 78'));
    assert.strictEqual(Object.getPrototypeOf(read), Object.prototype);
    assert.isUndefined(({} as Record<string, unknown>)['x']);
  });

  it('with more than 256 parameters is refused', () => {
    assert.strictEqual(Object.keys(decodeRequest(requestWith(256)).parameters).length, 256);
    assert.throws(() => decodeRequest(requestWith(257)), ParseError, 'HealthCheckRequest.parameters: expected at most 256 entries, got "257"');
  });

  it('made of any bytes is a request or a ParseError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          return typeof decodeRequest(bytes).sequence === 'bigint';
        } catch (error) {
          return error instanceof ParseError;
        }
      }),
    );
  });
});

describe('metadata on the wire', () => {
  it('comes out as it went in', () => {
    const metadata = fc.record({ name: text, version: text, description: text, supportedConditions: fc.array(text), capabilities: parameters, apiVersion: text });
    fc.assert(fc.property(metadata, (value) => assert.deepEqual(decodeMetadata(encodeMetadata(value)), value)));
  });
});
