import type { DtoClass } from '../fields/fields';
import { type JsonSchema, jsonSchemaOf } from '../fields/json-schema-of';
import { type ProblemCode, kindOf } from '../problems/problem-codes';
import { isWrite } from '../routes/route-marks';
import type { RoutePlan } from '../routes/route-plan';
import type { AnswerDescription } from './answers';
import { exampleOf, schemaOfExample } from './examples';
import { problemExample } from './problem-examples';
import { problemsOf } from './route-problems';

type Json = Readonly<Record<string, unknown>>;

const text = { type: 'string' };

const parameter = (place: 'path' | 'query' | 'header', name: string, schema: unknown, description?: string, required = place === 'path'): Json => ({
  name,
  in: place,
  required,
  ...(description === undefined ? {} : { description }),
  schema,
});

const CODES: Readonly<Record<'uuid' | 'product-id', JsonSchema>> = {
  uuid: { type: 'string', format: 'uuid' },
  'product-id': { type: 'string', format: 'product-id', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
};

const KEY = { type: 'string', minLength: 1, maxLength: 255 };
const KEY_MEANING = 'Printable ASCII. The same key with the same body has one effect; its answer is kept for seven days.';
const TOKEN_MEANING = 'From the answer to a write: this answer is then not older than that write.';
const MATCH_MEANING = 'The `ETag` that the change is meant for; `version_mismatch` when it is no longer the present one.';

const ofQuery = (type: DtoClass): readonly Json[] => {
  const { properties = {}, required = [] } = jsonSchemaOf(type);
  return Object.entries(properties).map(([name, schema]) => parameter('query', name, schema, undefined, required.includes(name)));
};

function parameters(plan: RoutePlan, method: string, path: string): readonly Json[] {
  const writes = isWrite(method, plan);
  const isSignedIn = plan.access !== 'anyone' && plan.access !== 'own';
  const isRequired = plan.idempotencyKey === 'required';
  const asked = plan.queryParameters.filter((name) => name !== 'limit' && name !== 'cursor');
  return [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name, plan.pathIds[name] === undefined ? text : CODES[plan.pathIds[name]])),
    ...asked.map((name) => parameter('query', name, text)),
    ...(plan.query === undefined ? [] : ofQuery(plan.query)),
    ...(plan.isPaged
      ? [parameter('query', 'limit', { type: 'integer', minimum: 1, maximum: 100, default: 20 }), parameter('query', 'cursor', text, '`page.next` of the page before')]
      : []),
    ...(writes && isSignedIn ? [parameter('header', 'Idempotency-Key', KEY, KEY_MEANING, isRequired)] : []),
    ...(plan.problems?.includes('version_mismatch') === true ? [parameter('header', 'If-Match', text, MATCH_MEANING)] : []),
    ...(writes ? [] : [parameter('header', 'Consistency-Token', text, TOKEN_MEANING)]),
  ];
}

function answer({ description, example, type }: AnswerDescription, writes: boolean): Json {
  const schema = type === undefined ? (example === undefined ? undefined : schemaOfExample(example)) : { $ref: `#/components/schemas/${type.name}` };
  const shown = example ?? (type === undefined ? undefined : exampleOf(jsonSchemaOf(type)));
  return {
    description,
    ...(writes ? { headers: { 'Consistency-Token': { description: 'For reads that are to see this write.', schema: text } } } : {}),
    ...(schema === undefined ? {} : { content: { 'application/json': { schema, ...(shown === undefined ? {} : { example: shown }) } } }),
  };
}

function problems(codes: readonly ProblemCode[]): Json {
  const byStatus = Map.groupBy(codes, (code) => String(kindOf(code).status));
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `\`${code}\``).join(', '),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(same.map((code) => [code, { summary: kindOf(code).title, value: problemExample(code) }])),
          },
        },
      },
    ]),
  );
}

const SECURITY: Readonly<Record<'anyone' | 'own' | 'token', readonly Json[]>> = { anyone: [{}, { bearer: [] }], own: [], token: [{ bearer: [] }] };

/** Everything about a route that its plan knows. `scanned` are the answers that follow from Nest's own decorators. */
export function describeOperation(plan: RoutePlan, method: string, path: string, scanned: Json): Json {
  const writes = isWrite(method, plan);
  const described = plan.answers ?? Object.keys(scanned).map((status) => ({ status: Number(status), description: 'Done.' }));
  const roles = Array.isArray(plan.access) ? `Needs the role ${plan.access.map((role: string) => `\`${role}\``).join(' or ')}.` : undefined;
  return {
    operationId: plan.name.replace(/Controller\./, '.'),
    tags: [path.split('/').find((step) => step !== '' && step !== 'v1') ?? 'shop'],
    ...(roles === undefined ? {} : { description: roles }),
    security: SECURITY[plan.access === 'anyone' || plan.access === 'own' ? plan.access : 'token'],
    parameters: parameters(plan, method, path),
    ...(plan.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: { $ref: `#/components/schemas/${plan.body.name}` }, example: exampleOf(jsonSchemaOf(plan.body)) } } } }),
    responses: { ...Object.fromEntries(described.map((one) => [String(one.status), answer(one, writes)])), ...problems(problemsOf(plan, method)) },
  };
}
