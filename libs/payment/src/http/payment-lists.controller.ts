import { Controller, Get, Inject, Query } from '@nestjs/common';
import { Answers, type Caller, CurrentCaller, invalid, notFound, pageAnswer, PageOf, type PageRequest, Problems, Roles, UuidParam } from '@tillroll/http';
import { type Document, type Found, READ_MODELS, type ReadModels, type Scalar } from '@tillroll/read-models';
import { type Mismatch, MISMATCHES } from '../read/mismatches-projection';
import { PAYABLE_ORDERS, type PayableOrder } from '../read/payable-orders-projection';
import { paymentResource, refundResource } from '../read/payment-resource';
import { type PaymentDocument, PAYMENTS } from '../read/payments-projection';
import { type RefundDocument, REFUNDS } from '../read/refunds-projection';
import { REFUND_STATUSES } from '../write/refund-state';
import { exampleFailedRefund, exampleMismatch, examplePage, examplePayment } from './payment-examples';

@Controller()
export class PaymentListsController {
  constructor(@Inject(READ_MODELS) private readonly readModels: ReadModels) {}

  @Get('orders/:id/payments')
  @Answers({ status: 200, description: 'The payments of the order, newest first.', example: examplePage(examplePayment) })
  @Problems('not_found')
  async paymentsOfOrder(@UuidParam('id') orderId: string, @CurrentCaller() caller: Caller, @PageOf() page: PageRequest) {
    const order = await this.readModels.get<PayableOrder>(PAYABLE_ORDERS, orderId);
    if (order === undefined || (order.customerId !== caller.customerId && !caller.isAdmin)) return notFound();
    const found = await this.newestFirst<PaymentDocument>(PAYMENTS, 'createdAt', { orderId }, page);
    return pageAnswer(page, found, 'createdAt', paymentResource);
  }

  @Get('admin/refunds')
  @Roles('admin')
  @Answers({ status: 200, description: 'Refunds, newest first.', example: examplePage(exampleFailedRefund) })
  async refunds(@Query('status') status: unknown, @PageOf() page: PageRequest) {
    const where = status === undefined ? {} : { status: refundStatus(status) };
    const found = await this.newestFirst<RefundDocument>(REFUNDS, 'requestedAt', where, page);
    return pageAnswer(page, found, 'requestedAt', (refund) => refundResource(refund.paymentId, refund));
  }

  @Get('admin/payment-mismatches')
  @Roles('admin')
  @Answers({ status: 200, description: 'Payments for which the provider reported another amount than is owed, newest first.', example: examplePage(exampleMismatch) })
  async mismatches(@PageOf() page: PageRequest) {
    return pageAnswer(page, await this.newestFirst<Mismatch>(MISMATCHES, 'recordedAt', {}, page), 'recordedAt');
  }

  private newestFirst<D extends Document>(
    projection: string,
    orderBy: string,
    where: Readonly<Record<string, Scalar>>,
    { limit, after }: PageRequest,
  ): Promise<readonly Found<D>[]> {
    return this.readModels.find<D>(projection, { where, orderBy, direction: 'descending', limit: limit + 1, ...(after === undefined ? {} : { after }) });
  }
}

const refundStatus = (given: unknown): string =>
  REFUND_STATUSES.find((status) => status === given) ??
  invalid({ parameter: 'status', code: 'not_allowed', message: `must be one of ${REFUND_STATUSES.join(', ')}` });
