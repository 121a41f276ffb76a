import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert } from 'chai';
import * as fc from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parseDriverVersion, parseInformationUuid, parseModuleVersion, readNvidiaModuleVersion, readProcGpus } from '../../../../plugins/linux/proc/nvidia.ts';
import { type Folder, temporaryFolder } from '../../../support/eventually.ts';

const UUID = 'GPU-8c1a9b0e-5a0c-2b7f-7f0a-2f6d7f3b1c11';
const INFORMATION = `Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 18\nGPU UUID: \t ${UUID}\nVideo BIOS: \t 96.00.74.00.01\nBus Location: \t 0000:53:00.0\nDevice Minor: \t 0\n`;
const PROPRIETARY = 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.154.05  Thu Dec 28 15:37:48 UTC 2023\nGCC version:  gcc version 11.4.0\n';
const OPEN = 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.133.20  Release Build  (dvs-builder@U22-I3-AF03-14-3)  Sun Apr 13 04:34:43 UTC 2025\n';
const ARM = 'NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  580.65  Release Build\n';

function write(root: Folder, path: string, text: string): void {
  mkdirSync(dirname(root.file(path)), { recursive: true });
  writeFileSync(root.file(path), text);
}

describe("NVIDIA's driver in /proc and /sys", () => {
  it('tells the UUID of a GPU once it was used', () => {
    assert.equal(parseInformationUuid(INFORMATION), UUID);
    assert.isUndefined(parseInformationUuid(INFORMATION.replace(UUID, 'GPU-????????-????-????-????-????????????')));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.isUndefined(parseInformationUuid(text))));
  });

  it('tells its version', () => {
    assert.deepEqual([PROPRIETARY, OPEN, ARM].map((text) => parseDriverVersion(text, 'version')), ['535.154.05', '570.133.20', '580.65']);
    assert.equal(parseModuleVersion('535.154.05\n', 'version'), '535.154.05');
    for (const text of ['', '535.154.05', '535\n', 'garbage\n', '535.154.05\nmore\n']) assert.throws(() => parseModuleVersion(text, 'version'), ParseError);
    for (const text of ['', 'NVRM version: 535.154.05\n', PROPRIETARY.replace('535.154.05', 'N/A')]) assert.throws(() => parseDriverVersion(text, 'version'), ParseError);
  });

  it('is not loaded where neither place exists', () => {
    using root = temporaryFolder();
    assert.isUndefined(readNvidiaModuleVersion(root.path));
    assert.isUndefined(readProcGpus(root.path));
  });

  it('has its version in /sys, or else in /proc', () => {
    using root = temporaryFolder();
    write(root, 'proc/driver/nvidia/version', OPEN);
    assert.equal(readNvidiaModuleVersion(root.path), '570.133.20');
    write(root, 'sys/module/nvidia/version', '580.105.08\n');
    assert.equal(readNvidiaModuleVersion(root.path), '580.105.08');
  });

  it('is loaded though its version is told in a form that nobody knows', () => {
    using root = temporaryFolder();
    write(root, 'proc/driver/nvidia/version', 'NVRM version: to be announced\n');
    assert.equal(readNvidiaModuleVersion(root.path), 'unknown');
    write(root, 'sys/module/nvidia/version', '580.1-beta\n');
    assert.equal(readNvidiaModuleVersion(root.path), 'unknown');
  });

  it('lists the GPUs that it has taken, in the order of their addresses', () => {
    using root = temporaryFolder();
    write(root, 'proc/driver/nvidia/gpus/0000:ca:00.0/information', 'garbage');
    write(root, 'proc/driver/nvidia/gpus/0000:53:00.0/information', INFORMATION);
    mkdirSync(root.file('proc/driver/nvidia/gpus/0000:91:00.0'));
    mkdirSync(root.file('proc/driver/nvidia/gpus/others'));
    assert.deepEqual(readProcGpus(root.path), [
      { address: '0000:53:00.0', uuid: UUID, minor: 0 },
      { address: '0000:91:00.0', uuid: undefined },
      { address: '0000:ca:00.0', uuid: undefined },
    ]);
  });

  it('has none where a runtime masks the folder, and is not made up where it cannot be read', () => {
    using root = temporaryFolder();
    write(root, 'proc/driver', '');
    assert.isUndefined(readProcGpus(root.path));
    using other = temporaryFolder();
    mkdirSync(other.file('proc/driver/nvidia'), { recursive: true });
    symlinkSync('gpus', other.file('proc/driver/nvidia/gpus'));
    assert.throws(() => readProcGpus(other.path), '/proc/driver/nvidia/gpus');
  });
});
