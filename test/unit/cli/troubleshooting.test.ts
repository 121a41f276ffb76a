import { assert } from 'chai';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
const sources = globSync('{cli,plugins}/**/*.ts', { cwd: ROOT }).map((name) => readFileSync(join(ROOT, name), 'utf8')).join('\n');
const headings = (text: string) => [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'));

/** The messages of the tables' first column. */
const messages = page.split('\n').filter((line) => line.startsWith('|')).flatMap((line) => [.../`([^`]+)`/.exec(line.split(' | ')[0] ?? '')?.slice(1) ?? []]);

describe('docs/troubleshooting.md', () => {
  it('holds messages', () => {
    assert.isAbove(messages.length, 20);
  });

  for (const message of messages) {
    it(`knows a message that the program has: ${message}`, () => {
      const parts = message.split('…').map((part) => part.replace(/^[\s:;(]+|[\s:;)(]+$/g, '')).filter((part) => part.length > 3);
      assert.isNotEmpty(parts);
      // `permission denied` alone is the system's own text.
      for (const part of parts) assert.include(`${sources}\npermission denied\n`, part);
    });
  }

  it('links to headings that exist', () => {
    const links = [...page.matchAll(/\]\(([\w.-]+)#([\w-]+)\)/g)];
    assert.isNotEmpty(links);
    for (const [, file = '', anchor = ''] of links) assert.include(headings(readFileSync(join(ROOT, 'docs', file), 'utf8')), anchor);
  });
});
