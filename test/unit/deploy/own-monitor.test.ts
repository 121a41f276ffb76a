import { assert } from 'chai';
import * as fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addMonitor, monitorNames } from '../../../cli/monitors.ts';
import { judge, parsePackages, rebootMonitor } from '../../../examples/own-monitor/reboot-monitor.ts';
import { ParseError } from '../../../plugins/core/errors.ts';
import { healthy, notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { hostConfigText } from '../../../plugins/npd/config-text.ts';
import { say } from '../../support/command-line.ts';

const FOLDER = join(import.meta.dirname, '../../../examples/own-monitor');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

const DEBIAN = 'Linux version 6.1.0-25-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP PREEMPT_DYNAMIC Debian 6.1.106-3 (2024-08-26)\n';

describe('the own monitor', () => {
  it('takes one package a line, and nothing for none', () => {
    assert.deepEqual(parsePackages('linux-image-6.1.0-26-amd64\nlibc6\ng++-12\n'), ['linux-image-6.1.0-26-amd64', 'libc6', 'g++-12']);
    assert.deepEqual(parsePackages(''), []);
  });

  for (const text of ['libc6', '\n', 'libc6\n\n', 'Libc6\n', 'libc6 \n', 'x\n', 'libc6\n$(reboot)\n', '\u0000']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parsePackages(text), ParseError, `/run/reboot-required.pkgs: expected a package on each line, got ${JSON.stringify(text)}`);
    });
  }

  it('either takes a text as it stands or refuses it', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', '1', '-', '+', '.', '\n', ' ', 'A') }), (text) => {
      try {
        assert.equal(parsePackages(text).map((name) => `${name}\n`).join(''), text);
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
      }
    }));
  });

  it('judges who asks before it asks what the distribution is', () => {
    assert.deepEqual(judge(true, ['libc6'], ''), [problem('RebootRequired', 'libc6', 'libc6 asks for a reboot')]);
    assert.deepEqual(judge(true, [], ''), [problem('RebootRequired', 'somebody', 'somebody asks for a reboot')]);
    assert.deepEqual(judge(false, [], DEBIAN), [healthy]);
    assert.deepEqual(judge(false, [], 'Linux version 5.10.0'), [notApplicable('only Debian and Ubuntu have /run/reboot-required')]);
    assert.throws(() => judge(false, [], ''), ParseError, '/proc/version: expected Linux version ..., got ""');
  });

  it('has in npd-config.json, written by hand, what would be made of its conditions', async () => {
    const socketAddress = '/var/run/npd/npd-reboot-monitor.sock';
    assert.equal(read('npd-config.json'), hostConfigText({ monitor: rebootMonitor.name, specs: rebootMonitor.specs, socketAddress, invokeIntervalMs: 30_000, timeoutMs: 10_000 }));
    const path = join(FOLDER, 'npd-config.json');
    assert.deepEqual(await say(['validate', path]), { code: 0, stdout: `${path}: ok\n`, stderr: '' });
  });

  it('stands in its README as it is, and so does its configuration', () => {
    const blocks = new Map([...read('README.md').matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => [language, text]));
    assert.equal(blocks.get('ts'), read('reboot-monitor.ts'));
    assert.equal(blocks.get('json'), read('npd-config.json'));
  });

  it('links in its README only to files that exist', () => {
    const links = [...read('README.md').matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, link = '']) => link);
    assert.isAbove(links.length, 10);
    assert.deepEqual(links.filter((link) => !existsSync(join(FOLDER, link))), []);
  });

  it('is no monitor of the program until it is added, and none may be added under a name that is taken', () => {
    assert.notInclude(monitorNames, 'reboot-monitor');
    assert.throws(() => addMonitor({ ...rebootMonitor, name: 'host-inspector' }), 'there is a monitor "host-inspector" already');
  });
});
