import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, CLOCK } from '@tillroll/processing';
import { ReservationProcess, RESERVATIONS } from './reservation-process';

/** One consumer for all that happens to an order, so that its events are handled in their order. */
const by = { consumer: RESERVATIONS };

@Controller()
export class ReservationReactor {
  private readonly process: ReservationProcess;

  constructor(@Inject(AGGREGATES) aggregates: Aggregates, @Inject(CLOCK) clock: Clock) {
    this.process = new ReservationProcess(aggregates, clock);
  }

  @EventPattern(order.OrderPlaced.type, by)
  reserve(@Payload() event: BusEvent<DataOf<typeof order.OrderPlaced>>): Promise<void> {
    return this.process.reserve(event);
  }

  @EventPattern(order.OrderConfirmed.type, by)
  commit(@Payload() event: BusEvent<DataOf<typeof order.OrderConfirmed>>): Promise<void> {
    return this.process.commit(event);
  }

  @EventPattern(order.OrderShipped.type, by)
  ship(@Payload() event: BusEvent<DataOf<typeof order.OrderShipped>>): Promise<void> {
    return this.process.ship(event);
  }

  @EventPattern(order.OrderCanceled.type, by)
  releaseCanceled(@Payload() event: BusEvent<DataOf<typeof order.OrderCanceled>>): Promise<void> {
    return this.process.release(event, 'order_canceled');
  }

  @EventPattern(order.OrderRejected.type, by)
  releaseRejected(@Payload() event: BusEvent<DataOf<typeof order.OrderRejected>>): Promise<void> {
    return this.process.release(event, 'order_rejected');
  }

  @EventPattern(order.OrderExpired.type, by)
  expire(@Payload() event: BusEvent<DataOf<typeof order.OrderExpired>>): Promise<void> {
    return this.process.expire(event);
  }
}
