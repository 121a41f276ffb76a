import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SCRIPT = 'plugins/npd/npd-plugins-condition.sh';

/** The script for NPD as a module: the program brings it along, in whatever way it is bundled. */
export function conditionScriptModule(root: string): { readonly file: string; readonly text: string } {
  const lines = readFileSync(join(root, SCRIPT), 'utf8').split('\n').map((line) => `  ${quoted(line)},`);
  const text = [`/** ${SCRIPT}, which is the one to change; then \`npm run generate\`. */`, 'export const CONDITION_SCRIPT = [', ...lines, "].join('\\n');", ''].join('\n');
  return { file: 'plugins/npd/bridge-script.ts', text };
}

function quoted(line: string): string {
  return `'${line.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
