import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedEngine } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { secretStoreContract } from '../testing/secret-store-contract';
import { openEmbeddedSecretStore } from './embedded-secret-store';

secretStoreContract('embedded', () => {
  const directory = temporaryDirectory();
  const engine = EmbeddedEngine.open({ directory: directory.path });
  return {
    secrets: openEmbeddedSecretStore(engine),
    async close() {
      await engine.close();
      directory.remove();
    },
  };
});

describe('secrets in the file', () => {
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  it('are all there after a restart, and those destroyed in any order leave no byte', async () => {
    const engine = EmbeddedEngine.open({ directory: directory.path });
    const secrets = openEmbeddedSecretStore(engine);
    const values = new Map(Array.from({ length: 1_000 }, (_, i) => [`personal/${i}`, randomBytes(i % 50 === 0 ? 6_000 : 32)]));
    await Promise.all([...values].map(([name, value]) => secrets.putIfAbsent(name, value)));
    const bytes = () => Buffer.concat(readdirSync(directory.path).map((file) => readFileSync(join(directory.path, file))));
    const found = () => [...values].filter(([, value]) => content.includes(value.subarray(0, 16)) || content.includes(value.subarray(-16))).map(([name]) => name);
    let content = bytes();
    expect(found()).toHaveLength(1_000);

    const destroyed = [...values.keys()].filter((_, i) => (i * 7919) % 1_000 < 300 || i % 50 === 0);
    await Promise.all(destroyed.map((name) => secrets.destroy(name)));
    content = bytes();
    expect(found()).toEqual([...values.keys()].filter((name) => !destroyed.includes(name)));
    await engine.close();

    const again = EmbeddedEngine.open({ directory: directory.path });
    const reopened = openEmbeddedSecretStore(again);
    for (const [name, value] of values) expect((await reopened.get(name))?.toString('hex')).toBe(destroyed.includes(name) ? undefined : value.toString('hex'));
    await again.close();
  }, 20_000);
});
