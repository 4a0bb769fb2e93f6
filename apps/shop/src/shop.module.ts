import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { CartModule } from '@tillroll/cart';
import { CustomerModule } from '@tillroll/customer';
import { EventFeedModule } from '@tillroll/event-bus/http/event-feed.module';
import { InventoryModule } from '@tillroll/inventory';
import { OrderModule } from '@tillroll/order';
import { PaymentModule } from '@tillroll/payment';
import { SandboxGatewayModule, type SandboxGatewayModuleOptions } from '@tillroll/sandbox-gateway';
import { HomeController } from './home/home.controller';

/** What every context injects, whatever adapter stands behind it. */
@Global()
@Module({})
class PortsModule {
  static of(providers: readonly Provider[]): DynamicModule {
    return { module: PortsModule, providers: [...providers], exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)) };
  }
}

/** All services of the shop, and the stand-in payment provider, in one process. */
@Module({})
export class ShopModule {
  static of(ports: readonly Provider[], sandbox: SandboxGatewayModuleOptions): DynamicModule {
    return {
      module: ShopModule,
      imports: [
        PortsModule.of(ports),
        SandboxGatewayModule.register(sandbox),
        CustomerModule,
        InventoryModule,
        CartModule,
        OrderModule,
        PaymentModule,
        EventFeedModule,
      ],
      controllers: [HomeController],
    };
  }
}
