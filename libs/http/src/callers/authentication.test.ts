import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { uuid7 } from '@tillroll/kernel';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EdgeApp } from '../testing/edge-app';
import { Anyone, type Caller, CurrentCaller, OwnCredentials, Roles } from './caller';
import { foreignTokens } from './foreign-tokens';
import { VirtualClock } from '@tillroll/testing';

@Controller()
class WhoController {
  @Get('me')
  me(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Get('products')
  @Anyone()
  products(@CurrentCaller() caller: Caller | undefined) {
    return { caller: caller?.customerId ?? null };
  }

  @Get('own')
  @OwnCredentials()
  own(@CurrentCaller() caller: Caller | undefined) {
    return { caller: caller?.customerId ?? null };
  }
}

@Controller('admin')
@Roles('admin')
class AdminController {
  @Post('things')
  @HttpCode(200)
  write() {
    return { done: true };
  }

  @Get('events')
  @Roles('ops')
  events() {
    return { done: true };
  }
}

const controllers = [WhoController, AdminController];

describe('tokens of the shop', () => {
  let edge: EdgeApp;
  beforeAll(async () => {
    edge = await EdgeApp.start({ controllers });
  });
  afterAll(() => edge.close());

  const refusal = async (path: string, authorization?: string) => {
    const { status, headers, json } = await edge.call('GET', path, { headers: authorization === undefined ? {} : { authorization } });
    return { status, code: json?.['code'], challenge: headers.get('www-authenticate') };
  };

  it('say who calls', async () => {
    const id = uuid7(Date.now());
    const answer = await edge.call('GET', '/v1/me', { token: await edge.token(['admin'], id) });
    expect(answer.json).toEqual({ customerId: id, roles: ['admin'], isAdmin: true });
    expect((await edge.call('GET', '/v1/me', { headers: { authorization: `bearer ${await edge.token([], id)}` } })).json).toEqual({ customerId: id, roles: [], isAdmin: false });
    for (const spaced of ['Bearer  ', 'bearer   ']) expect((await edge.call('GET', '/v1/me', { headers: { authorization: `${spaced}${await edge.token([], id)}` } })).status).toBe(200);
  });

  it('are asked for', async () =>
    expect(await refusal('/v1/me')).toEqual({ status: 401, code: 'unauthenticated', challenge: 'Bearer' }));

  const invalid = { status: 401, code: 'unauthenticated', challenge: 'Bearer error="invalid_token"' };

  it.each(['Bearer', 'Bearer ', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi', 'Bearer é', `Bearer ${'a'.repeat(10_000)}`, `Bearer ${'a.'.repeat(100)}`])('are not %.30s', async (authorization) =>
    expect(await refusal('/v1/me', authorization)).toEqual(invalid),
  );

  it('are not unsigned, foreign, changed, for others or without an end', async () => {
    const now = Math.floor(edge.clock.now() / 1000);
    const { privateKey } = await generateKeyPair('EdDSA');
    const claims = () => ({ sub: uuid7(edge.clock.now()), roles: ['admin'], iss: 'tillroll', aud: 'tillroll', exp: now + 60 });
    const unsigned = new UnsecuredJWT(claims()).encode();
    const foreign = await new SignJWT(claims()).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
    const shared = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode('x'.repeat(32)));
    const [head, body, signature] = (await edge.token()).split('.');
    const changed = [head, Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as object, roles: ['admin'] })).toString('base64url'), signature].join('.');
    for (const token of [unsigned, foreign, shared, changed]) {
      expect(await refusal('/v1/me', `Bearer ${token}`)).toEqual(invalid);
      expect(await refusal('/v1/products', `Bearer ${token}`)).toEqual(invalid);
    }
  });

  it('end with their time, also when they were good before', async () => {
    const token = await edge.token();
    expect((await edge.call('GET', '/v1/me', { token })).status).toBe(200);
    await edge.clock.advance(3_599_000);
    expect((await edge.call('GET', '/v1/me', { token })).status).toBe(200);
    await edge.clock.advance(1_000);
    expect(await refusal('/v1/me', `Bearer ${token}`)).toEqual(invalid);
  });

  it('end at once for a customer who is forgotten', async () => {
    const id = uuid7(edge.clock.now());
    const token = await edge.token([], id);
    expect((await edge.call('GET', '/v1/me', { token })).status).toBe(200);
    edge.revoked.add(id);
    expect(await refusal('/v1/me', `Bearer ${token}`)).toEqual(invalid);
    expect(await refusal('/v1/me', `Bearer ${await edge.token([], id)}`)).toEqual(invalid);
  });

  it('are only for customers of the shop', async () => expect(await refusal('/v1/me', `Bearer ${await edge.token([], 'somebody')}`)).toEqual(invalid));

  it('are not needed where anyone may come, and not looked at where a route has credentials of its own', async () => {
    expect((await edge.call('GET', '/v1/products')).json).toEqual({ caller: null });
    const id = uuid7(edge.clock.now());
    expect((await edge.call('GET', '/v1/products', { token: await edge.token([], id) })).json).toEqual({ caller: id });
    expect((await edge.call('GET', '/v1/own', { token: 'sk_sandbox' })).json).toEqual({ caller: null });
  });

  it('open only the routes of their roles', async () => {
    const as = async (...roles: string[]) => {
      const token = await edge.token(roles);
      return [await edge.call('POST', '/v1/admin/things', { token }), await edge.call('GET', '/v1/admin/events', { token })].map(({ status, json }) => json?.['code'] ?? status);
    };
    expect(await as()).toEqual(['forbidden', 'forbidden']);
    expect(await as('admin')).toEqual([200, 'forbidden']);
    expect(await as('ops')).toEqual(['forbidden', 200]);
    expect(await as('admin', 'ops')).toEqual([200, 200]);
    expect(await as('Admin', 'root')).toEqual(['forbidden', 'forbidden']);
    expect(await refusal('/v1/admin/events')).toMatchObject({ status: 401 });
  });

  it('are still good after a restart', async () => {
    const token = await edge.token(['ops']);
    const { directory, clock } = edge;
    await edge.stop();
    edge = await EdgeApp.start({ controllers, directory, clock });
    expect((await edge.call('GET', '/v1/admin/events', { token })).status).toBe(200);
  });
});

describe('tokens of another issuer', () => {
  let keys: Server;
  let edge: EdgeApp;
  let broken = false;
  let sign: (claims: object, header?: object) => Promise<string>;
  const clock = new VirtualClock(Date.now());

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    keys = createServer((_request, response) => {
      response.statusCode = broken ? 500 : 200;
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    sign = (claims, header = { alg: 'ES256', kid: 'k1' }) => new SignJWT({ iss: 'https://id.example.com', aud: 'shop', exp: Math.floor(clock.now() / 1000) + 60, ...claims }).setProtectedHeader(header as { alg: string }).sign(privateKey);
    const jwksUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`;
    edge = await EdgeApp.start({ controllers, clock, parts: { verifier: foreignTokens({ issuer: 'https://id.example.com', audience: 'shop', jwksUrl }, clock) } });
  });
  afterAll(async () => {
    await edge.close();
    keys.close();
  });

  const who = async (token: string) => {
    const { status, json } = await edge.call('GET', '/v1/me', { token });
    return json?.['customerId'] ?? json?.['code'] ?? status;
  };

  it('cannot be judged while the key set cannot be had', async () => {
    broken = true;
    expect(await who(await sign({ sub: 'u-0' }))).toBe('service_unavailable');
    broken = false;
  });

  it('are accepted with their roles, or with none', async () => {
    expect(await who(await sign({ sub: 'auth0|4711', roles: ['admin'] }))).toBe('auth0|4711');
    expect(await who(await sign({ sub: 'u-1' }))).toBe('u-1');
  });

  it.each<[string, object]>([
    ['another issuer', { sub: 'u', iss: 'https://other.example.com' }],
    ['another audience', { sub: 'u', aud: 'else' }],
    ['no subject', {}],
    ['a subject that is no name', { sub: 'a b/c' }],
    ['a subject that is no text', { sub: 4711 }],
    ['many subjects', { sub: ['u'] }],
    ['no end', { sub: 'u', exp: undefined }],
    ['an end long ago', { sub: 'u', exp: 1 }],
    ['not yet', { sub: 'u', nbf: Math.floor(clock.now() / 1000) + 600 }],
    ['roles that are no list', { sub: 'u', roles: 'admin' }],
    ['roles that are no texts', { sub: 'u', roles: [1] }],
  ])('are refused with %s', async (_, claims) => expect(await who(await sign(claims))).toBe('unauthenticated'));

  it('are refused with a key that nobody knows', async () => expect(await who(await sign({ sub: 'u' }, { alg: 'ES256', kid: 'k2' }))).toBe('unauthenticated'));

  it('of the shop itself are not accepted beside them', async () => expect(await who(await edge.token())).toBe('unauthenticated'));
});

