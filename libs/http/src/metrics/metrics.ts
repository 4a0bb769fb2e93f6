import { Counter, Gauge, type Metric, Registry, collectDefaultMetrics } from 'prom-client';
import { RouteTimes } from './route-times';

/** Counts and times for Prometheus. Other parts register theirs in the `registry`. */
export interface Metrics {
  readonly registry: Registry;
  /** For one route: tells a response's status and how long it took. */
  readonly timerOf: (method: string, route: string) => (status: number, milliseconds: number) => void;
  /** A value that is read when somebody asks for the metrics. */
  readonly gauge: (name: string, help: string, read: () => number | Promise<number>) => void;
  readonly counter: (name: string, help: string) => { add(count?: number): void };
  /** The text format of Prometheus. */
  readonly text: () => Promise<string>;
}

/** Injection token of {@link Metrics}. */
export const METRICS = Symbol('Metrics');

/** Metrics of the process and of HTTP, and whatever else is registered. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  const times = new RouteTimes();
  registry.registerMetric(times as unknown as Metric);

  return {
    registry,
    timerOf: (method, route) => times.timerOf(method, route),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await read());
        },
      });
    },
    counter(name, help) {
      const counter = new Counter({ name, help, registers: [registry] });
      return { add: (count = 1) => counter.inc(count) };
    },
    text: () => registry.metrics(),
  };
}
