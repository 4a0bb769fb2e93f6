/** Which methods each path has: to tell a path that does not exist from a method that a path does not have. */
export class RouteTable {
  private readonly methods = new Map<string, Set<string>>();
  private matchers: readonly (readonly [RegExp, ReadonlySet<string>])[] | undefined;

  add(method: string | readonly string[], url: string): void {
    const known = this.methods.get(url) ?? new Set();
    for (const one of typeof method === 'string' ? [method] : method) known.add(one);
    this.methods.set(url, known);
    this.matchers = undefined;
  }

  /** Sorted; none for a path that does not exist. */
  methodsOf(path: string): readonly string[] {
    this.matchers ??= [...this.methods].map(([url, methods]) => [matcherOf(url), methods] as const);
    const found = new Set(this.matchers.filter(([matcher]) => matcher.test(path)).flatMap(([, methods]) => [...methods]));
    return [...found].sort();
  }
}

/** The router's `:name` is one segment, `*` the rest. */
function matcherOf(url: string): RegExp {
  const steps = url.split('/').map((step) => (step.startsWith(':') ? '[^/]+' : step === '*' ? '.*' : step.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${steps.join('/')}$`);
}
