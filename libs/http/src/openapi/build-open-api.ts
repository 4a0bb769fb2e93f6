import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { DtoClass } from '../fields/fields';
import { jsonSchemaOf } from '../fields/json-schema-of';
import { type RoutePlan, plansOf } from '../routes/route-plan';
import { describeOperation } from './describe-operation';
import { ALL_CODES } from './problem-examples';

type Json = Readonly<Record<string, unknown>>;

const DESCRIPTION = `The shop over HTTP. Amounts are whole numbers of minor units; times are RFC 3339 in UTC; ids are opaque.

Errors are problem documents (RFC 9457) with a stable \`code\`. Writes answer with \`Consistency-Token\`: a read that sends it back is
not older than that write. \`Idempotency-Key\` makes any write of a signed-in caller safe to repeat.`;

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: ALL_CODES },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer into the body' },
          parameter: { type: 'string', description: 'name of a query parameter or header' },
          code: { type: 'string' },
          message: { type: 'string' },
        },
      },
    },
  },
};

const HEALTH = { '200': { description: 'It is.' } };
const operations: Readonly<Record<string, Json>> = {
  '/health/live': { get: { operationId: 'health.live', tags: ['health'], security: [], summary: 'The process answers', responses: HEALTH } },
  '/health/ready': {
    get: { operationId: 'health.ready', tags: ['health'], security: [], summary: 'The shop is ready, and each of its parts', responses: { ...HEALTH, '503': { description: 'It is not.' } } },
  },
  '/metrics': { get: { operationId: 'metrics', tags: ['health'], security: [], summary: 'Figures for Prometheus', responses: HEALTH } },
};

/** The same order however the modules were loaded: the document is kept and compared. */
const sorted = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> => Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/**
 * The OpenAPI document of everything that the application's controllers answer, made from the same decorators that
 * check requests. Deterministic. Needs an application that `configureHttp` has seen; it need not be started.
 */
export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tillroll')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: '`accessToken` of `POST /v1/sessions`' })
    .build();
  const plans = plansOf(app);
  const scanned = SwaggerModule.createDocument(app, config, { operationIdFactory: (controller, method) => `${controller}.${method}` });
  const schemas = new Map<string, unknown>([['Problem', PROBLEM]]);
  const addSchema = (type: DtoClass | undefined): void => {
    if (type !== undefined) schemas.set(type.name, jsonSchemaOf(type));
  };

  const describe = (path: string, item: object): Json =>
    sorted(
      Object.entries(item as Readonly<Record<string, { readonly operationId: string; readonly responses: Json }>>).flatMap(([method, { operationId, responses }]) => {
        const plan: RoutePlan | undefined = plans.get(operationId);
        if (plan === undefined || plan.isPage) return [];
        addSchema(plan.body);
        for (const { type } of plan.answers ?? []) addSchema(type);
        return [[method, describeOperation(plan, method, path, responses)] as const];
      }),
    );

  const paths = sorted([...Object.entries(scanned.paths).map(([path, item]) => [path, describe(path, item)] as const), ...Object.entries(operations)]);
  const { openapi, info, components } = scanned;
  return {
    openapi,
    info: { title: info.title, description: info.description ?? '', version: info.version },
    paths: Object.fromEntries(Object.entries(paths).filter(([, item]) => Object.keys(item).length > 0)),
    components: { securitySchemes: components?.securitySchemes ?? {}, schemas: sorted(schemas) },
  } as OpenAPIObject;
}
