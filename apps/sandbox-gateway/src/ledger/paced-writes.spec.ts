import { PACE_MS, PacedWrites } from './paced-writes';

describe('pacing the writes of a ledger', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function pace() {
    const handedOver: string[] = [];
    const writes = new PacedWrites(async (work) => work());
    const write = (name: string) =>
      writes.paced(() => {
        handedOver.push(name);
        return name;
      });
    return { writes, write, handedOver };
  }

  it('does not delay the first turn’s work', () => {
    const { write, handedOver } = pace();
    void write('a');
    void write('b');
    expect(handedOver).toEqual(['a', 'b']);
  });

  it('hands over together what comes shortly after, in its order', () => {
    const { write, handedOver } = pace();
    void write('first');
    jest.advanceTimersByTime(1);
    void write('a');
    jest.advanceTimersByTime(PACE_MS - 2);
    void write('b');
    expect(handedOver).toEqual(['first']);
    jest.advanceTimersByTime(1);
    void write('c');
    expect(handedOver).toEqual(['first', 'a', 'b', 'c']);
  });

  it('does not delay again once it has been quiet', () => {
    const { write, handedOver } = pace();
    void write('first');
    jest.advanceTimersByTime(PACE_MS);
    void write('second');
    expect(handedOver).toEqual(['first', 'second']);
  });

  it('gives each its own outcome', async () => {
    const { writes, write } = pace();
    void write('first');
    jest.advanceTimersByTime(1);
    const good = write('good');
    const bad = writes.paced(() => {
      throw new Error('refused');
    });
    jest.advanceTimersByTime(PACE_MS);
    await expect(good).resolves.toBe('good');
    await expect(bad).rejects.toThrow('refused');
  });

  it('keeps nothing back when told to finish', () => {
    const { writes, write, handedOver } = pace();
    void write('first');
    jest.advanceTimersByTime(1);
    void write('last');
    writes.flush();
    expect(handedOver).toEqual(['first', 'last']);
  });
});
