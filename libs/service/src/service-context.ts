import type { Type } from '@nestjs/common';
import type { Publications } from '@tillroll/event-bus';
import type { Deadlines } from '@tillroll/processing';
import type { Projection } from '@tillroll/read-models';

/** What a context is to the process that runs it. */
export interface ServiceContext {
  readonly name: string;
  /** Its controllers, handlers and reactors. */
  readonly module: Type;
  readonly publications: Publications;
  readonly projections: readonly Projection[];
  readonly deadlines: readonly (new (...parts: never[]) => Deadlines)[];
}
