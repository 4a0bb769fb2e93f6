/** What is done under one name is done one after another. */
export class Lanes {
  private readonly last = new Map<string, Promise<unknown>>();

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = (this.last.get(name) ?? Promise.resolve()).then(work);
    const settled = result.catch(() => undefined).then(() => {
      if (this.last.get(name) === settled) this.last.delete(name);
    });
    this.last.set(name, settled);
    return result;
  }
}
