import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

import { codeOf, ConfigError, quote } from '../core/errors.ts';

/** sun_path of sockaddr_un holds 108 bytes, the last of them the closing zero, see unix(7). */
const LONGEST_PATH_BYTES = 107;

const SUFFIX = /^[0-9a-f]{8}$/;

/** What stands at a path: nothing, a socket with its identity, or something that is no socket. */
export type Occupant =
  | { readonly kind: 'absent' }
  | { readonly kind: 'socket'; readonly id: string }
  | { readonly kind: 'other'; readonly what: string };

/** Looks without following links; throws what lstat throws but for a missing file or folder. */
export function occupantOf(path: string): Occupant {
  try {
    const stat = lstatSync(path, { bigint: true });
    if (stat.isSocket()) return { kind: 'socket', id: `${stat.dev}:${stat.ino}` };
    return { kind: 'other', what: kindOf(stat) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return { kind: 'absent' };
    throw error;
  }
}

function kindOf(stat: { isDirectory: () => boolean; isSymbolicLink: () => boolean; isFile: () => boolean }): string {
  if (stat.isDirectory()) return 'a directory';
  if (stat.isSymbolicLink()) return 'a symbolic link';
  return stat.isFile() ? 'a regular file' : 'a special file';
}

/**
 * A fresh name beside the public path, under which a server binds before it renames the socket into place.
 * The suffix is random and not the process id, which in a container is always the same.
 */
export function privatePathOf(publicPath: string): string {
  return join(dirname(publicPath), `.${basename(publicPath)}.${randomBytes(4).toString('hex')}`);
}

/** Whether a file name is one that `privatePathOf` makes for this public path. */
export function isPrivateNameOf(publicPath: string, name: string): boolean {
  const prefix = `.${basename(publicPath)}.`;
  return name.startsWith(prefix) && SUFFIX.test(name.slice(prefix.length));
}

/** Throws a ConfigError for a path at which no socket can be bound. */
export function checkSocketPath(path: string): void {
  checkAbsolute(path);
  checkLength(path, privatePathOf(path), 'its temporary name in the same folder');
}

/** Throws a ConfigError for a path at which no socket can be. */
export function checkConnectPath(path: string): void {
  checkAbsolute(path);
  checkLength(path, path, 'it');
}

function checkAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new ConfigError('socket', `${quote(path)} is not an absolute path; give the whole path, beginning with /`);
}

function checkLength(path: string, bound: string, which: string): void {
  const bytes = Buffer.byteLength(bound);
  if (bytes <= LONGEST_PATH_BYTES) return;
  const limit = `${which} has ${bytes} bytes and a Unix socket's path at most ${LONGEST_PATH_BYTES}`;
  throw new ConfigError('socket', `${path} is too long: ${limit}; shorten it by ${bytes - LONGEST_PATH_BYTES}`);
}
