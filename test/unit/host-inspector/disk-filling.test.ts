import { assert } from 'chai';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { type Courses, decodeCourses, encodeCourses } from '../../../plugins/host-inspector/disk/forecast.ts';
import { judgeFilling } from '../../../plugins/host-inspector/disk/filling.ts';
import type { Filesystem } from '../../../plugins/host-inspector/disk/select.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';

const TOTAL = 1_000e9;
const DATA: Filesystem = { mountPoint: '/data', type: 'xfs', source: '/dev/sdb', device: { major: 8, minor: 16 }, role: 'other' };
const settings = defaultsOf(hostSettings);

/** Whether it is told, every minute, while so many GB are available then; the memo goes through JSON, as over a restart. */
function told(availableGb: (minute: number) => number, minutes: number, filesystem: Filesystem = DATA, inodesFree: (minute: number) => number = () => 900): readonly boolean[] {
  let courses: Courses = new Map();
  return Array.from({ length: minutes }, (_, minute) => {
    const usage = { totalBytes: TOTAL, availableBytes: Math.round(availableGb(minute) * 1e9), inodes: 1_000, inodesFree: Math.round(inodesFree(minute)) };
    const filling = judgeFilling([{ filesystem, usage }], courses, 5_000 + minute * 60, settings);
    courses = decodeCourses(JSON.parse(JSON.stringify(encodeCourses(filling.courses))));
    return filling.verdicts.length > 0;
  });
}

const never = (told: readonly boolean[]): void => assert.notInclude(told, true);

describe('a disk that fills', () => {
  it('at a pace that leaves it three hours is told of after an hour, and no earlier', () => {
    const looks = told((minute) => 300 - minute * 1.2, 120);
    assert.equal(looks.indexOf(true), 60);
    assert.isTrue(looks.slice(60).every(Boolean));
  });

  it('by an image of 200 GB within half an hour is not told of', () => {
    never(told((minute) => 300 - Math.min(Math.max(0, minute - 60), 30) * 6.6, 240));
  });

  it('and is emptied every twenty minutes, as by rotated logs, is not told of', () => {
    never(told((minute) => 200 - (minute % 20) * 5, 600));
  });

  it('by a burst while nobody looked for three hours, as while this was down, is not told of', () => {
    const at = (minute: number, availableGb: number, before: Courses) =>
      judgeFilling([{ filesystem: DATA, usage: { totalBytes: TOTAL, availableBytes: availableGb * 1e9, inodes: 0, inodesFree: 0 } }], before, 5_000 + minute * 60, settings);
    let { courses } = at(0, 300, new Map());
    for (let minute = 180; minute < 300; minute += 1) {
      const later = at(minute, 100, courses);
      assert.deepEqual(later.verdicts, [], `minute ${minute}`);
      ({ courses } = later);
    }
  });

  it('slowly, so that it takes days, is not told of', () => {
    never(told((minute) => 300 - minute * 0.05, 600));
  });

  it('fast, with more than 40 % available, is not told of', () => {
    never(told((minute) => 900 - minute * 4, 120));
  });

  it('and stops is no longer told of half an hour later', () => {
    const looks = told((minute) => 300 - Math.min(minute, 90) * 1.2, 240);
    assert.isTrue(looks[90]);
    assert.isFalse(looks.slice(125).includes(true));
  });

  it('at a pace that wobbles around the limit is told of once', () => {
    const looks = told((minute) => 270 - minute * 1.08 + Math.sin(minute / 7) * 3, 180);
    assert.equal(looks.filter((isTold, index) => isTold !== looks[index - 1]).length, 2, 'not, then told');
  });

  it('is told of by the line of kubelet where that is nearer', () => {
    const kubelet: Filesystem = { ...DATA, mountPoint: '/var/lib/kubelet', role: 'kubelet' };
    const pace = (minute: number): number => 300 - minute * 0.6;
    never(told(pace, 100));
    assert.include(told(pace, 100, kubelet), true);
  });

  it('with small files runs out of inodes', () => {
    assert.include(told(() => 900, 90, DATA, (minute) => 390 - minute * 2), true);
  });

  it('keeps nothing of a disk with plenty, and little of many', () => {
    const asked = (availableBytes: number) => Array.from({ length: 64 }, (_, index) => ({ filesystem: { ...DATA, mountPoint: `/data/${index}` }, usage: { totalBytes: TOTAL, availableBytes, inodes: 0, inodesFree: 0 } }));
    assert.equal(judgeFilling(asked(900e9), new Map(), 9, settings).courses.size, 0);
    assert.equal(judgeFilling(asked(100e9), new Map(), 9, settings).courses.size, 16);
  });

  it('is not told of with diskFillsWithin 0', () => {
    const usage = { totalBytes: TOTAL, availableBytes: 1, inodes: 0, inodesFree: 0 };
    assert.deepEqual(judgeFilling([{ filesystem: DATA, usage }], new Map(), 9, { ...settings, diskFillsWithin: 0 }), { verdicts: [], courses: new Map() });
  });

  it('is forgotten when what was kept is not of its form', () => {
    for (const memo of [undefined, 'x', { '/data': 1 }, { '/data': { samples: [[1, 2]] } }, { '/data': { samples: [[1, 2, -3]] } }, { '/data': { samples: 'x' } }]) {
      assert.equal(decodeCourses(memo).size, 0);
    }
  });
});
