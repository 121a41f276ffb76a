import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { assert } from 'chai';

const ROOT = join(import.meta.dirname, '../../..');
const CONFIGURATION = ['package.json', 'tsconfig.json', 'knip.json', '.oxlintrc.json', '.mocharc.json', 'node_modules'];

/** A sound little program under this project's own configuration. */
const SOUND = {
  'cli/main.ts': "import { later } from '../plugins/core/later.ts';\n\nprocess.exitCode = await later();\n",
  'plugins/core/later.ts': "export async function later(): Promise<number> {\n  return await Promise.resolve(0);\n}\n",
};

let folder: string;

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function runTool(script: string, args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules', script), ...args], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  return { status, stdout };
}

/** What oxlint says, as `file: rule`. */
function lint(): { readonly status: number | null; readonly found: readonly string[] } {
  const { status, stdout } = runTool('oxlint/bin/oxlint', ['--deny-warnings', '--format', 'json']);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  return { status, found: diagnostics.map(({ code, filename }) => `${filename}: ${code}`).toSorted() };
}

/** What knip says of exports, as `file: name`. */
function unusedExports(): readonly string[] {
  const { stdout } = runTool('knip/bin/knip.js', ['--reporter', 'json']);
  const { issues } = JSON.parse(stdout) as { issues: { file: string; exports: { name: string }[]; types: { name: string }[] }[] };
  return issues.flatMap(({ file, exports, types }) => [...exports, ...types].map(({ name }) => `${file}: ${name}`));
}

describe('the linter of this project', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'npd-plugins-lint-'));
    for (const name of CONFIGURATION) {
      if (name === 'node_modules') symlinkSync(join(ROOT, name), join(folder, name));
      else cpSync(join(ROOT, name), join(folder, name));
    }
    write(SOUND);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has nothing to say of sound code', () => {
    assert.deepEqual(lint(), { status: 0, found: [] });
    assert.deepEqual(unusedExports(), []);
  });

  it('refuses a promise that nobody waits for, also one of a node: module', () => {
    write({ 'cli/main.ts': "import { mkdir } from 'node:fs/promises';\n\nimport { later } from '../plugins/core/later.ts';\n\nmkdir('x');\nlater();\n" });
    assert.deepEqual(lint(), { status: 1, found: ['cli/main.ts: typescript(no-floating-promises)', 'cli/main.ts: typescript(no-floating-promises)'] });
  });

  it('refuses a promise where nobody can wait for it', () => {
    write({ 'cli/main.ts': "import { later } from '../plugins/core/later.ts';\n\nsetTimeout(later, 1);\n[1].forEach(async () => {\n  await later();\n});\n" });
    const { status, found } = lint();
    assert.equal(status, 1);
    assert.include(found, 'cli/main.ts: typescript(no-misused-promises)');
  });

  it('refuses an import cycle, even one of types alone', () => {
    write({
      'plugins/core/later.ts': "import type { Name } from './name.ts';\n\nexport type Title = string;\nexport async function later(): Promise<number> {\n  const name: Name = '';\n  return await Promise.resolve(name.length);\n}\n",
      'plugins/core/name.ts': "import type { Title } from './later.ts';\n\nexport type Name = Title;\n",
    });
    assert.deepEqual(lint(), { status: 1, found: ['plugins/core/later.ts: import(no-cycle)', 'plugins/core/name.ts: import(no-cycle)'] });
  });

  it('refuses any, console and a default export', () => {
    write({ 'plugins/core/later.ts': 'export async function later(): Promise<number> {\n  const x: any = 1;\n  console.log(x);\n  return await Promise.resolve(0);\n}\n\nexport default later;\n' });
    const found = ['eslint(no-console)', 'import(no-default-export)', 'typescript(no-explicit-any)'];
    assert.deepEqual(lint(), { status: 1, found: found.map((rule) => `plugins/core/later.ts: ${rule}`) });
  });

  it('refuses an export that nobody imports, be it a value or a type', () => {
    write({ 'plugins/core/later.ts': `${SOUND['plugins/core/later.ts']}\nexport const never = 1;\nexport type Never = 1;\n` });
    assert.deepEqual(unusedExports(), ['plugins/core/later.ts: never', 'plugins/core/later.ts: Never']);
  });
});
