import { join } from 'node:path';
import { type AskSibling, socketOf } from '../../plugins/host-inspector/monitors/siblings.ts';
import type { SocketAnswer } from '../../plugins/linux/http2-answer.ts';
import { readText, valueOrThrow } from '../../plugins/linux/read.ts';

const SAID: Readonly<Record<string, SocketAnswer>> = { answers: { kind: 'answers' }, refused: { kind: 'refused' }, silent: { kind: 'silent' } };

/** The other monitors of a recorded node: a file in `run/npd` in place of each socket, whose text says what comes of asking there. */
export function recordedSiblings(root: string): AskSibling {
  return async (sibling) => {
    const path = join('run/npd', socketOf(sibling));
    const file = readText(root, path);
    if (file.kind === 'absent') return { kind: 'absent' };
    const said = valueOrThrow(file).trim();
    return SAID[said] ?? { kind: 'failed', message: `/${path}: expected ${Object.keys(SAID).join(', ')}`, cause: said };
  };
}
