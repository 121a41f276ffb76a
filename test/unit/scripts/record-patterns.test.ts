import { assert } from 'chai';
import { PLACES } from '../../../plugins/host-inspector/certificates/places.ts';
import { RECORDED } from '../../../scripts/record-patterns.ts';

describe('a recording of a machine', () => {
  it('takes no file from a folder in which certificates lie, since keys lie there too', () => {
    for (const { folder } of PLACES) {
      for (const { pattern } of RECORDED) assert.isFalse(pattern.startsWith(`${folder}/`) || folder.startsWith(`${pattern.split('*')[0]}`), `${pattern} lies in ${folder}`);
    }
  });
});
