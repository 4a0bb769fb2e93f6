import { Controller, Get, Inject, Query } from '@nestjs/common';
import { Answers, invalid, PageOf, type PageRequest, Roles } from '@tillroll/http';
import { isUuid } from '@tillroll/kernel';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { OrderAnswers, type OrderFilter } from './order-answers';
import { exampleOrder, examplePage } from './order-examples';
import { orderStatusParameter, paymentStatusParameter } from './query-parameters';

@Controller('admin/orders')
@Roles('admin')
export class AdminOrdersController {
  constructor(
    @Inject(OrderAnswers) private readonly answers: OrderAnswers,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers({ status: 200, description: 'All orders, newest first.', example: examplePage(exampleOrder) })
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
      ...(customerId === undefined ? {} : { customerId: this.customerIdParameter(customerId) }),
    };
    return this.answers.page(filter, page);
  }

  /** Customers of another issuer are called as it calls them. */
  private customerIdParameter(given: unknown): string {
    const isId = typeof given === 'string' && (this.settings.foreignIssuer === undefined ? isUuid(given) : given !== '');
    return isId ? given : invalid({ parameter: 'customerId', code: 'malformed', message: 'must be the id of a customer' });
  }
}
