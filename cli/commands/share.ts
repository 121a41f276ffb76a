import { ConfigError, UsageError } from '../../plugins/core/errors.ts';
import { SHARE_REMEDY, SHARED_GID, shareFolder } from '../../plugins/linux/shared-folder.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { ownFolders } from '../options.ts';

/** For an init container: the folders of the node in which plugins with other users keep sockets and state. */
export const share: Command = {
  details: [
    `Makes each folder if it is missing, and writable for the group ${SHARED_GID}, in which the plugins of a node meet. Needs no capability:`,
    `${SHARE_REMEDY}.`,
    'Exit code 0: all folders are shared, 64: one could not be.',
  ],
  options: {},
  logLevel: 'warn',
  async run({ positionals }, context) {
    if (positionals.length === 0) throw new UsageError('share: expected at least one DIR, e.g. /var/run/npd');
    for (const path of ownFolders(positionals, 'share')) {
      const result = await shareFolder(path);
      if (result.kind !== 'ok') throw new ConfigError('', `cannot share ${result.message}; ${SHARE_REMEDY}`);
      context.out(`${path}: shared with group ${SHARED_GID}\n`);
    }
    return EXIT.ok;
  },
};
