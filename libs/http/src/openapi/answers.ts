import { markRoute } from '../routes/route-marks';

/** What a route answers with, for the API description. */
export interface AnswerDescription {
  readonly status: number;
  readonly description: string;
  readonly example?: unknown;
  readonly type?: abstract new (...args: never[]) => object;
}

/** Describes the successful answers of a route. */
export const Answers = (..._answers: readonly AnswerDescription[]): MethodDecorator => () => {};

/** The problem codes that this route answers with, beside those that every route of its kind has. */
export const Problems = (...codes: readonly string[]): MethodDecorator & ClassDecorator => markRoute({ problems: codes });
