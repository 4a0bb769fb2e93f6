/** Upper bounds in milliseconds; one more bucket takes the rest. */
const BOUNDS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000];

interface Times {
  readonly buckets: number[];
  sum: number;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * The times of all routes as a Prometheus histogram. An observation is two additions; labels are put together when
 * somebody asks (prom-client's own histogram does it at every observation).
 */
export class RouteTimes {
  readonly name = 'http_request_duration_seconds';
  readonly help = 'Time to answer HTTP requests';
  readonly type = 'histogram';
  private readonly routes: { readonly method: string; readonly route: string; readonly byStatus: Array<Times | undefined> }[] = [];

  timerOf(method: string, route: string): (status: number, milliseconds: number) => void {
    const byStatus: Array<Times | undefined> = [];
    this.routes.push({ method, route, byStatus });
    return (status, milliseconds) => {
      const times = (byStatus[status] ??= { buckets: Array<number>(BOUNDS.length + 1).fill(0), sum: 0 });
      let bucket = 0;
      while (bucket < BOUNDS.length && milliseconds > (BOUNDS[bucket] ?? 0)) bucket++;
      times.buckets[bucket] = (times.buckets[bucket] ?? 0) + 1;
      times.sum += milliseconds;
    };
  }

  /** What prom-client's registry asks a metric for. */
  async get(): Promise<object> {
    const { name, help, type } = this;
    return { name, help, type, aggregator: 'sum', values: this.samples() };
  }

  private samples(): readonly Sample[] {
    const { name } = this;
    return this.routes.flatMap(({ method, route, byStatus }) =>
      byStatus.flatMap((times, status) => {
        if (times === undefined) return [];
        const labels = { method, route, status: String(status) };
        let count = 0;
        const buckets = times.buckets.map((here, index) => {
          count += here;
          const bound = BOUNDS[index];
          return { metricName: `${name}_bucket`, labels: { ...labels, le: bound === undefined ? '+Inf' : bound / 1000 }, value: count };
        });
        return [...buckets, { metricName: `${name}_sum`, labels, value: times.sum / 1000 }, { metricName: `${name}_count`, labels, value: count }];
      }),
    );
  }
}
