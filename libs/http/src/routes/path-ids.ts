import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { isUuid } from '@tillroll/kernel';
import { isProductId } from '../fields/text-formats';
import { notFound } from '../problems/refusals';
import { requestOf } from './request-of';

const pathId = (isWellFormed: (text: string) => boolean) => (name: string | undefined, context: ExecutionContext) => {
  const params = requestOf(context).params as Readonly<Record<string, string>>;
  const id = params[name ?? 'id'] ?? '';
  return isWellFormed(id) ? id : notFound();
};

/** @internal */
export const uuidIn = pathId(isUuid);

/** @internal */
export const productIdIn = pathId(isProductId);

/** A UUID in the path; a malformed one is not found, like a missing one. `@UuidParam('id') id: string` */
export const UuidParam = createParamDecorator(uuidIn);

/** A product id in the path; a malformed one is not found. */
export const ProductIdParam = createParamDecorator(productIdIn);
