import { dirname, join } from 'node:path';

import type { Plugin } from 'esbuild';
import protobuf from 'protobufjs';

const VIRTUAL = 'proto-loader-of';

/**
 * An esbuild plugin without which the gRPC packages do not work, or weigh too much, in a bundle. Three of them require
 * @grpc/proto-loader; each gets another one in its place:
 *
 * - grpc-health-check reads its .proto file at start, but `rpc` gives it a definition of its own: nothing is read.
 * - @grpc/reflection reads two files by `__dirname`; their content is put into its (lazy) chunk.
 * - @grpc/grpc-js needs it only for services that we do not offer (channelz, orca).
 */
export function grpcInBundle(): Plugin {
  return {
    name: 'grpc-in-bundle',
    setup(build) {
      build.onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ importer, namespace }) => {
        if (namespace === VIRTUAL) return undefined;
        const owner = /\/node_modules\/(@grpc\/reflection|@grpc\/grpc-js|grpc-health-check)\//.exec(importer)?.[1];
        if (owner === undefined) return { errors: [{ text: `${importer} requires @grpc/proto-loader, which has no place in the bundle` }] };
        return { path: owner, namespace: VIRTUAL, pluginData: { importer } };
      });
      build.onLoad({ filter: /.*/, namespace: VIRTUAL }, ({ path, pluginData }) => {
        const { importer } = pluginData as { importer: string };
        if (path === '@grpc/reflection') return { contents: filledLoader(importer), resolveDir: dirname(importer) };
        return { contents: path === 'grpc-health-check' ? EMPTY_LOADER : REFUSING_LOADER };
      });
    },
  };
}

const EMPTY_LOADER = 'exports.loadSync = () => ({});';
const REFUSING_LOADER = "exports.loadSync = () => { throw new Error('not in this bundle'); };";

/** Field names stay in camel case, as the package asks its loader for. */
function filledLoader(importer: string): string {
  const folder = join(dirname(importer), '../../proto/grpc/reflection');
  const files = Object.fromEntries(['v1', 'v1alpha'].map((version) => [version, protobuf.loadSync(join(folder, version, 'reflection.proto')).toJSON()]));
  return `
    const { fromJSON } = require('@grpc/proto-loader');
    const files = ${JSON.stringify(files)};
    exports.loadSync = (path, options) => fromJSON(files[require('node:path').basename(require('node:path').dirname(path))], options);
  `;
}
