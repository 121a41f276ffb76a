import { connect } from '../../plugins/rpc/client.ts';
import { RpcError } from '../../plugins/rpc/client-error.ts';

/** `node rpc-client-main.ts SOCKET`: asks for the metadata once and reports by one JSON line. */
using client = connect(process.argv[2] ?? '');
try {
  const { name } = await client.getMetadata({ timeoutMs: 10_000 });
  process.stdout.write(`${JSON.stringify({ message: 'answered', name })}\n`);
} catch (error) {
  if (!(error instanceof RpcError)) throw error;
  process.stdout.write(`${JSON.stringify({ message: 'failed', code: error.code, text: error.message })}\n`);
}
