import 'reflect-metadata';

/** What decorators say about a route. A method's own mark goes before its controller's. */
export interface RouteMarks {
  readonly access?: 'anyone' | readonly string[];
  readonly idempotencyKey?: 'required';
  readonly immediate?: true;
  readonly rawBody?: true;
  readonly limit?: 'none' | 'sign-in' | 'webhook';
  readonly problems?: readonly string[];
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
