import { Controller, HttpCode, Post } from '@nestjs/common';
import { isUuid, uuid7 } from '@tillroll/kernel';
import type { Cause } from '@tillroll/processing';
import { Anyone, Roles } from '../callers/caller';
import { EdgeApp } from '../testing/edge-app';
import { RequestCause } from './request-cause';

@Controller('things')
class ThingsController {
  @Post()
  @HttpCode(200)
  write(@RequestCause() cause: Cause) {
    return cause;
  }

  @Post('by-admin')
  @HttpCode(200)
  @Roles('admin')
  byAdmin(@RequestCause() cause: Cause) {
    return cause;
  }

  @Post('by-anyone')
  @HttpCode(200)
  @Anyone()
  byAnyone(@RequestCause() cause: Cause) {
    return cause;
  }
}

describe('the cause of a request', () => {
  let edge: EdgeApp;
  beforeAll(async () => {
    edge = await EdgeApp.start({ controllers: [ThingsController] });
  });
  afterAll(() => edge.close());

  const causeOf = async (path: string, token?: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await edge.call('POST', path, { headers, ...(token === undefined ? {} : { token }) });
    expect(answer.headers.get('x-correlation-id')).toBe(answer.json?.['correlationId']);
    return answer.json as unknown as Cause;
  };

  it('names the customer, or the admin where only admins may act', async () => {
    const id = uuid7(edge.clock.now());
    const token = await edge.token(['admin'], id);
    expect((await causeOf('/v1/things', token)).actor).toBe(`customer:${id}`);
    expect((await causeOf('/v1/things/by-admin', token)).actor).toBe(`admin:${id}`);
    expect((await causeOf('/v1/things/by-anyone')).actor).toBe('anyone');
  });

  it('has new ids for each request', async () => {
    const [a, b] = [await causeOf('/v1/things/by-anyone'), await causeOf('/v1/things/by-anyone')];
    for (const { commandId, correlationId, causationId } of [a, b]) expect([commandId, correlationId, causationId].every(isUuid)).toBe(true);
    expect(a.commandId).not.toBe(b.commandId);
  });

  it('takes over a correlation id and a trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(await causeOf('/v1/things/by-anyone', undefined, { traceparent })).toMatchObject({ traceparent, correlationId: '0af7651916cd43dd8448eb211c80319c' });
    expect(await causeOf('/v1/things/by-anyone', undefined, { traceparent, 'x-correlation-id': 'order:4711' })).toMatchObject({ traceparent, correlationId: 'order:4711' });
  });

  it.each([
    ['x-correlation-id', 'a b'],
    ['x-correlation-id', 'a'.repeat(129)],
    ['x-correlation-id', 'é'],
    ['traceparent', '00-00000000000000000000000000000000-b7ad6b7169203331-01'],
    ['traceparent', 'nonsense'],
  ])('ignores a %s that is none: %.20s', async (name, value) => {
    const cause = await causeOf('/v1/things/by-anyone', undefined, { [name]: value });
    expect(isUuid(cause.correlationId)).toBe(true);
    expect(cause.traceparent).toBeUndefined();
  });
});
