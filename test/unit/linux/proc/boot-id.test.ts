import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { parseBootId } from '../../../../plugins/linux/proc/boot-id.ts';

const ID = 'd0c4e9b6-3b1f-4b0e-9d0a-0123456789ab';

describe('/proc/sys/kernel/random/boot_id', () => {
  it('is a UUID, with or without its newline', () => {
    assert.equal(parseBootId(`${ID}\n`), ID);
    assert.equal(parseBootId(ID), ID);
  });

  it('of this machine is one', () => {
    assert.match(parseBootId(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')), /^[0-9a-f-]{36}$/);
  });

  for (const text of ['', '\n', ID.slice(1), `${ID}0`, `${ID}\n${ID}\n`, ID.toUpperCase()]) {
    it(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(() => parseBootId(text), `/proc/sys/kernel/random/boot_id: expected a UUID, got ${JSON.stringify(text)}`);
    });
  }
});
