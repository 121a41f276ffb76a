import { listSetting } from '../../core/settings.ts';

/** What `nodeServicesIgnore` may name. */
export const [KUBELET, RUNTIME] = ['kubelet', 'container-runtime'] as const;

export const serviceSettings = {
  nodeServicesIgnore: listSetting([], `services of the node that are not judged: ${KUBELET}, ${RUNTIME}`),
};
