import { EventFeedModule } from '@tillroll/event-bus/http/event-feed.module';
import type { LogLines } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { PAYMENT_METHODS } from '@tillroll/order';
import { PAYMENT_GATEWAY } from '@tillroll/payment';
import { SandboxGatewayModule, testMethods } from '@tillroll/sandbox-gateway';
import { type EquippingParts, type Equipment, type RunningService, startService } from '@tillroll/service';
import { type AnnouncePassword, prepareAdminAccount, prepareCatalogue } from '@tillroll/service/first-start/prepare';
import { openSandboxProvider } from '@tillroll/service/payment-provider';
import type { Settings } from '@tillroll/settings';
import { LiveAudit } from './audit/live-audit';
import { contexts } from './contexts';
import { HomeModule } from './home/home.module';

export interface ShopOptions {
  readonly settings: Settings;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Where log lines go; default: standard output. */
  readonly lines?: LogLines;
  readonly announcePassword?: AnnouncePassword;
}

export type RunningShop = RunningService;

/**
 * Opens the shop: every service and the stand-in payment provider in one process. Resolves when it is ready. Rejects,
 * with everything closed again, when the directory is in use or damaged, or the port is taken.
 */
export const startShop = ({ announcePassword, ...options }: ShopOptions): Promise<RunningShop> =>
  startService({
    ...options,
    name: 'shop',
    contexts,
    equip,
    openAudit: (parts) => new LiveAudit(parts),
    async prepare(preparing) {
      await prepareAdminAccount(preparing, announcePassword);
      await prepareCatalogue(preparing);
    },
  });

/** The provider answers under the shop's own address, unless it is a process of its own. */
async function equip(parts: EquippingParts): Promise<Equipment> {
  const { settings, clock, url } = parts;
  const { sandboxUrl, publicUrl } = settings;
  const { gateway, webhookSecret } = await openSandboxProvider(parts, () => sandboxUrl ?? url());
  const sandbox = SandboxGatewayModule.register({
    dataDirectory: settings.dataDirectory,
    key: settings.sandboxKey,
    lateMs: settings.sandboxLateMs,
    clock,
    publicUrl: () => publicUrl ?? url(),
    webhook: { url: () => (url() === '' ? undefined : `${url()}/v1/webhooks/sandbox`), secret: webhookSecret },
  });
  return {
    modules: [...(sandboxUrl === undefined ? [sandbox] : []), EventFeedModule, HomeModule],
    providers: [
      { provide: PAYMENT_GATEWAY, useValue: gateway },
      { provide: PAYMENT_METHODS, useValue: [...testMethods.keys()] },
    ],
  };
}
