import { listSetting } from '../../core/settings.ts';

/** Which file systems are judged at all is told by `diskIgnoreTypes` and `diskIgnoreUnder` of settings/disk.ts. */
export const filesystemSettings = {
  mountHungIgnoreUnder: listSetting([], 'mount points at or below these are never asked whether they answer'),
};
