import { EmbeddedEngine } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { createPersonalData } from './aes-personal-data';
import { openEmbeddedSecretStore } from './embedded/embedded-secret-store';
import { sealedTexts, withReadableTexts } from './free-text';
import type { PersonalData } from './personal-data';

describe('free text', () => {
  const directory = temporaryDirectory();
  let engine: EmbeddedEngine;
  let personalData: PersonalData;
  beforeAll(() => {
    engine = EmbeddedEngine.open({ directory: directory.path });
    personalData = createPersonalData(openEmbeddedSecretStore(engine));
  });
  afterAll(async () => {
    await engine.close();
    directory.remove();
  });

  it('is stored sealed, and shown while the customer is known', async () => {
    const stored = { by: 'customer', ...(await sealedTexts(personalData, 'ada', { reason: 'call Ada at home', note: undefined })) };
    expect(JSON.stringify(stored)).not.toContain('Ada');
    expect(await withReadableTexts(personalData, 'ada', stored)).toEqual({ by: 'customer', reason: 'call Ada at home' });
  });

  it('is left out once the customer is forgotten', async () => {
    const stored = { by: 'admin', ...(await sealedTexts(personalData, 'zoe', { reason: 'moved', note: 'ask for Zoe' })) };
    await personalData.forget('zoe');
    expect(await withReadableTexts(personalData, 'zoe', stored)).toEqual({ by: 'admin' });
    expect(await sealedTexts(personalData, 'zoe', { note: 'again' })).toEqual({});
  });

  it('is shown as it is when it was never sealed', async () =>
    expect(await withReadableTexts(personalData, 'ada', { reason: 'stock_lost', by: 'system' })).toEqual({ reason: 'stock_lost', by: 'system' }));
});
