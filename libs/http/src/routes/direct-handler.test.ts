import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Req, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { DomainError, uuid7 } from '@tillroll/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Anyone, type Caller, CurrentCaller } from '../callers/caller';
import { Text } from '../fields/fields';
import { EdgeApp } from '../testing/edge-app';
import { directHandler } from './direct-handler';

class NameDto {
  @Text({ max: 9 })
  name: string = '';
}

class NobodyGuard {
  canActivate(): boolean {
    return false;
  }
}

class LoudInterceptor {
  intercept(_context: unknown, next: { handle(): Observable<object> }) {
    return next.handle().pipe(map((value) => ({ ...value, loud: true })));
  }
}

@Controller('calls/:place')
@Anyone()
class CallsController {
  private readonly greeting = 'hello';

  @Post('all')
  all(
    @Body() body: NameDto,
    @Param('place') place: string,
    @Param() params: object,
    @Query('q') q: string | undefined,
    @Query() query: object,
    @Headers('X-Word') word: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentCaller() caller: Caller | undefined,
  ) {
    reply.header('x-reply', 'yes');
    return { greeting: this.greeting, body, place, params, q, query, word, method: request.method, caller: caller?.customerId };
  }

  @Post('later')
  @HttpCode(202)
  async later() {
    return Promise.resolve({ later: true });
  }

  @Get('nothing')
  @HttpCode(204)
  nothing() {}

  @Get('text')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('x-fixed', '1')
  text() {
    return 'text';
  }

  @Get('itself')
  itself(@Res() reply: FastifyReply) {
    void reply.code(203).send({ itself: true });
    return { ignored: true };
  }

  @Get('throws')
  throws() {
    throw new DomainError('cart_empty');
  }

  @Get('rejects')
  async rejects() {
    return Promise.reject(new DomainError('cart_empty'));
  }

  @Get('unwritable')
  unwritable() {
    return { value: 1n };
  }

  @Get('unwritable-later')
  async unwritableLater() {
    return Promise.resolve({ value: 1n });
  }

  @Get('guarded')
  @UseGuards(new NobodyGuard())
  guarded() {
    return { done: true };
  }

  @Get('intercepted')
  @UseInterceptors(new LoudInterceptor())
  intercepted() {
    return { done: true };
  }
}

describe('a controller that is called directly', () => {
  let edge: EdgeApp;
  beforeAll(async () => {
    edge = await EdgeApp.start({ controllers: [CallsController] });
  });
  afterAll(() => edge.close());

  const get = (path: string) => edge.call('GET', `/v1/calls/here/${path}`);

  it('gets what its parameters ask for', async () => {
    const id = uuid7(0);
    const answer = await edge.call('POST', '/v1/calls/here/all?q=a&r=b', { body: { name: 'Ann' }, token: await edge.token([], id), headers: { 'x-word': 'w' } });
    expect([answer.status, answer.headers.get('x-reply')]).toEqual([201, 'yes']);
    expect(answer.json).toEqual({
      greeting: 'hello',
      body: { name: 'Ann' },
      place: 'here',
      params: { place: 'here' },
      q: 'a',
      query: { q: 'a', r: 'b' },
      word: 'w',
      method: 'POST',
      caller: id,
    });
  });

  it('answers with what it returns', async () => {
    expect(await edge.call('POST', '/v1/calls/here/later')).toMatchObject({ status: 202, json: { later: true } });
    expect(await get('nothing')).toMatchObject({ status: 204, text: '' });
    const text = await get('text');
    expect([text.text, text.headers.get('content-type'), text.headers.get('x-fixed')]).toEqual(['text', 'text/plain; charset=utf-8', '1']);
    expect(await get('itself')).toMatchObject({ status: 203, json: { itself: true } });
  });

  it('answers with a problem for what it throws, and for what cannot be written', async () => {
    for (const path of ['throws', 'rejects']) expect(await get(path)).toMatchObject({ status: 409, json: { code: 'cart_empty' } });
    for (const path of ['unwritable', 'unwritable-later']) expect(await get(path)).toMatchObject({ status: 500, json: { code: 'internal_error' } });
  });

  it('has no path with nothing for a parameter', async () => expect(await edge.call('GET', '/v1/calls//text')).toMatchObject({ status: 404, json: { code: 'not_found' } }));

  it('is called by Nest where only Nest can do what it wants', async () => {
    expect(await get('guarded')).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(await get('intercepted')).toMatchObject({ status: 200, json: { done: true, loud: true } });
    const direct = (name: string) => directHandler(new CallsController(), CallsController, name, () => undefined) !== undefined;
    expect(['all', 'later', 'itself', 'guarded', 'intercepted'].map(direct)).toEqual([true, true, true, false, false]);
  });
});
