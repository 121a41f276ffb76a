import { npdConfigText, stockConfigText } from '../cli/npd-config.ts';
import type { ParsedArgs } from '../cli/command.ts';

/** The component that takes the place of files of npd-config/, below the repository. */
export const PROFILE_FOLDER = 'kustomize/components/profile-karpenter-aws';

const ARGS: ParsedArgs = { positionals: [], values: { profile: 'karpenter-aws' } };

/** What that component holds beside its kustomization: NPD's files of network-verifier, with the roll-up of its profile. */
export async function profileConfigFiles(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  return [
    { name: 'network-verifier.json', text: await npdConfigText('network-verifier', '/var/run/npd', ARGS) },
    { name: 'network-verifier-stock.json', text: await stockConfigText('network-verifier', ARGS) },
  ];
}
