import { randomUUID } from 'node:crypto';
import { EmbeddedEngine } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { createPersonalData } from './aes-personal-data';
import { openEmbeddedSecretStore } from './embedded/embedded-secret-store';
import type { PersonalData } from './personal-data';
import type { SecretStore } from './port';

describe('personal data', () => {
  const directory = temporaryDirectory();
  let engine: EmbeddedEngine;
  let secrets: SecretStore;
  let personalData: PersonalData;
  beforeAll(() => {
    engine = EmbeddedEngine.open({ directory: directory.path });
    secrets = openEmbeddedSecretStore(engine);
    personalData = createPersonalData(secrets);
  });
  afterAll(async () => {
    await engine.close();
    directory.remove();
  });

  const ada = { email: 'ada@example.com', name: 'Ada Lovelace \u{1f9ee}' };

  it('is read back as it was, also by another process', async () => {
    const customer = randomUUID();
    const sealed = await personalData.seal(customer, ada);
    expect(sealed).toMatch(/^pd1\.[A-Za-z0-9_-]+$/);
    expect(sealed).not.toContain('ada');
    expect(await personalData.unseal(customer, sealed)).toEqual(ada);
    expect(await createPersonalData(secrets).unseal(customer, sealed)).toEqual(ada);
  });

  it('looks different each time it is sealed', async () => {
    const customer = randomUUID();
    expect(await personalData.seal(customer, ada)).not.toBe(await personalData.seal(customer, ada));
  });

  it('has one key per customer, also when several seal at once', async () => {
    const customer = randomUUID();
    const sealed = await Promise.all(Array.from({ length: 10 }, (_, i) => personalData.seal(customer, i)));
    expect(await Promise.all(sealed.map((text) => personalData.unseal(customer, text)))).toEqual(Array.from({ length: 10 }, (_, i) => i));
  });

  it('cannot be read as another customer', async () => {
    const [customer, other] = [randomUUID(), randomUUID()];
    const sealed = await personalData.seal(customer, ada);
    await personalData.seal(other, ada);
    await expect(personalData.unseal(other, sealed)).rejects.toThrow();
  });

  it.each([
    ['a changed character', (sealed: string) => `${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`],
    ['a cut text', (sealed: string) => sealed.slice(0, -4)],
    ['an unknown format', (sealed: string) => sealed.replace('pd1.', 'pd0.')],
    ['nothing', () => ''],
  ])('refuses %s', async (_, tamper) => {
    const customer = randomUUID();
    await expect(personalData.unseal(customer, tamper(await personalData.seal(customer, ada)))).rejects.toThrow();
  });

  it('cannot be read once the customer is forgotten, nor sealed again', async () => {
    const customer = randomUUID();
    const sealed = await personalData.seal(customer, ada);
    await personalData.forget(customer);
    await personalData.forget(customer);
    for (const reader of [personalData, createPersonalData(secrets)]) {
      expect(await reader.unseal(customer, sealed)).toBeUndefined();
      await expect(reader.seal(customer, ada)).rejects.toBeInstanceOf(TypeError);
    }
  });

  it('is unreadable as soon as forgetting is done, also for those who read meanwhile', async () => {
    const customer = randomUUID();
    const sealed = await personalData.seal(customer, ada);
    const readers = createPersonalData(secrets);
    const reading = readers.unseal(customer, sealed);
    await Promise.all([readers.forget(customer), readers.unseal(customer, sealed), reading]);
    expect(await readers.unseal(customer, sealed)).toBeUndefined();
  });
});
