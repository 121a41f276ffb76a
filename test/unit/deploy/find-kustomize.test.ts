import { assert } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKustomize } from '../../../scripts/kustomize.ts';

const REMEDY = 'install kubectl 1.27 or later, or kustomize 5 or later';

/** What the programs print when they are asked for their version. */
const table: readonly { readonly name: string; readonly programs: Readonly<Record<string, string>>; readonly want: ReturnType<typeof findKustomize> }[] = [
  { name: 'kubectl 1.32', programs: { kubectl: 'Client Version: v1.32.4\nKustomize Version: v5.5.0' }, want: { command: ['kubectl', 'kustomize'], version: '5.5.0' } },
  { name: 'kustomize 5 beside a kubectl that is older', programs: { kubectl: 'Client Version: v1.26.1\nKustomize Version: v4.5.7', kustomize: 'v5.4.3' }, want: { command: ['kustomize', 'build'], version: '5.4.3' } },
  { name: 'kustomize 10, should it come', programs: { kustomize: 'v10.0.1' }, want: { command: ['kustomize', 'build'], version: '10.0.1' } },
  {
    name: 'only programs that are too old, one of which tells no version of kustomize',
    programs: { kubectl: 'Client Version: version.Info{Major:"1", Minor:"20", GitVersion:"v1.20.2"}', kustomize: '{Version:kustomize/v4.5.7 GitCommit:56d82a8 BuildDate:2022-08-02T16:35:54Z}' },
    want: { missing: `kustomize 5 is needed: kubectl kustomize does not tell its version, kustomize build is 4.5.7; ${REMEDY}` },
  },
  { name: 'nothing', programs: {}, want: { missing: `kustomize 5 is needed: neither kubectl nor kustomize is on PATH; ${REMEDY}` } },
];

describe('the program that renders', () => {
  for (const { name, programs, want } of table) {
    it(`is found among: ${name}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'programs-'));
      try {
        for (const [program, says] of Object.entries(programs)) writeFileSync(join(folder, program), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
        assert.deepEqual(findKustomize({ PATH: folder }), want);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
