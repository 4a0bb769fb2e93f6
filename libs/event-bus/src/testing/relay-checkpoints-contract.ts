import type { RelayCheckpoints } from '../relay/relay-checkpoints';

export interface OpenedRelayCheckpoints {
  readonly checkpoints: RelayCheckpoints;
  close(): Promise<void>;
}

/** What every adapter of {@link RelayCheckpoints} promises. Each call of `open` gives empty ones. */
export function relayCheckpointsContract(name: string, open: () => Promise<OpenedRelayCheckpoints>): void {
  describe(`relay checkpoints contract: ${name}`, () => {
    let opened: OpenedRelayCheckpoints;
    let checkpoints: RelayCheckpoints;

    beforeEach(async () => {
      opened = await open();
      checkpoints = opened.checkpoints;
    });
    afterEach(() => opened.close());

    it('begin at 0', async () => {
      expect(await checkpoints.get('cart')).toBe(0);
    });

    it('are kept for each name', async () => {
      expect(await checkpoints.put('cart', 2 ** 52, 1)).toBe(true);
      expect(await checkpoints.put('order', 7, 3)).toBe(true);
      expect(await checkpoints.put('order', 8, 3)).toBe(true);
      expect([await checkpoints.get('cart'), await checkpoints.get('order')]).toEqual([2 ** 52, 8]);
    });

    it('believe the newest leader only', async () => {
      await checkpoints.put('cart', 10, 4);
      expect(await checkpoints.put('cart', 20, 3)).toBe(false);
      expect(await checkpoints.get('cart')).toBe(10);
      expect(await checkpoints.put('cart', 5, 5)).toBe(true);
      expect(await checkpoints.get('cart')).toBe(5);
      expect(await checkpoints.put('cart', 20, 4)).toBe(false);
      expect(await checkpoints.get('cart')).toBe(5);
    });

    it('may be put again', async () => {
      expect(await checkpoints.put('cart', 10, 1)).toBe(true);
      expect(await checkpoints.put('cart', 10, 1)).toBe(true);
    });

    it('believe the newest of many that put at once', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => checkpoints.put('cart', (i + 1) * 10, i + 1)));
      expect(await checkpoints.get('cart')).toBe(200);
    });
  });
}
