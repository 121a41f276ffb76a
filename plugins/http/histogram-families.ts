import type { Histogram } from '../core/check.ts';
import type { MonitorStatistics } from '../core/statistics.ts';
import { type Family, type Sample, cutLabels } from './family.ts';

/**
 * What checks tell as histograms, in the samples that prometheus.io/docs/instrumenting/exposition_formats has for one. Pure.
 * The first of a name says its help, labels and bounds; others that differ are left out, and so is what is no histogram.
 */
export function histogramFamilies(monitors: readonly MonitorStatistics[]): readonly Family[] {
  const families = new Map<string, { readonly first: Histogram; readonly samples: Sample[] }>();
  for (const histogram of monitors.flatMap(({ checks }) => checks.flatMap(({ histograms }) => histograms))) {
    if (!isWhole(histogram)) continue;
    const family = families.get(histogram.name) ?? { first: histogram, samples: [] };
    families.set(histogram.name, family);
    if (shapeOf(histogram) === shapeOf(family.first)) family.samples.push(...samplesOf(histogram));
  }
  return [...families].map(([name, { first: { help }, samples }]) => ({ name, type: 'histogram', help, samples }));
}

function shapeOf({ labels, buckets }: Histogram): string {
  return [...Object.keys(labels), ...buckets.map(({ le }) => le)].join();
}

/** Bounds that ascend to infinity, counts that never fall, and a sum. */
function isWhole({ buckets, sum }: Histogram): boolean {
  const isAscending = buckets.every(({ le, count }, index) => {
    const before = buckets[index - 1];
    return Number.isSafeInteger(count) && count >= (before?.count ?? 0) && le > (before?.le ?? -Infinity);
  });
  return isAscending && buckets.at(-1)?.le === Infinity && Number.isFinite(sum);
}

function samplesOf({ name, labels, buckets, sum }: Histogram): readonly Sample[] {
  const told = cutLabels(labels);
  return [
    ...buckets.map(({ le, count }) => ({ name: `${name}_bucket`, labels: { ...told, le: le === Infinity ? '+Inf' : String(le) }, value: count })),
    { name: `${name}_sum`, labels: told, value: sum },
    { name: `${name}_count`, labels: told, value: buckets.at(-1)?.count ?? 0 },
  ];
}
