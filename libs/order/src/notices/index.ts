import { DeliveryAttempts } from './deadlines/delivery-attempts';
import { LiveNotices } from './http/live-notices';
import { NoticesController } from './http/notices.controller';
import { RegisterEndpointHandler } from './http/register-endpoint';
import { WebhookEndpointsController } from './http/webhook-endpoints.controller';
import { OutsideNotices } from './reactors/outside-notices';
import { deliveriesProjection } from './read/deliveries-projection';
import { endpointsProjection } from './read/endpoints-projection';
import { noticesProjection } from './read/notices-projection';
import { recipientsProjection } from './read/recipients-projection';

export const noticesDeadlines = [DeliveryAttempts];
export const noticesControllers = [NoticesController, WebhookEndpointsController, OutsideNotices];
/** The deadlines are among them. */
export const noticesProviders = [...noticesDeadlines, LiveNotices, RegisterEndpointHandler];
export const noticesProjections = [noticesProjection, recipientsProjection, endpointsProjection, deliveriesProjection];
