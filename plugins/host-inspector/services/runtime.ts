import { type Known, ageMs } from './known.ts';

/** Programs that run containers, by their names. A `containerd-shim` outlives its containerd and is none of them. */
export const RUNTIMES = ['containerd', 'crio', 'cri-dockerd', 'dockerd'] as const;

/** kubelet gives up within two minutes where its runtime does not answer at its start. */
const CHOSEN_AFTER_MS = 5 * 60_000;

/**
 * Of the runtimes that were seen those that kubelet needs: CRI-O, or Docker behind cri-dockerd, or containerd, or Docker alone
 * (k3s). Docker beside containerd builds images, and containerd beside CRI-O is Docker's. Pure.
 */
export function neededRuntimes(known: readonly Known[]): readonly Known[] {
  const named = (...names: readonly string[]): readonly Known[] => known.filter(({ name }) => names.includes(name));
  const choices = [named('crio'), named('cri-dockerd').length > 0 ? named('cri-dockerd', 'dockerd') : [], named('containerd'), named('dockerd')];
  return choices.find((choice) => choice.length > 0) ?? [];
}

/**
 * Without those that kubelet no longer needs: it does not start where its runtime does not answer, so whatever was gone before
 * it started, and it runs all the same, is none. Pure.
 */
export function stillNeeded(known: readonly Known[], kubelet: Known | undefined, uptimeMs: number): readonly Known[] {
  if (kubelet?.isUp !== true || ageMs(kubelet, uptimeMs) < CHOSEN_AFTER_MS) return known;
  const startMs = uptimeMs - ageMs(kubelet, uptimeMs);
  return known.filter(({ goneMs }) => goneMs === undefined || goneMs > startMs);
}
