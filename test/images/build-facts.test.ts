import { assert } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { buildFacts, readCommit } from '../../scripts/build-facts.ts';
import { temporaryFolder } from '../support/eventually.ts';

const [FIRST, SECOND] = ['0123456789abcdef0123456789abcdef01234567', 'fedcba9876543210fedcba9876543210fedcba98'];

const clones: readonly { readonly name: string; readonly files: Readonly<Record<string, string>>; readonly commit: string | undefined }[] = [
  { name: 'a branch whose commit has a file of its own', files: { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${FIRST}\n` }, commit: FIRST },
  { name: 'a branch with a slash', files: { '.git/HEAD': 'ref: refs/heads/fix/a\n', '.git/refs/heads/fix/a': `${FIRST}\n` }, commit: FIRST },
  {
    name: 'a branch among packed ones',
    files: { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack-refs with: peeled fully-peeled sorted \n${SECOND} refs/heads/not/main\n${SECOND} refs/remotes/origin/main\n${FIRST} refs/heads/main\n^${SECOND}\n` },
    commit: FIRST,
  },
  {
    name: 'a branch that was committed to since it was packed',
    files: { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `${SECOND} refs/heads/main\n`, '.git/refs/heads/main': `${FIRST}\n` },
    commit: FIRST,
  },
  { name: 'a commit without a branch', files: { '.git/HEAD': `${FIRST}\n` }, commit: FIRST },
  { name: 'a branch without a commit', files: { '.git/HEAD': 'ref: refs/heads/main\n' }, commit: undefined },
  { name: 'a work tree, whose .git is a file', files: { '.git': 'gitdir: /elsewhere\n' }, commit: undefined },
  { name: 'garbage', files: { '.git/HEAD': 'ref: ../../etc/passwd\n' }, commit: undefined },
  { name: 'no .git at all', files: {}, commit: undefined },
];

describe('what a build says of itself', () => {
  for (const { name, files, commit } of clones) {
    it(`the commit of ${name} is ${commit === undefined ? 'not known' : 'found without git'}`, () => {
      using folder = temporaryFolder();
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(folder.file(path)), { recursive: true });
        writeFileSync(folder.file(path), text);
      }
      assert.equal(readCommit(folder.path), commit?.slice(0, 12));
    });
  }

  it('is what it is told', () => {
    assert.deepEqual(buildFacts('/nowhere', { VERSION: '1.2.3', COMMIT_HASH: 'abc', BUILD_DATE: 'today' }), { version: '1.2.3', commit: 'abc', date: 'today' });
  });

  it('is found out where it is told nothing, or an empty text', () => {
    assert.deepEqual(buildFacts('/nowhere', { VERSION: '', COMMIT_HASH: '', BUILD_DATE: '', SOURCE_DATE_EPOCH: '1767323045' }), {
      version: packageJson.version, commit: 'unknown', date: '2026-01-02T03:04:05.000Z',
    });
  });

  it('a date that is none is refused', () => {
    assert.throws(() => buildFacts('/nowhere', { COMMIT_HASH: 'abc', SOURCE_DATE_EPOCH: 'yesterday' }), 'SOURCE_DATE_EPOCH: expected seconds since 1970, got "yesterday"');
  });
});
