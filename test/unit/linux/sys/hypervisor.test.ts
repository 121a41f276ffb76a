import { assert } from 'chai';
import { hypervisorSign } from '../../../../plugins/linux/sys/hypervisor.ts';
import { hostTree } from '../../../support/host-tree.ts';

const CLOCKS = 'sys/devices/system/clocksource/clocksource0/available_clocksource';
const DMI = 'sys/devices/virtual/dmi/id';

describe('a sign of a hypervisor', () => {
  const cases: readonly (readonly [name: string, files: Readonly<Record<string, string>>, sign: string | undefined])[] = [
    ['a bare machine', { [CLOCKS]: 'tsc hpet acpi_pm \n', 'proc/cpuinfo': 'flags\t\t: fpu vme hypervisorless\n', [`${DMI}/sys_vendor`]: 'Dell Inc.\n', [`${DMI}/product_name`]: 'PowerEdge R750\n' }, undefined],
    ['a machine that shows nothing', {}, undefined],
    ['a guest of KVM that uses the TSC', { [CLOCKS]: 'tsc kvm-clock \n' }, 'kvm-clock'],
    ['a guest of Hyper-V', { [CLOCKS]: 'hyperv_clocksource_tsc_page hyperv_clocksource_msr acpi_pm \n' }, 'hyperv_clocksource_tsc_page'],
    ['a guest of Xen', { [CLOCKS]: 'xen tsc \n' }, 'xen'],
    ['a guest of VMware', { [CLOCKS]: 'tsc acpi_pm \n', 'proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n' }, 'CPU flag hypervisor'],
    ['an arm64 guest in a cloud', { [CLOCKS]: 'arch_sys_counter \n', [`${DMI}/sys_vendor`]: 'Amazon EC2\n', [`${DMI}/product_name`]: 'm7g.large\n' }, 'DMI table'],
    ['a bare machine in a cloud', { [CLOCKS]: 'arch_sys_counter \n', [`${DMI}/sys_vendor`]: 'Amazon EC2\n', [`${DMI}/product_name`]: 'm7g.metal\n' }, undefined],
    ['a laptop of a maker of hypervisors', { [`${DMI}/sys_vendor`]: 'Microsoft Corporation\n', [`${DMI}/product_name`]: 'Surface Laptop\n' }, undefined],
    ['a small arm64 guest without firmware', { 'sys/firmware/devicetree/base/compatible': 'linux,dummy-virt\0' }, 'device tree'],
  ];
  for (const [name, files, sign] of cases) {
    it(`${name}: ${sign ?? 'none'}`, () => {
      using host = hostTree();
      for (const [path, text] of Object.entries(files)) host.write(path, text);
      assert.equal(hypervisorSign(host.root), sign);
    });
  }
});
