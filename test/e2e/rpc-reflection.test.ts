import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { ClientHttp2Session } from 'node:http2';
import { join } from 'node:path';

import { assert } from 'chai';
import { build } from 'esbuild';
import protobuf from 'protobufjs';

import { silentLogger } from '../../plugins/core/log.ts';
import { serve } from '../../plugins/rpc/server.ts';
import { grpcInBundle } from '../../scripts/bundle-grpc.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { monitorForTests } from '../support/rpc-monitor.ts';
import { startProgram } from '../support/rpc-process.ts';
import { grpcFrame, openCall, rawClient, statusOf } from '../support/rpc-raw-client.ts';

interface Files {
  readonly file: readonly protobuf.Message[];
}

const { FileDescriptorProto, FileDescriptorSet } = createRequire(import.meta.url)('protobufjs/ext/descriptor') as Record<'FileDescriptorProto' | 'FileDescriptorSet', protobuf.Type>;
const { fromDescriptor } = protobuf.Root as unknown as { fromDescriptor: (files: Files) => protobuf.Root };

/** The part of the reflection protocol that a client such as grpcurl begins with. */
const PROTOCOL = protobuf.parse(`
  syntax = "proto3";
  message Request { oneof question { string file_containing_symbol = 4; string list_services = 7; } }
  message Response { Files files = 4; Services services = 6; Failure failure = 7; }
  message Files { repeated bytes file = 1; }
  message Services { repeated Service service = 1; }
  message Service { string name = 1; }
  message Failure { int32 code = 1; string message = 2; }
`).root;

/** One answer to one question in a call of its own. */
async function ask(session: ClientHttp2Session, path: string, request: Uint8Array): Promise<Buffer> {
  const call = openCall(session, path);
  const chunks: Buffer[] = [];
  call.on('data', (chunk: Buffer) => chunks.push(chunk));
  call.end(grpcFrame(Buffer.from(request)));
  assert.strictEqual(await statusOf(call), 0);
  return Buffer.concat(chunks).subarray(5);
}

async function reflect(session: ClientHttp2Session, version: string, question: object): Promise<Record<string, unknown>> {
  const request = PROTOCOL.lookupType('Request').encode(question).finish();
  const answer = await ask(session, `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, request);
  const type = PROTOCOL.lookupType('Response');
  return type.toObject(type.decode(answer), { defaults: false });
}

/** Learns the contract from the server, as a client does that knows only the socket, and polls with it. */
async function pollByReflection(session: ClientHttp2Session, version: string): Promise<unknown> {
  const { services } = await reflect(session, version, { listServices: '*' });
  const { files } = await reflect(session, version, { fileContainingSymbol: 'npd.external.v1.ExternalMonitor' });
  const descriptors = (files as { file: readonly Uint8Array[] }).file.map((bytes) => FileDescriptorProto.decode(bytes));
  const root = fromDescriptor(FileDescriptorSet.create({ file: descriptors }) as unknown as Files);
  const { requestType, responseType } = root.lookupService('npd.external.v1.ExternalMonitor').methods['CheckHealth'] ?? assert.fail('no CheckHealth');
  const request = root.lookupType(`npd.external.v1.${requestType.split('.').at(-1)}`).encode({ parameters: {}, sequence: 1 }).finish();
  const type = root.lookupType(`npd.external.v1.${responseType.split('.').at(-1)}`);
  const reply = type.toObject(type.decode(await ask(session, '/npd.external.v1.ExternalMonitor/CheckHealth', request)), { enums: String });
  return { services, conditions: reply['conditions'] as unknown };
}

const FOUND = {
  services: { service: [{ name: 'npd.external.v1.ExternalMonitor' }, { name: 'grpc.health.v1.Health' }] },
  conditions: [{ type: 'DiskSpaceLow', status: 'CONDITION_STATUS_FALSE', reason: 'DiskSpaceIsSufficient', message: 'all good' }],
};

function withoutTimes(found: unknown): unknown {
  return JSON.parse(JSON.stringify(found, (key, value: unknown) => (key === 'transition' ? undefined : value)));
}

describe('a client that knows only the socket', () => {
  for (const version of ['v1', 'v1alpha']) {
    it(`finds the service by reflection ${version} and polls with what it found`, async () => {
      using folder = temporaryFolder();
      await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log: silentLogger });
      using client = await rawClient(server.socketPath);
      assert.deepEqual(withoutTimes(await pollByReflection(client.session, version)), FOUND);
    });
  }

  it('is told when it asks reflection for what does not exist, and when it asks nonsense', async () => {
    using folder = temporaryFolder();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log: silentLogger });
    using client = await rawClient(server.socketPath);
    assert.deepEqual(await reflect(client.session, 'v1', { fileContainingSymbol: 'nobody.Knows' }), { failure: { code: 5, message: 'Symbol not found: nobody.Knows' } });
    const call = openCall(client.session, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo');
    call.end(grpcFrame(Buffer.from([0x22, 0xff])));
    assert.strictEqual(await statusOf(call), 3, 'INVALID_ARGUMENT');
  });

  it('may ask reflection a hundred times in one call', async () => {
    using folder = temporaryFolder();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log: silentLogger });
    using client = await rawClient(server.socketPath);
    const call = openCall(client.session, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo');
    const ended = once(call, 'end');
    let bytes = 0;
    call.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const question = grpcFrame(Buffer.from(PROTOCOL.lookupType('Request').encode({ listServices: '*' }).finish()));
    for (let count = 0; count < 100; count++) call.write(question);
    call.end();
    const one = (await ask(client.session, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', question.subarray(5))).length + 5;
    await ended;
    assert.strictEqual(bytes, 100 * one);
  });
});

describe('a bundle', () => {
  it('serves polls, health and reflection without a node_modules folder in reach', async () => {
    using folder = temporaryFolder();
    await build({
      absWorkingDir: join(import.meta.dirname, '../..'),
      entryPoints: { server: 'test/support/rpc-server-main.ts' },
      outdir: folder.path,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      banner: {
        js: `import { createRequire as makeRequire } from 'node:module';
          const require = makeRequire(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;`,
      },
      plugins: [grpcInBundle()],
      logLevel: 'warning',
    });
    await using program = startProgram(folder.file('server.mjs'), folder.file('a.sock'));
    await program.said('ready');
    using client = await rawClient(folder.file('a.sock'));
    assert.deepEqual(withoutTimes(await pollByReflection(client.session, 'v1')), FOUND);
    assert.strictEqual((await ask(client.session, '/grpc.health.v1.Health/Check', Buffer.alloc(0))).toString('hex'), '0801');
    program.kill('SIGTERM');
    await eventually('its end', async () => (await program.ended()) === 0);
  });
});
