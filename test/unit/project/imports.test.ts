import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { assert } from 'chai';

import { cyclesIn, importsOf, wrongImports } from './import-rules.ts';

const ROOT = join(import.meta.dirname, '../../..');
const files = globSync('{plugins,cli,test,bench,scripts,examples}/**/*.{ts,js}', { cwd: ROOT });
const imports = files.flatMap((path) => importsOf(path, readFileSync(join(ROOT, path), 'utf8')));

const planted: readonly { readonly file: string; readonly code: string; readonly wrong: readonly string[] }[] = [
  { file: 'plugins/core/a.ts', code: "import type { X } from '../linux/x.ts';", wrong: ['plugins/core/a.ts imports plugins/linux/x.ts: core imports only core'] },
  { file: 'plugins/core/report/a.ts', code: "export * from '../../rpc/x.ts';", wrong: ['plugins/core/report/a.ts imports plugins/rpc/x.ts: core imports only core'] },
  { file: 'plugins/core/a.ts', code: "const { readFile } = await import('node:fs/promises');", wrong: ['plugins/core/a.ts imports node:fs/promises: core does no I/O'] },
  { file: 'plugins/core/a.ts', code: "import { inspect } from 'node:util';\nimport { b } from './b.ts';", wrong: [] },
  { file: 'plugins/linux/a.ts', code: "import {\n  x,\n} from '../rpc/x.ts';", wrong: ['plugins/linux/a.ts imports plugins/rpc/x.ts: linux imports only core'] },
  { file: 'plugins/npd/a.ts', code: "import '../host-inspector/x.ts';", wrong: ['plugins/npd/a.ts imports plugins/host-inspector/x.ts: npd imports only core'] },
  { file: 'plugins/gpu-monitor/checks/a.ts', code: "import x from '../../host-inspector/x.ts';", wrong: ['plugins/gpu-monitor/checks/a.ts imports plugins/host-inspector/x.ts: plugins never import each other'] },
  { file: 'plugins/gpu-monitor/a.ts', code: "import { run } from '../../cli/run.ts';", wrong: ['plugins/gpu-monitor/a.ts imports cli/run.ts: nothing imports cli'] },
  { file: 'plugins/gpu-monitor/a.ts', code: "import { read } from '../linux/read.ts';\nimport { x } from '../core/x.ts';", wrong: [] },
  { file: 'cli/a.ts', code: "import { clock } from '../test/support/fake-clock.ts';", wrong: ['cli/a.ts imports test/support/fake-clock.ts: what ships knows nothing of tests, bench, scripts and examples'] },
  { file: 'cli/a.ts', code: "import p from '../package.json' with { type: 'json' };\nimport '../plugins/rpc/x.ts';", wrong: [] },
  { file: 'cli/a.ts', code: 'import { Client } from "@grpc/grpc-js";', wrong: ['cli/a.ts imports @grpc/grpc-js: only plugins/rpc may'] },
  { file: 'plugins/npd/a.ts', code: "const p = require('protobufjs/minimal');", wrong: ['plugins/npd/a.ts imports protobufjs/minimal: only plugins/rpc may'] },
  { file: 'plugins/rpc/a.ts', code: "import health from 'grpc-health-check';", wrong: [] },
  { file: 'plugins/network-verifier/a.ts', code: "import k from '@kubernetes/client-node';", wrong: ['plugins/network-verifier/a.ts imports @kubernetes/client-node: only plugins/kube may'] },
  { file: 'cli/a.ts', code: "import Gauge from 'prom-client/lib/gauge.js';", wrong: ['cli/a.ts imports prom-client/lib/gauge.js: only plugins/http may'] },
  { file: 'plugins/network-verifier/checks/a.ts', code: "import { decode } from 'dns-packet';", wrong: ['plugins/network-verifier/checks/a.ts imports dns-packet: only plugins/network-verifier/dns may'] },
  { file: 'plugins/http/a.ts', code: "import { x } from '../rpc/x.ts';", wrong: ['plugins/http/a.ts imports plugins/rpc/x.ts: http imports only core'] },
  { file: 'plugins/core/a.ts', code: "// as in import x from '../rpc/x.ts'\n/** or from '../linux/x.ts' */\nconst url = 'unix://x';", wrong: [] },
];

describe('imports', () => {
  it('are found in this project at all', () => {
    const folders = new Set(imports.map(({ from }) => from.split('/')[0]));
    assert.includeMembers([...folders], ['plugins', 'cli', 'test', 'scripts']);
  });

  it('point from cli through plugins and what they share to core, and packages have one home', () => {
    assert.deepEqual(wrongImports(imports), []);
  });

  it('form no cycle', () => {
    assert.deepEqual(cyclesIn(imports), []);
  });

  for (const { file, code, wrong } of planted) {
    it(`${wrong.length === 0 ? 'may be' : 'may not be'} ${JSON.stringify(code)} in ${file}`, () => {
      assert.deepEqual(wrongImports(importsOf(file, code)), wrong);
    });
  }

  it('in a circle are told as the way round', () => {
    const circle = [['a.ts', './b.ts'], ['b.ts', './c.ts'], ['c.ts', './b.ts'], ['d.ts', './a.ts']] as const;
    const found = circle.flatMap(([from, to]) => importsOf(from, `import type { X } from '${to}';`));
    assert.deepEqual(cyclesIn(found), ['b.ts → c.ts → b.ts']);
  });
});
