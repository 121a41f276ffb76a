import { type ServedBundle, serveBundle } from '../test/support/bundle.ts';
import { mountNamespace } from '../test/support/namespaces.ts';
import { type Cluster, type Enter, fakeCluster } from './cluster.ts';

/** What the node container runs, in one process. */
const MONITORS = ['host-inspector', 'network-verifier'] as const;

interface NodeOptions {
  readonly bundle: string;
  /** The host's root folder. */
  readonly root: string;
  /** A control group around it. */
  readonly enter?: Enter;
  /** Whose answer is waited for. */
  readonly first?: (typeof MONITORS)[number];
}

/** Where the node container can be started again and again, as in a Pod of one cluster. */
export interface BenchNode extends AsyncDisposable {
  readonly serve: (options: NodeOptions) => Promise<ServedBundle>;
  /** What is not as in a Pod, for the notes of rows. */
  readonly proviso: string | undefined;
}

interface Surroundings {
  /** A mount namespace that is there already; else one is made, where that is allowed. */
  readonly namespace?: Enter;
  /** One that is there already. */
  readonly cluster?: Cluster;
}

export async function benchNode({ namespace, cluster }: Surroundings = {}): Promise<BenchNode> {
  await using started = new AsyncDisposableStack();
  const { flags, env, kubeconfigFlags, mountServiceAccount } = cluster ?? started.use(await fakeCluster());
  const inside = namespace ?? (process.getuid?.() === 0 ? await ownNamespace(started) : undefined);
  if (inside !== undefined) mountServiceAccount(inside);
  const stack = started.move();
  return {
    async serve({ bundle, root, enter = asIs, first = 'host-inspector' }) {
      const monitors = [first, ...MONITORS.filter((name) => name !== first)];
      const access = inside === undefined ? kubeconfigFlags : [];
      return await serveBundle({ bundle, monitors, env, flags: ['--host-root', root, ...flags, ...access], enter: (argv) => enter((inside ?? asIs)(argv)) });
    },
    proviso: inside === undefined ? 'without root it reads a kubeconfig, which takes more memory than a service account' : undefined,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function ownNamespace(stack: AsyncDisposableStack): Promise<Enter> {
  const { pid } = stack.use(await mountNamespace('private'));
  return (argv) => ['nsenter', '--mount', '--target', String(pid), '--', ...argv];
}

function asIs(argv: readonly string[]): ReturnType<Enter> {
  return argv as ReturnType<Enter>;
}
