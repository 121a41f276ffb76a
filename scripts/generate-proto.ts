import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import protobuf from 'protobufjs';

/**
 * Writes what `rpc` needs of the .proto files: static message code (a fraction of the memory that loading .proto files
 * at start costs), its types, and the file descriptors that reflection hands out.
 *
 *     node scripts/generate-proto.ts [--out DIR]
 */

interface Tool {
  readonly main: (args: readonly string[], done: (error: Error | null, output: string) => void) => void;
}

/** The parts of google/protobuf/descriptor.proto that protobufjs writes otherwise than protoc does. */
interface DescriptorFile {
  package: string;
  messageType: DescriptorMessage[];
}

interface DescriptorMessage {
  name: string;
  field: { name: string; typeName: string; jsonName: string }[];
  nestedType: DescriptorMessage[];
  options?: { mapEntry?: boolean };
}

const require = createRequire(import.meta.url);
const { pbjs, pbts } = require('protobufjs-cli') as Record<'pbjs' | 'pbts', Tool>;
const { FileDescriptorProto } = require('protobufjs/ext/descriptor') as { FileDescriptorProto: protobuf.Type };

const ROOT = join(import.meta.dirname, '..');
const PROTO = join(ROOT, 'proto');
const SOURCES = ['npd/external/v1/external_monitor.proto', 'grpc/health/v1/health.proto'];

/** What our files import; protobufjs carries these. */
const IMPORTED = ['google/protobuf/empty.proto', 'google/protobuf/timestamp.proto'];

function run(tool: Tool, ...args: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  tool.main(args, (error, output) => (error === null ? resolve(output) : reject(error)));
  return promise;
}

async function messageCode(): Promise<string> {
  const format = ['--target', 'static-module', '--wrap', 'es6', '--dependency', 'protobufjs/minimal.js', '--root', 'npd-plugins'];
  const leaveOut = ['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'];
  const code = await run(pbjs, ...format, ...leaveOut, '--path', PROTO, ...SOURCES.map((source) => join(PROTO, source)));
  // protobufjs is CommonJS, of which Node.js sees only the default export.
  return code.replace('import * as $protobuf', 'import $protobuf');
}

function descriptors(): string {
  const lines = [...SOURCES, ...IMPORTED].map((path) => `  '${encodeFile(path).toString('base64')}',\n`);
  return `/** Encoded google.protobuf.FileDescriptorProto messages, in base64. */\nexport const FILE_DESCRIPTORS: readonly string[] = [\n${lines.join('')}];\n`;
}

/** The descriptor of one file as protoc makes it: with its own name, imports, syntax and absolute type names. */
function encodeFile(path: string): Buffer {
  const isImported = IMPORTED.includes(path);
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (isImported ? target : join(PROTO, target));
  root.loadSync(path, { keepCase: true }).resolveAll();
  const { file: files } = (root as unknown as { toDescriptor: (syntax: string) => { file: DescriptorFile[] } }).toDescriptor('proto3');
  const dependency = isImported ? [] : (protobuf.parse(readFileSync(join(PROTO, path), 'utf8')).imports ?? []);
  const packageName = isImported ? 'google.protobuf' : path.split('/').slice(0, -1).join('.');
  const file = files.find((candidate) => candidate.package === packageName);
  if (file === undefined) throw new Error(`${path}: expected a file of the package ${packageName}`);
  for (const message of file.messageType) asProtoc(root, message, packageName);
  return Buffer.from(FileDescriptorProto.encode({ ...file, name: path, syntax: 'proto3', dependency }).finish());
}

function asProtoc(root: protobuf.Root, message: DescriptorMessage, scope: string): void {
  const name = `${scope}.${message.name}`;
  for (const entry of message.nestedType.filter(({ options }) => options?.mapEntry === true)) {
    const fieldOfEntry = message.field.find(({ typeName }) => typeName === entry.name);
    entry.name = `${entry.name}Entry`;
    if (fieldOfEntry !== undefined) fieldOfEntry.typeName = `.${name}.${entry.name}`;
  }
  for (const field of message.field) {
    field.jsonName = protobuf.util.camelCase(field.name);
    if (field.typeName !== '' && !field.typeName.startsWith('.')) {
      field.typeName = absolute(root, scope, message.name, field.typeName);
    }
  }
  for (const nested of message.nestedType) asProtoc(root, nested, name);
}

function absolute(root: protobuf.Root, scope: string, message: string, typeName: string): string {
  const from = root.lookup(`${scope}.${message}`) ?? root.lookup(scope);
  const found = from instanceof protobuf.Namespace ? from.lookup(typeName) : null;
  if (found === null) throw new Error(`${scope}.${message}: cannot resolve ${typeName}`);
  return found.fullName;
}

const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'plugins/rpc/generated') } } });
const codePath = join(values.out, 'messages.js');
await writeFile(codePath, await messageCode());
await writeFile(join(values.out, 'messages.d.ts'), await run(pbts, codePath));
await writeFile(join(values.out, 'descriptors.ts'), descriptors());
