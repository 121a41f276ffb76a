import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Kustomize, type Rendered, findKustomize, render } from '../../scripts/kustomize.ts';

export const ROOT = join(import.meta.dirname, '../..');

export interface OwnOverlay {
  readonly overlay: string;
  readonly components?: readonly string[];
  /** More of the kustomization, as YAML. */
  readonly more?: string;
}

/** Why nothing can be rendered here, or what renders. */
export const kustomize: Kustomize | { readonly missing: string } = findKustomize();

/** The title of a suite that needs it. */
export function needsKustomize(title: string): string {
  return 'missing' in kustomize ? `${title} (skipped: ${kustomize.missing})` : title;
}

/** Renders a folder of this repository. Throws without kustomize. */
export function renderFolder(folder: string): Rendered {
  if ('missing' in kustomize) throw new Error(kustomize.missing);
  return render(kustomize, folder);
}

/** Renders what somebody has in a repository of their own: an overlay of ours, components, and more. */
export function renderOwn({ overlay, components = [], more = '' }: OwnOverlay): Rendered {
  const at = (folder: string): string => `  - OURS/${folder}\n`;
  return renderText([
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n',
    at(`kustomize/overlays/${overlay}`),
    components.length === 0 ? '' : 'components:\n',
    ...components.map((component) => at(`kustomize/components/${component}`)),
    more,
  ].join(''));
}

/** Renders a kustomization in which OURS stands for this repository: kustomize takes folders only by relative paths. */
export function renderText(text: string): Rendered {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kustomize-')));
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), text.replaceAll('OURS', relative(folder, realpathSync(ROOT))));
    return renderFolder(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
