import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportSchema } from '../plugins/host-inspector/report/schema.ts';
import { kernelLogConfigFile, npdConfigFiles, stockConfigFiles } from '../cli/npd-config.ts';
import { conditionScriptModule } from './condition-script-module.ts';
import { documentParts, withPart } from './document-parts.ts';
import { PROFILE_FOLDER, profileConfigFiles } from './profile-config.ts';

/** Writes what is made from tables, npd-config/*.json and those of a profile, docs/node-report.schema.json and the tables of the documents, and the script that the program carries. Tests keep them equal. */
const ROOT = join(import.meta.dirname, '..');

for (const { name, text } of [...await npdConfigFiles(), ...await stockConfigFiles(), kernelLogConfigFile()]) writeFileSync(join(ROOT, 'npd-config', name), text);
for (const { name, text } of await profileConfigFiles()) writeFileSync(join(ROOT, PROFILE_FOLDER, name), text);

const script = conditionScriptModule(ROOT);
writeFileSync(join(ROOT, script.file), script.text);

writeFileSync(join(ROOT, 'docs/node-report.schema.json'), `${JSON.stringify(reportSchema(), undefined, 2)}\n`);

for (const part of documentParts()) {
  const path = join(ROOT, part.file);
  writeFileSync(path, withPart(readFileSync(path, 'utf8'), part));
}
