import type { DtoClass } from '../fields/fields';
import { markRoute } from '../routes/route-marks';

/** What a route answers with, for the API description. */
export interface AnswerDescription {
  readonly status: number;
  readonly description: string;
  readonly example?: unknown;
  /** A class with field decorators; without it the shape is taken from the example. */
  readonly type?: DtoClass;
}

/** Describes the successful answers of a route. */
export const Answers = (...answers: readonly AnswerDescription[]): MethodDecorator => markRoute({ answers });

/** The problem codes that this route answers with, beside those that every route of its kind has. */
export const Problems = (...codes: readonly string[]): MethodDecorator & ClassDecorator => markRoute({ problems: codes });
