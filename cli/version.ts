import { createRequire } from 'node:module';

declare const BUILD_VERSION: string | undefined;
declare const BUILD_COMMIT: string | undefined;
declare const BUILD_DATE: string | undefined;

/** The version of package.json: baked in by the bundler, read from the file when run from source. */
export function version(): string {
  if (typeof BUILD_VERSION === 'string') return BUILD_VERSION;
  const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };
  return version;
}

/** The commit of which the bundle was made, or `unknown` when run from source. */
export function commit(): string {
  return typeof BUILD_COMMIT === 'string' ? BUILD_COMMIT : 'unknown';
}

/** `npd-plugins 0.1.0 (commit 1a2b3c4d5e6f, built 2026-11-21T00:00:00Z)`, or that it runs from source. */
export function versionText(): string {
  const isBuilt = typeof BUILD_COMMIT === 'string' && typeof BUILD_DATE === 'string';
  return `npd-plugins ${version()} (${isBuilt ? `commit ${BUILD_COMMIT}, built ${BUILD_DATE}` : 'from source, not built'})`;
}
