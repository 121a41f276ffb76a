import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { assert } from 'chai';
import type protobuf from 'protobufjs';

import { FILE_DESCRIPTORS } from '../../../plugins/rpc/generated/descriptors.ts';
import { temporaryFolder } from '../../support/eventually.ts';

const ROOT = join(import.meta.dirname, '../../..');
const { FileDescriptorProto } = createRequire(import.meta.url)('protobufjs/ext/descriptor') as { FileDescriptorProto: protobuf.Type };

interface Descriptor {
  readonly name: string;
  readonly package: string;
  readonly dependency: readonly string[];
  readonly messageType: readonly { readonly name: string; readonly field: readonly { name: string; number: number; label: string; type: string; typeName?: string }[] }[];
  readonly enumType: readonly { readonly name: string; readonly value: readonly { name: string; number: number }[] }[];
  readonly service: readonly { readonly name: string; readonly method: readonly { name: string; inputType: string; outputType: string }[] }[];
}

function descriptorOf(name: string): Descriptor {
  const files = FILE_DESCRIPTORS.map((base64) => FileDescriptorProto.toObject(FileDescriptorProto.decode(Buffer.from(base64, 'base64')), { enums: String, arrays: true }) as Descriptor);
  return files.find((file) => file.name === name) ?? assert.fail(`no descriptor of ${name}`);
}

/** `name = number type`, as in a .proto file. */
function fieldsOf({ messageType }: Descriptor): Record<string, readonly string[]> {
  return Object.fromEntries(
    messageType.map(({ name, field }) => [
      name,
      field.map(({ name: key, number, label, type, typeName }) => `${key} = ${number} ${label === 'LABEL_REPEATED' ? 'repeated ' : ''}${typeName ?? type}`),
    ]),
  );
}

describe('the contract with the host program', () => {
  const file = descriptorOf('npd/external/v1/external_monitor.proto');

  it('has the messages, numbers and types that deployed hosts speak', () => {
    assert.strictEqual(file.package, 'npd.external.v1');
    assert.deepEqual(fieldsOf(file), {
      HealthCheckRequest: ['parameters = 1 repeated .npd.external.v1.HealthCheckRequest.ParametersEntry', 'sequence = 2 TYPE_INT64'],
      Status: ['source = 1 TYPE_STRING', 'events = 2 repeated .npd.external.v1.Event', 'conditions = 3 repeated .npd.external.v1.Condition'],
      Event: ['severity = 1 .npd.external.v1.Severity', 'timestamp = 2 .google.protobuf.Timestamp', 'reason = 3 TYPE_STRING', 'message = 4 TYPE_STRING'],
      Condition: [
        'type = 1 TYPE_STRING', 'status = 2 .npd.external.v1.ConditionStatus', 'transition = 3 .google.protobuf.Timestamp',
        'reason = 4 TYPE_STRING', 'message = 5 TYPE_STRING',
      ],
      MonitorMetadata: [
        'name = 1 TYPE_STRING', 'version = 2 TYPE_STRING', 'description = 3 TYPE_STRING', 'supported_conditions = 4 repeated TYPE_STRING',
        'capabilities = 5 repeated .npd.external.v1.MonitorMetadata.CapabilitiesEntry', 'api_version = 6 TYPE_STRING',
      ],
    });
  });

  it('has the enums that deployed hosts speak', () => {
    const enums = Object.fromEntries(file.enumType.map(({ name, value }) => [name, Object.fromEntries(value.map((one) => [one.name, one.number]))]));
    assert.deepEqual(enums, {
      Severity: { SEVERITY_UNSPECIFIED: 0, SEVERITY_INFO: 1, SEVERITY_WARN: 2 },
      ConditionStatus: { CONDITION_STATUS_UNSPECIFIED: 0, CONDITION_STATUS_TRUE: 1, CONDITION_STATUS_FALSE: 2, CONDITION_STATUS_UNKNOWN: 3 },
    });
  });

  it('has the calls that deployed hosts make', () => {
    const calls = file.service.flatMap(({ name, method }) => method.map((one) => `${name}.${one.name}(${one.inputType}) ${one.outputType}`));
    assert.deepEqual(calls, [
      'ExternalMonitor.CheckHealth(.npd.external.v1.HealthCheckRequest) .npd.external.v1.Status',
      'ExternalMonitor.GetMetadata(.google.protobuf.Empty) .npd.external.v1.MonitorMetadata',
      'ExternalMonitor.Stop(.google.protobuf.Empty) .google.protobuf.Empty',
    ]);
    assert.deepEqual(file.dependency, ['google/protobuf/empty.proto', 'google/protobuf/timestamp.proto']);
  });
});

describe('generated code', () => {
  it('is what npm run generate makes of the .proto files', async () => {
    using folder = temporaryFolder();
    await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/generate-proto.ts'), '--out', folder.path]);
    for (const name of ['messages.js', 'messages.d.ts', 'descriptors.ts']) {
      assert.strictEqual(readFileSync(folder.file(name), 'utf8'), readFileSync(join(ROOT, 'plugins/rpc/generated', name), 'utf8'), name);
    }
  });
});
