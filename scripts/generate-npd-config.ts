import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npdConfigFiles } from '../cli/npd-config.ts';

/** Writes npd-config/*.json from the condition tables; a test keeps them equal. */
for (const { name, text } of npdConfigFiles()) {
  writeFileSync(join(import.meta.dirname, '../npd-config', name), text);
  console.error(`npd-config/${name}`);
}
