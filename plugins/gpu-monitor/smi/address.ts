const ADDRESS = /^(?:PCI:)?([0-9a-f]{4,8}):([0-9a-f]{2}):([01][0-9a-f])(?:\.([0-7]))?$/i;

/**
 * PCI address in the kernel's form, lower case: `0000:53:00.0`; undefined for what is none.
 *
 * nvidia-smi writes eight digits of domain, `00000000:53:00.0`; the driver's kernel messages `PCI:0000:53:00` or `0000:53:00`,
 * without a function, which is 0 for a GPU. The kernel writes a domain with as many digits as it needs, but at least four (`%04x`).
 */
export function normalAddress(text: string): string | undefined {
  const [, domain, bus, device, itsFunction] = ADDRESS.exec(text.trim()) ?? [];
  if (domain === undefined || bus === undefined || device === undefined) return undefined;
  const shortDomain = domain.replace(/^0+/, '').padStart(4, '0');
  return `${shortDomain}:${bus}:${device}.${itsFunction ?? '0'}`.toLowerCase();
}
