/** Parts of prom-client that its own types describe only as members of the whole. */
declare module 'prom-client/lib/registry.js' {
  import type { Metric, Registry as PlainRegistry } from 'prom-client';
  /** Of a metric it needs no more than this to tell it, see getMetricsAsString there; its own Histogram can only observe, not be set. */
  interface Readout {
    readonly name: string;
    readonly get: () => Promise<{
      readonly name: string;
      readonly help: string;
      readonly type: string;
      readonly values: readonly { readonly metricName?: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
    }>;
  }
  class Registry extends PlainRegistry {
    registerMetric<T extends string>(metric: Metric<T> | Readout): void;
  }
  export = Registry;
}
declare module 'prom-client/lib/counter.js' {
  import { Counter } from 'prom-client';
  export = Counter;
}
declare module 'prom-client/lib/gauge.js' {
  import { Gauge } from 'prom-client';
  export = Gauge;
}
