import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import Ajv2020 from 'ajv/dist/2020';
import { Anyone, Roles } from '../callers/caller';
import { Immediate } from '../consistency/immediate';
import { EmailAddress, ListOf, Nested, OneOf, Optional, Pattern, Text, UuidText, WholeNumber } from '../fields/fields';
import { compileValidator } from '../fields/validator';
import { IsMoney, MoneyDto } from '../fields/money-dto';
import { IdempotencyKeyRequired } from '../idempotency/idempotency-key';
import { Webhook } from '../limits/limit-marks';
import { PageOf, type PageRequest } from '../pages/page';
import { ProductIdParam, UuidParam } from '../routes/path-ids';
import { EdgeApp } from '../testing/edge-app';
import { Answers, Problems } from './answers';
import { buildOpenApi } from './build-open-api';
import { exampleOf } from './examples';
import { ALL_CODES, problemExample } from './problem-examples';

class PartDto {
  @WholeNumber({ min: 1, max: 999 })
  quantity: number = 0;
}

class ThingDto {
  @UuidText()
  addressId: string = '';

  @EmailAddress()
  email: string = '';

  @IsMoney()
  price: MoneyDto = new MoneyDto();

  @Optional()
  @Text({ max: 10 })
  note?: string;

  @OneOf(['a', 'b'])
  kind: string = '';

  @Nested(() => PartDto)
  part: PartDto = new PartDto();

  @ListOf(() => PartDto, { max: 2 })
  parts: PartDto[] = [];

  @Optional()
  @Pattern(/^[A-Z]{2}$/)
  country?: string;
}

class FindQuery {
  @Optional()
  @OneOf(['pending', 'paid'])
  status?: string;
}

@Controller('things')
class ThingsController {
  @Post()
  @IdempotencyKeyRequired()
  @Answers({ status: 201, description: 'The thing.', example: { thingId: 'x', placedAt: '2030-01-01T12:00:00.000Z', lines: [{ n: 1, ok: true }] } }, { status: 202, description: 'Not yet.' })
  @Problems('cart_locked', 'version_mismatch')
  add(@Body() _body: ThingDto) {
    return {};
  }

  @Get()
  @Anyone()
  find(@Query() _query: FindQuery, @PageOf() _page: PageRequest, @Query('at') _at?: string) {
    return {};
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles('admin')
  remove(@UuidParam('id') _id: string) {}

  @Get(':id/parts/:productId')
  @Immediate()
  get(@UuidParam('id') _id: string, @ProductIdParam('productId') _productId: string) {
    return {};
  }

  @Post('hooks/:provider')
  @Webhook()
  hook(@Param('provider') _provider: string) {
    return {};
  }
}

type Operation = Readonly<{
  operationId: string;
  security: readonly object[];
  parameters: readonly { name: string; in: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: object; example: unknown }> };
  responses: Readonly<Record<string, { description: string; content?: Record<string, { schema: object; example?: unknown; examples?: Record<string, unknown> }> }>>;
}>;

describe('the OpenAPI document', () => {
  let edge: EdgeApp;
  beforeAll(async () => {
    edge = await EdgeApp.start({ controllers: [ThingsController] });
  });
  afterAll(() => edge.close());

  const operation = (path: string, method: string) => (buildOpenApi(edge.app).paths[path] as unknown as Readonly<Record<string, Operation>> | undefined)?.[method];
  const names = (of: Operation | undefined) => of?.parameters.map(({ name, in: place, required }) => `${place} ${name}${required ? '!' : ''}`);

  it('is served, and is the same every time', async () => {
    const { status, text, headers } = await edge.call('GET', '/openapi.json');
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('application/json')]);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(buildOpenApi(edge.app))));
    expect(JSON.stringify(buildOpenApi(edge.app))).toBe(JSON.stringify(buildOpenApi(edge.app)));
    const paths = Object.keys(buildOpenApi(edge.app).paths);
    expect(paths).toEqual(paths.toSorted());
    expect(paths).toContain('/health/ready');
  });

  it('has a page that loads nothing from elsewhere', async () => {
    const page = await edge.call('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/(?:src|href)=["'](?:https?:)?\/\//);
    const parts = [...page.text.matchAll(/(?:src|href)=["']([^"'#]+)["']/g)].map(([, part = '']) => part);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect((await edge.call('GET', new URL(part, `${edge.url}/docs`).pathname)).status).toBe(200);
  });

  it('says what each route takes', () => {
    expect(names(operation('/v1/things', 'post'))).toEqual(['header Idempotency-Key!', 'header If-Match']);
    expect(names(operation('/v1/things', 'get'))).toEqual(['query at', 'query status', 'query limit', 'query cursor', 'header Consistency-Token']);
    expect(names(operation('/v1/things/{id}', 'delete'))).toEqual(['path id!', 'header Idempotency-Key']);
    expect(names(operation('/v1/things/{id}/parts/{productId}', 'get'))).toEqual(['path id!', 'path productId!', 'header Consistency-Token']);
    expect(names(operation('/v1/things/hooks/{provider}', 'post'))).toEqual(['path provider!']);
  });

  it('says what each route answers, with examples', () => {
    const add = operation('/v1/things', 'post');
    expect(Object.keys(add?.responses ?? {})).toEqual(['201', '202', '400', '401', '409', '412', '413', '415', '422', '429', '503']);
    expect(add?.responses['201']?.content?.['application/json']).toEqual({
      schema: {
        type: 'object',
        properties: { thingId: { type: 'string' }, placedAt: { type: 'string', format: 'date-time' }, lines: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' }, ok: { type: 'boolean' } } } } },
      },
      example: { thingId: 'x', placedAt: '2030-01-01T12:00:00.000Z', lines: [{ n: 1, ok: true }] },
    });
    expect(Object.keys(add?.responses['409']?.content?.['application/problem+json']?.examples ?? {})).toEqual(['cart_locked', 'idempotency_in_flight']);
    expect(Object.keys(operation('/v1/things/{id}', 'delete')?.responses ?? {})).toEqual(['204', '400', '401', '403', '404', '409', '422', '429', '503']);
    expect(Object.keys(operation('/v1/things/hooks/{provider}', 'post')?.responses ?? {})).toEqual(['201', '429', '503']);
  });

  it('says who may call', () => {
    expect(operation('/v1/things', 'post')?.security).toEqual([{ bearer: [] }]);
    expect(operation('/v1/things', 'get')?.security).toEqual([{}, { bearer: [] }]);
    expect(operation('/v1/things/hooks/{provider}', 'post')?.security).toEqual([]);
  });

  it('shows an example body that is taken', () => {
    const example = operation('/v1/things', 'post')?.requestBody?.content['application/json']?.example;
    expect(example).toEqual(exampleOf((buildOpenApi(edge.app).components?.schemas as Record<string, object>)['ThingDto'] as never));
    expect(compileValidator(ThingDto)(example)).toBeUndefined();
  });

  it('shows problems that fit their schema, one for each code', () => {
    const schema = buildOpenApi(edge.app).components?.schemas?.['Problem'] as object;
    const validate = new Ajv2020({ strict: false, formats: { uri: true } }).compile(schema);
    for (const code of ALL_CODES) {
      const example = problemExample(code);
      expect(validate(example)).toBe(true);
      expect(example).toMatchObject({ code });
    }
  });
});
