/** Is `path` the folder itself or something below it? Both absolute; `/var` holds `/var/log` and not `/variable`. */
export function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder) && (path.length === folder.length || folder.endsWith('/') || path[folder.length] === '/');
}
