import { Controller, Get, Inject, Query } from '@nestjs/common';
import { invalid, PageOf, type PageRequest, Roles } from '@tillroll/http';
import { isUuid } from '@tillroll/kernel';
import { OrderAnswers, type OrderFilter } from './order-answers';
import { orderStatusParameter, paymentStatusParameter } from './query-parameters';

@Controller('admin/orders')
@Roles('admin')
export class AdminOrdersController {
  constructor(@Inject(OrderAnswers) private readonly answers: OrderAnswers) {}

  @Get()
  list(
    @Query('status') statusGiven: unknown,
    @Query('paymentStatus') paymentStatusGiven: unknown,
    @Query('customerId') customerId: unknown,
    @PageOf() page: PageRequest,
  ) {
    const status = orderStatusParameter(statusGiven);
    const paymentStatus = paymentStatusParameter(paymentStatusGiven);
    const filter: OrderFilter = {
      ...(status === undefined ? {} : { status }),
      ...(paymentStatus === undefined ? {} : { paymentStatus }),
      ...(customerId === undefined ? {} : { customerId: customerIdParameter(customerId) }),
    };
    return this.answers.page(filter, page);
  }
}

const customerIdParameter = (given: unknown): string =>
  typeof given === 'string' && isUuid(given) ? given : invalid({ parameter: 'customerId', code: 'not_a_uuid', message: 'must be a customer id' });
