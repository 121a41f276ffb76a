/** What package.json asks for as `engines`; older ones cannot parse `using` and do not strip types. */
const LEAST_MAJOR = 24;

/** Why this Node.js (`process.version`, e.g. `v20.20.2`) cannot run us; undefined if it can. */
export function nodeComplaint(version: string): string | undefined {
  const major = Number(/^v(\d+)\./.exec(version)?.[1]);
  return major >= LEAST_MAJOR ? undefined : `needs Node.js ${LEAST_MAJOR} or later, this is ${version}`;
}
