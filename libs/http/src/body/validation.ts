import { DomainError } from '@tillroll/kernel';
import type { preValidationHookHandler } from 'fastify';
import { compileQueryReader } from '../fields/query-reader';
import { compileValidator } from '../fields/validator';
import type { Fault } from '../problems/refusals';
import type { RoutePlan } from '../routes/route-plan';
import { pointerStep } from './json-pointer';
import { isPlainText } from './json-text';

declare module 'fastify' {
  interface FastifyRequest {
    /** The query as it was sent, on routes whose `query` is what their class knows of it. */
    sentQuery: Readonly<Record<string, unknown>> | undefined;
  }
}

type Check = (value: unknown) => readonly Fault[] | undefined;

const MOST_FAULTS = 20;
const MISSING: readonly Fault[] = [{ pointer: '', code: 'required', message: 'a JSON object must be sent' }];
const NOT_AN_OBJECT: readonly Fault[] = [{ pointer: '', code: 'wrong_type', message: 'must be an object' }];

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A route without a body takes none, or an empty object: clients send one out of habit. */
const noBody: Check = (body) => {
  if (body === undefined || body === null) return undefined;
  if (!isObject(body)) return NOT_AN_OBJECT;
  const unknown = Object.keys(body).slice(0, MOST_FAULTS);
  return unknown.length === 0 ? undefined : unknown.map((field) => ({ pointer: pointerStep(field), code: 'unknown_field', message: 'is not known here' }));
};

function bodyCheck({ body: type }: RoutePlan): Check {
  if (type === undefined) return noBody;
  const validate = compileValidator(type);
  return (body) => (body === undefined ? MISSING : validate(body));
}

/** Parameters that are read as text are given once and are plain text. */
function textsCheck({ queryTexts }: RoutePlan): Check {
  return (query) => {
    const faults: Fault[] = [];
    for (const parameter of queryTexts) {
      const value = (query as Readonly<Record<string, unknown>>)[parameter];
      if (Array.isArray(value)) faults.push({ parameter, code: 'repeated', message: 'must be given once' });
      else if (typeof value === 'string' && !isPlainText(value)) faults.push({ parameter, code: 'not_text', message: 'contains NUL or is not UTF-8' });
    }
    return faults.length === 0 ? undefined : faults;
  };
}

const refusal = (errors: readonly Fault[]): DomainError => new DomainError('validation_failed', { errors });

/** What has to be looked at before the controller sees the request; undefined when that is nothing. */
export function validation(plan: RoutePlan, takesBody: boolean): preValidationHookHandler | undefined {
  const checksBody = takesBody && plan.rawBody !== true ? bodyCheck(plan) : undefined;
  const checksTexts = plan.queryTexts.length > 0 ? textsCheck(plan) : undefined;
  const readsQuery = plan.query === undefined ? undefined : compileQueryReader(plan.query);
  if (checksBody === undefined && checksTexts === undefined && readsQuery === undefined) return undefined;

  return (request, _reply, done) => {
    const faults = checksBody?.(request.body) ?? checksTexts?.(request.query);
    if (faults !== undefined) return done(refusal(faults));
    if (readsQuery !== undefined) {
      const given = request.query as Readonly<Record<string, unknown>>;
      const read = readsQuery(given);
      if ('faults' in read) return done(refusal(read.faults));
      const query: Record<string, unknown> = { ...read.value };
      for (const name of plan.queryParameters) if (given[name] !== undefined) query[name] = given[name];
      request.sentQuery = given;
      request.query = query;
    }
    done();
  };
}
