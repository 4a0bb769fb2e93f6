import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Inject, Module, type Type, UseInterceptors, type CallHandler, type ExecutionContext, type INestApplication, type NestInterceptor } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { openEmbeddedEventStore } from '@tillroll/event-store/embedded/embedded-event-store';
import { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';
import type { EventStore } from '@tillroll/event-store';
import { systemClock } from '@tillroll/kernel';
import { type Observable, of, throwError } from 'rxjs';
import { openEmbeddedEventBus } from '../embedded/embedded-event-bus';
import type { BusEvent, EventBus } from '../port';
import { HAPPENED, Happenings, NOTED, samplePublications } from '../testing/happenings';
import { createTranslator } from '../translate';
import { connectEventBus } from './connect-event-bus';

const RECORD = Symbol('Record');
type Record = [consumer: string, event: BusEvent][];

class Passing implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

@Controller()
class Reactors {
  constructor(@Inject(RECORD) private readonly record: Record) {}

  @EventPattern(HAPPENED, { consumer: 'sample.first' })
  async onHappened(@Payload() event: BusEvent): Promise<void> {
    if (event.data['key'] === 'bad') throw new RangeError('bad is out of order');
    this.record.push(['sample.first', event]);
  }

  @EventPattern([NOTED, 'tillroll.sample.never.v1'], { consumer: 'sample.first' })
  async onNoted(@Payload() event: BusEvent): Promise<void> {
    this.record.push(['sample.first', event]);
  }

  @EventPattern(HAPPENED, { consumer: 'sample.second' })
  onHappenedToo(event: BusEvent): Observable<string> {
    if (event.data['key'] === 'bad') return throwError(() => new RangeError('bad for the second, too'));
    this.record.push(['sample.second', event]);
    return of('one', 'two');
  }

  @UseInterceptors(Passing)
  @EventPattern(HAPPENED, { consumer: 'sample.third' })
  async onHappenedThird(@Payload() event: BusEvent): Promise<void> {
    if (event.data['key'] === 'bad') throw new RangeError('bad for the third, too');
    this.record.push(['sample.third', event]);
  }
}

@Controller()
class Homeless {
  @EventPattern(HAPPENED)
  async onHappened(_event: BusEvent): Promise<void> {}
}

@Controller()
class Twice {
  @EventPattern(HAPPENED, { consumer: 'sample.twice' })
  async one(_event: BusEvent): Promise<void> {}

  @EventPattern(HAPPENED, { consumer: 'sample.twice' })
  async two(_event: BusEvent): Promise<void> {}
}

@Controller()
class Asked {
  @MessagePattern(HAPPENED)
  async answer(_event: BusEvent): Promise<void> {}
}

describe('the event bus as a transport of Nest', () => {
  let directory: string;
  let engine: EmbeddedEngine;
  let store: EventStore;
  let bus: EventBus;
  let app: INestApplication | undefined;
  const record: Record = [];

  const create = async (controller: Type): Promise<INestApplication> => {
    @Module({ controllers: [controller], providers: [{ provide: RECORD, useValue: record }] })
    class Shop {}
    app = await NestFactory.create(Shop, new FastifyAdapter(), { logger: false });
    return app;
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tillroll-nest-'));
    engine = EmbeddedEngine.open({ directory });
    store = openEmbeddedEventStore({ engine });
    bus = openEmbeddedEventBus({
      engine, store, clock: systemClock, translator: createTranslator([samplePublications]), retry: { attempts: 2, backoffMs: 0 },
    });
    record.length = 0;
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await bus.stop();
    await store.close();
    await engine.close();
    await rm(directory, { recursive: true });
  });

  it('makes the methods that name one consumer a durable consumer, and a type may have several', async () => {
    const shop = await create(Reactors);
    connectEventBus(shop, bus);
    await shop.startAllMicroservices();
    const happenings = new Happenings(() => store);
    await happenings.happen('a');
    expect(await bus.caughtUp(await happenings.happen('a', 1, 'Noted'), { timeoutMs: 10_000 })).toBe(true);
    expect((await bus.status()).map(({ consumer }) => consumer)).toEqual(['sample.first', 'sample.second', 'sample.third']);
    expect(record.map(([consumer, { type, sequence }]) => `${consumer} ${type} ${sequence}`).sort()).toEqual([
      `sample.first ${HAPPENED} 0`, `sample.first ${NOTED} 1`, `sample.second ${HAPPENED} 0`, `sample.third ${HAPPENED} 0`,
    ]);
  });

  it('lets what a handler throws reach the bus as it is', async () => {
    const shop = await create(Reactors);
    connectEventBus(shop, bus);
    await shop.startAllMicroservices();
    const happenings = new Happenings(() => store);
    expect(await bus.caughtUp(await happenings.happen('bad'), { timeoutMs: 10_000 })).toBe(true);
    expect((await bus.parked()).map(({ consumer, error, attempts }) => ({ consumer, error, attempts }))).toEqual([
      { consumer: 'sample.first', error: 'RangeError: bad is out of order', attempts: 2 },
      { consumer: 'sample.second', error: 'RangeError: bad for the second, too', attempts: 2 },
      { consumer: 'sample.third', error: 'RangeError: bad for the third, too', attempts: 2 },
    ]);
  });

  it('stops the bus when the application closes', async () => {
    const shop = await create(Reactors);
    connectEventBus(shop, bus);
    await shop.startAllMicroservices();
    await shop.close();
    await new Happenings(() => store).happen('a');
    expect(await bus.caughtUp(await store.head(), { timeoutMs: 0 })).toBe(false);
  });

  it('names the methods that belong to no consumer', async () => {
    const shop = await create(Homeless);
    expect(() => connectEventBus(shop, bus)).toThrow(/Homeless\.onHappened \(tillroll\.sample\.happened\.v1\)/);
  });

  it('refuses two methods of one consumer for one type, and methods that are asked for an answer', async () => {
    const twice = await create(Twice);
    expect(() => connectEventBus(twice, bus)).toThrow('the consumer sample.twice handles tillroll.sample.happened.v1 twice');
    await twice.close();
    const asked = await create(Asked);
    expect(() => connectEventBus(asked, bus)).toThrow(TypeError);
  });
});
