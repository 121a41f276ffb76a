import { assert } from 'chai';
import * as fc from 'fast-check';

import { ConfigError } from '../../../plugins/core/errors.ts';
import { addressText, parseHttpAddress } from '../../../plugins/http/address.ts';

const FORMS = '--http: expected PORT (on 127.0.0.1), IPv4:PORT, localhost:PORT, [IPv6]:PORT or unix:PATH, got';

const right: readonly (readonly [text: string, means: string])[] = [
  ['20281', 'http://127.0.0.1:20281'],
  ['0', 'http://127.0.0.1:0'],
  ['65535', 'http://127.0.0.1:65535'],
  ['0.0.0.0:20281', 'http://0.0.0.0:20281'],
  ['localhost:20281', 'http://127.0.0.1:20281'],
  ['[::1]:20281', 'http://[::1]:20281'],
  ['[::]:80', 'http://[::]:80'],
  ['unix:/run/npd/a.http', 'unix:/run/npd/a.http'],
  ['unix:/run/../run/a', 'unix:/run/a'],
];

const wrong: readonly (readonly [text: string, message: string])[] = [
  ['', `${FORMS} ""`],
  ['http', `${FORMS} "http"`],
  ['http://127.0.0.1:80', `${FORMS} "http://127.0.0.1:80"`],
  [':20281', `${FORMS} ":20281"`],
  ['127.0.0.1', `${FORMS} "127.0.0.1"`],
  ['127.0.0.1:', `${FORMS} "127.0.0.1:"`],
  ['127.0.0.256:1', `${FORMS} "127.0.0.256:1"`],
  ['node-1:80', `${FORMS} "node-1:80"`],
  ['::1:80', `${FORMS} "::1:80"`],
  ['[127.0.0.1]:80', `${FORMS} "[127.0.0.1]:80"`],
  ['-1', `${FORMS} "-1"`],
  ['8e3', `${FORMS} "8e3"`],
  ['unix:', `${FORMS} "unix:"`],
  ['65536', '--http: expected a port from 0 to 65535, got "65536"'],
  ['000080', '--http: expected a port from 0 to 65535, got "000080"'],
  [`unix:/${'a'.repeat(107)}`, `--http: /${'a'.repeat(107)} is too long: it has 108 bytes and a Unix socket's path at most 107; take a shorter folder`],
];

describe('an HTTP address', () => {
  for (const [text, means] of right) {
    it(`${JSON.stringify(text)} means ${means}`, () => {
      assert.equal(addressText(parseHttpAddress(text, '--http')), means);
    });
  }

  for (const [text, message] of wrong) {
    it(`${JSON.stringify(text.slice(0, 30))} is refused, and the message says what is expected`, () => {
      assert.throws(() => parseHttpAddress(text, '--http'), ConfigError, message);
    });
  }

  it('of whatever text is an address or a ConfigError', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^\[?[0-9a-z:.]{0,20}\]?:[0-9]{0,7}$/));
    fc.assert(fc.property(text, (text) => {
      try {
        const address = parseHttpAddress(text, '--http');
        if (address.kind === 'tcp') assert.isAtMost(address.port, 65_535);
      } catch (error) {
        assert.instanceOf(error, ConfigError);
      }
    }));
  });
});
