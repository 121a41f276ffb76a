import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { assert } from 'chai';

import packageJson from '../../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const decisions = readdirSync(join(ROOT, 'docs/adr')).toSorted();
const documents = globSync(['*.md', 'docs/**/*.md', '{kustomize,npd-config,test,examples}/**/*.md'], { cwd: ROOT }).filter((path) => !path.startsWith('test/hosts/')).toSorted();

/** Types of other packages need no sentence of their own. */
const dependencies = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies }).filter((name) => !name.startsWith('@types/'));

describe('the documents', () => {
  it('list the current version in the changelog', () => {
    assert.include(read('CHANGELOG.md'), `\n## [${packageJson.version}]`);
  });

  it('give every dependency a line in the README', () => {
    const readme = read('README.md');
    assert.deepEqual(dependencies.filter((name) => !readme.includes(`\`${name}\``)), []);
  });

  it('number every decision once, without a gap', () => {
    assert.deepEqual(decisions.map((name) => Number(name.slice(0, 4))), decisions.map((_, index) => index + 1));
  });

  for (const name of decisions) {
    it(`tell status, context, decision and consequences of ${name}`, () => {
      const text = read(`docs/adr/${name}`);
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
      assert.match(headings[0] ?? '', new RegExp(`^${Number(name.slice(0, 4))}\\. `));
      assert.deepEqual(headings.slice(1), ['Context', 'Decision', 'Consequences']);
      assert.match(text, /^Status: (accepted|superseded by \d{4})$/m);
    });
  }

  for (const path of documents) {
    it(`name only npm scripts that exist: ${path}`, () => {
      const names = [...read(path).matchAll(/\bnpm (?:run )?(?:--silent )?(start|test|(?<=run )[a-z][\w:-]*)/g)].map(([, name = '']) => name);
      assert.deepEqual(names.filter((name) => !Object.hasOwn(packageJson.scripts, name)), []);
    });

    it(`link only to files that exist: ${path}`, () => {
      const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
      assert.deepEqual(links.filter((link) => !existsSync(join(ROOT, dirname(path), link))), []);
    });
  }
});
