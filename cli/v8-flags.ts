/**
 * For V8, before anything else is loaded. Without its optimizing compilers the sidecar needs a third of the memory, and nothing it does
 * runs often enough to be worth optimizing (docs/adr/0006). Where new objects lie stays at 1 MiB: V8 would let it grow to 8 as soon as
 * there is more to do.
 */
export const V8_FLAGS = ['--no-opt', '--no-maglev', '--optimize-for-size', '--semi-space-growth-factor=1'] as const;
