import { switchSetting } from './switches.ts';

export const apiServerSettings = {
  apiServer: switchSetting('on', 'whether the API server is asked, on or off; judged where there is a cluster'),
};
