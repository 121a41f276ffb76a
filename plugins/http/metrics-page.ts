// Not the package as a whole: with it come a push gateway, default metrics and, through node:http, undici, 2 MiB together.
import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Registry from 'prom-client/lib/registry.js';

import { monitorFamilies } from './families.ts';
import type { Family } from './family.ts';
import type { Observed, Page } from './observed.ts';
import { processFamilies } from './process-families.ts';

/** `/metrics` in the text format of Prometheus. All values are taken now; between two scrapes nothing is collected or kept. */
export async function metricsPage({ build, monitors }: Observed): Promise<Page> {
  const observed = monitors();
  const families = [...processFamilies(build, observed), ...monitorFamilies(observed.map(({ statistics }) => statistics()))];
  const registry = new Registry();
  for (const family of families) register(family, registry);
  return { status: 200, contentType: registry.contentType, body: await registry.metrics() };
}

function register({ name, help, type, samples }: Family, registry: Registry): void {
  const [first] = samples;
  // prom-client gives a metric without labels the value 0, which nobody has measured.
  if (first === undefined) return;
  const options = { name, help, labelNames: Object.keys(first.labels), registers: [registry] };
  if (type === 'counter') {
    const counter = new Counter(options);
    for (const { labels, value } of samples) counter.inc(labels, value);
  } else if (type === 'histogram') {
    const values = samples.map(({ name: metricName = name, labels, value }) => ({ metricName, labels, value }));
    registry.registerMetric({ name, get: () => Promise.resolve({ name, help, type, values }) });
  } else {
    const gauge = new Gauge(options);
    for (const { labels, value } of samples) gauge.set(labels, value);
  }
}
