import type { CommandEntry } from '../command.ts';

/** Every command, in the order of the help text. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    positionals: '',
    summary: "show this machine's health, checked by a plugin process and polled as NPD would",
    load: async () => (await import('./for-people.ts')).demo,
  },
  {
    name: 'serve',
    positionals: 'MONITOR...',
    summary: 'answer Node Problem Detector on a Unix socket per monitor',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'check',
    positionals: 'MONITOR',
    summary: 'look once and say what is wrong with this node',
    load: async () => (await import('./for-people.ts')).check,
  },
  {
    name: 'verify',
    positionals: '',
    summary: 'prove once that the network of this node works (for a Job or an init container)',
    load: async () => (await import('./for-people.ts')).verify,
  },
  {
    name: 'inspect',
    positionals: '',
    summary: 'tell all about this node: what it is, what runs on it, how it is',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'poll',
    positionals: 'FILE.json...',
    summary: 'poll plugins as NPD would and print what it would write to the node',
    load: async () => (await import('./for-people.ts')).poll,
  },
  {
    name: 'validate',
    positionals: 'FILE.json...',
    summary: "check NPD's configuration files for external monitors",
    load: async () => (await import('./for-people.ts')).validate,
  },
  {
    name: 'ports',
    positionals: '',
    summary: 'list the listening sockets of the host, from within any network namespace',
    load: async () => (await import('./for-people.ts')).ports,
  },
  {
    name: 'share',
    positionals: 'DIR...',
    summary: 'let plugins with other users write in these folders (for an init container)',
    load: async () => (await import('./for-people.ts')).share,
  },
];
