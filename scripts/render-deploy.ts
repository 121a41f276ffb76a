import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findKustomize, render } from './kustomize.ts';

const ROOT = join(import.meta.dirname, '..');

/** Every overlay is also there as one file for `kubectl apply -f`. */
export function overlayNames(): readonly string[] {
  return readdirSync(join(ROOT, 'kustomize/overlays')).toSorted();
}

const OF_CONFIG_MAP = [
  '# The name of the ConfigMap changes with its content, so that a changed configuration rolls the Pods; an older one stays until',
  '# you delete it, for a rollback: kubectl -n kube-system get configmap | grep npd-ext-config',
];

const OF_KUBEOWLER = [
  "# The namespace is Kubeowler's own, and not made or removed here: kubectl create namespace kubeowler",
];

/** What `deploy/<overlay>.yaml` holds. */
export function deployText(overlay: string, yaml: string): string {
  const hasConfig = yaml.includes('kind: ConfigMap\n');
  return [
    `# Made from kustomize/overlays/${overlay}${hasConfig ? ' and npd-config/' : ''} by \`npm run render\`; change ${hasConfig ? 'those' : 'that'}, not this file.`,
    '# Why each privilege is there is told in the files of kustomize/.',
    `# Apply it:   sed 's#registry.example.com/npd-plugins#YOUR-REGISTRY#' deploy/${overlay}.yaml | kubectl apply -f -`,
    `# Remove it:  kubectl delete -f deploy/${overlay}.yaml`,
    ...(hasConfig ? OF_CONFIG_MAP : []),
    ...(yaml.includes('namespace: kubeowler\n') ? OF_KUBEOWLER : []),
    '',
  ].join('\n') + yaml;
}

function main(): number {
  const kustomize = findKustomize();
  if ('missing' in kustomize) {
    process.stderr.write(`render: ${kustomize.missing}\n`);
    return 1;
  }
  for (const overlay of overlayNames()) {
    const { yaml, warnings } = render(kustomize, join(ROOT, 'kustomize/overlays', overlay));
    if (warnings !== '') process.stderr.write(`render: ${overlay}: ${warnings}`);
    writeFileSync(join(ROOT, 'deploy', `${overlay}.yaml`), deployText(overlay, yaml));
  }
  return 0;
}

if (import.meta.main) process.exitCode = main();
