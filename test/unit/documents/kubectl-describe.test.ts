import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describedInRecording } from '../../support/host-overlay-recording.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('the README', () => {
  it('shows what kubectl describe node printed of a sick node with the overlay integrated, as recorded', () => {
    const [, shown] = /<!-- kubectl-describe -->\n```\n(.*?)```\n<!-- \/kubectl-describe -->/s.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
    assert.equal(shown, describedInRecording('npd-ext', 'integrated'));
  });
});
