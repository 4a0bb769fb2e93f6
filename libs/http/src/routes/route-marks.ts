import 'reflect-metadata';
import type { AnswerDescription } from '../openapi/answers';

/** What decorators say about a route. A method's own mark goes before its controller's. */
export interface RouteMarks {
  /** `own`: the route checks credentials of its own, the edge does not look at `Authorization`. Default: any valid token. */
  readonly access?: 'anyone' | 'own' | readonly string[];
  readonly idempotencyKey?: 'required';
  readonly immediate?: true;
  readonly readOnly?: true;
  readonly followed?: true;
  readonly rawBody?: true;
  /** Default: the caller's limits for reads and writes. */
  readonly limit?: 'none' | 'sign-in' | 'webhook';
  readonly problems?: readonly string[];
  readonly answers?: readonly AnswerDescription[];
}

const MARKS = Symbol('RouteMarks');

/** Adds marks to a method or to every method of a controller. */
export function markRoute(marks: RouteMarks): MethodDecorator & ClassDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const host = (descriptor?.value as object | undefined) ?? target;
    const before = (Reflect.getOwnMetadata(MARKS, host) as RouteMarks | undefined) ?? {};
    const problems = [...(marks.problems ?? []), ...(before.problems ?? [])];
    Reflect.defineMetadata(MARKS, { ...before, ...marks, ...(problems.length > 0 ? { problems } : {}) }, host);
  };
}

/** The marks of a controller's method. */
export function marksOf(controller: object, method: object): RouteMarks {
  const ofController = (Reflect.getMetadata(MARKS, controller) as RouteMarks | undefined) ?? {};
  const ofMethod = (Reflect.getMetadata(MARKS, method) as RouteMarks | undefined) ?? {};
  return { ...ofController, ...ofMethod, problems: [...(ofController.problems ?? []), ...(ofMethod.problems ?? [])] };
}

/** Whether requests of this method to a route with these marks are for changing something. */
export const isWrite = (method: string, { readOnly }: RouteMarks): boolean => readOnly !== true && !/^(?:GET|HEAD)$/i.test(method);
