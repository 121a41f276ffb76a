import type { ReasonSpec } from '../../core/conditions.ts';

/**
 * A lost packet, a name server that restarts or an API server that is replaced is over by then; looks come sooner after a failed
 * one, so a finding has been seen five times. Cleared by the second good look.
 */
export const PATIENCE = { severity: 'warn', raiseAfterMs: 120_000, clearAfterMs: 45_000, privilege: 'a' } as const satisfies Partial<ReasonSpec>;

/** A control plane of one machine that is upgraded is away for a minute or two. */
export const API_PATIENCE = { ...PATIENCE, raiseAfterMs: 180_000 } as const satisfies Partial<ReasonSpec>;

/** Slow is not broken. */
export const SLOW_PATIENCE = { ...PATIENCE, raiseAfterMs: 300_000 } as const satisfies Partial<ReasonSpec>;
