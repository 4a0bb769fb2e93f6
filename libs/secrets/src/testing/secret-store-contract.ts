import { randomBytes, randomUUID } from 'node:crypto';
import { SecretDestroyed, type SecretStore } from '../port';

export interface OpenedSecretStore {
  readonly secrets: SecretStore;
  close(): Promise<void>;
}

/** What every adapter of the {@link SecretStore} promises, for its spec to call. */
export function secretStoreContract(name: string, open: () => OpenedSecretStore | Promise<OpenedSecretStore>): void {
  describe(`secret store: ${name}`, () => {
    let opened: OpenedSecretStore;
    let secrets: SecretStore;
    beforeAll(async () => {
      opened = await open();
      ({ secrets } = opened);
    });
    afterAll(async () => await opened.close());

    it('keeps a secret, byte by byte', async () => {
      const name = randomUUID();
      const value = Buffer.concat([Buffer.from([0, 255, 0]), randomBytes(1_000)]);
      expect(await secrets.get(name)).toBeUndefined();
      expect((await secrets.putIfAbsent(name, value)).equals(value)).toBe(true);
      expect((await secrets.get(name))?.equals(value)).toBe(true);
    });

    it('keeps the first of several, and answers all of them with it', async () => {
      const name = randomUUID();
      const kept = await Promise.all(Array.from({ length: 20 }, () => secrets.putIfAbsent(name, randomBytes(32))));
      expect(new Set(kept.map((value) => value.toString('hex'))).size).toBe(1);
      expect(kept[0]?.equals((await secrets.get(name)) ?? Buffer.alloc(0))).toBe(true);
    });

    it('destroys a secret for good: its name is not used again', async () => {
      const [name, other] = [randomUUID(), randomUUID()];
      await secrets.putIfAbsent(name, randomBytes(32));
      await secrets.putIfAbsent(other, randomBytes(32));
      await secrets.destroy(name);
      await secrets.destroy(name);
      expect(await secrets.get(name)).toBeUndefined();
      await expect(secrets.putIfAbsent(name, randomBytes(32))).rejects.toBeInstanceOf(SecretDestroyed);
      expect(await secrets.get(other)).toHaveLength(32);
    });

    it('lets no secret begin under a name that was destroyed before it had one', async () => {
      const name = randomUUID();
      await secrets.destroy(name);
      await expect(secrets.putIfAbsent(name, randomBytes(32))).rejects.toBeInstanceOf(SecretDestroyed);
      expect(await secrets.get(name)).toBeUndefined();
    });
  });
}
