import type { Deadlines } from '@tillroll/processing';
import type { Projection } from '@tillroll/read-models';
import { catalogue } from './read/catalogue';
import { current } from './read/current';
import { purchases } from './read/purchases';

export { CartModule } from './cart.module';
export { cartPublications } from './public';

export const cartProjections: readonly Projection[] = [catalogue, purchases, current];

/** A lease ends at decision time: no timer is needed. */
export const cartDeadlines: readonly (new (...parts: never[]) => Deadlines)[] = [];
