import { countSetting, listSetting, percentSetting } from '../../core/settings.ts';

/** When a certificate counts as expiring soon, and which ones are looked at beside those that Kubernetes distributions have. */
export const certificateSettings = {
  certificateExpiringDays: countSetting(30, 'a certificate that has fewer days left expires soon, unless it is short-lived'),
  certificateLifeMinPercent: percentSetting(25, 'a short-lived one expires soon only when less than this share of its life is left (25 of a certificate for 90 days: 22 days)'),
  // kubelet asks for a new one at a moment between 70 and 90% of the life of the old one.
  certificateRotatedLifeMinPercent: percentSetting(8, 'the same of those that kubelet renews by itself, which it does with 30 to 10% left'),
  certificatePaths: listSetting([], 'certificates more: PEM or kubeconfig files, or folders with PEM files'),
  certificateIgnorePaths: listSetting([], 'files and folders whose certificates are not looked at'),
};
