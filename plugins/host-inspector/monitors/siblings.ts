import { join } from 'node:path';
import type { SocketAnswer } from '../../linux/http2-answer.ts';

/** The other monitors of a node; network-verifier may also run a second time, in the Pod network. */
export const SIBLINGS = ['gpu-monitor', 'network-verifier', 'pod-network-verifier'] as const;

export type Sibling = (typeof SIBLINGS)[number];

/** Asks whether a monitor answers. Never rejects, and ends within seconds. */
export type AskSibling = (sibling: Sibling, signal: AbortSignal) => Promise<SocketAnswer>;

/** The name of its socket, as our npd-config files have it. */
export function socketOf(sibling: Sibling): string {
  return `npd-${sibling}.sock`;
}

/** A server that is starved of CPU needs seconds. */
const TIMEOUT_MS = 3_000;

/** Those whose sockets lie in this folder. What asks them is loaded with the first look. */
export function siblingsIn(folder: string): AskSibling {
  return async (sibling, signal) => {
    const { askHttp2 } = await import('../../linux/http2-answer.ts');
    return await askHttp2(join(folder, socketOf(sibling)), { timeoutMs: TIMEOUT_MS, signal });
  };
}

/** A node without any. */
export const noSiblings: AskSibling = async () => ({ kind: 'absent' });
