import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';
import { oncePerEvent } from './once-per-event';

describe('an effect once per event', () => {
  let directory: string;
  let engine: EmbeddedEngine;
  const open = () => {
    engine = EmbeddedEngine.open({ directory });
    engine.define('CREATE TABLE IF NOT EXISTS sent (what TEXT)');
    const send = engine.prepare('INSERT INTO sent VALUES (?)');
    const once = oncePerEvent(engine);
    return {
      once,
      send: (consumer: string, sequence: number) => once(consumer, { subject: 'order-1', sequence }, () => void send.run(`${consumer} ${sequence}`)),
      sent: () => engine.prepare('SELECT what FROM sent').all().map(({ what }) => what),
    };
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tillroll-once-'));
  });
  afterEach(async () => {
    await engine.close();
    await rm(directory, { recursive: true });
  });

  it('happens for each event of a subject and for each consumer', async () => {
    const { send, sent } = open();
    expect(await Promise.all([send('mail', 0), send('mail', 3), send('hook', 0)])).toEqual([true, true, true]);
    expect(sent()).toEqual(['mail 0', 'mail 3', 'hook 0']);
  });

  it('does not happen again for an event that comes again, also after a restart', async () => {
    const first = open();
    await first.send('mail', 0);
    await first.send('mail', 3);
    expect(await first.send('mail', 0)).toBe(false);
    await engine.close();
    const second = open();
    expect(await second.send('mail', 3)).toBe(false);
    expect(await second.send('mail', 4)).toBe(true);
    expect(second.sent()).toEqual(['mail 0', 'mail 3', 'mail 4']);
  });

  it('leaves no mark when it fails', async () => {
    const { once, send, sent } = open();
    const failing = once('mail', { subject: 'order-1', sequence: 0 }, () => {
      throw new Error('no room');
    });
    await expect(failing).rejects.toThrow('no room');
    expect(await send('mail', 0)).toBe(true);
    expect(sent()).toEqual(['mail 0']);
  });
});
