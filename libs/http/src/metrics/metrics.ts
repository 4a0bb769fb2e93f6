import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

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

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Injection token of {@link Metrics}. */
export const METRICS = Symbol('Metrics');

/** Metrics of the process and of HTTP, and whatever else is registered. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });

  return {
    registry,
    timerOf(method, route) {
      const observers: Array<((seconds: number) => void) | undefined> = [];
      return (status, milliseconds) => {
        const observe = (observers[status] ??= durations.labels(method, route, String(status)).observe);
        observe(milliseconds / 1000);
      };
    },
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
