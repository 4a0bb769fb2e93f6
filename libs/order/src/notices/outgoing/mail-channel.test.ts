import { uuid5 } from '@tillroll/kernel';
import { type MailServer, startMailServer } from '../testing/mail-server';
import { NoticesPlace } from '../testing/notices-place';
import type { ScheduledDelivery } from '../write/delivery';
import type { DeliveryChannel } from './delivery-channel';
import { mailChannel } from './mail-channel';

const zoe = uuid5('customer', 'zoe');
const delivery: ScheduledDelivery = {
  deliveryId: 'd1', channel: 'mail', recipient: zoe, eventId: 'b0b1', eventType: 'order-shipped', correlationId: 'c1',
  content: { noticeId: 'b0b1', type: 'order-shipped', orderId: 'o1', time: '2030-01-01T12:00:00.000Z', tracking: 'XY-1' },
  status: 'pending', failures: 0, nextAttemptAt: 0,
};
const { signal } = new AbortController();

describe('the mail channel', () => {
  let server: MailServer;
  let place: NoticesPlace;
  let channel: DeliveryChannel;

  beforeEach(async () => {
    [server, place] = [await startMailServer(), new NoticesPlace()];
    const personal = await place.personalData.seal(zoe, { email: 'zoe@example.com', name: 'Zoë "Z" <Ångström>\r\nBcc: eve@example.com' });
    channel = mailChannel({
      smtpUrl: server.url,
      from: 'The Shop <shop@shop.example>',
      recipientOf: async (customerId) => (customerId === zoe ? { customerId, personal } : undefined),
      personalData: place.personalData,
    });
  });

  afterEach(async () => {
    await channel.close();
    await server.close();
    await place.close();
  });

  it('mails the customer, and nobody else', async () => {
    expect(await channel.attempt(delivery, signal)).toEqual({ taken: true });
    const mail = await server.mail(0);
    expect(mail.messageId).toBe('<b0b1@shop.example>');
    expect(mail.from?.text).toContain('shop@shop.example');
    expect(mail.to).toMatchObject({ value: [{ address: 'zoe@example.com' }] });
    expect([mail.cc, mail.bcc]).toEqual([undefined, undefined]);
    expect(mail.subject).toBe('Your order is on its way');
    expect(mail.text).toContain('Hello Zoë');
    expect(mail.text).toContain('XY-1');
  });

  it('gives the same mail the same Message-ID, however often it is sent', async () => {
    await channel.attempt(delivery, signal);
    await channel.attempt(delivery, signal);
    expect(server.received.map(({ messageId }) => messageId)).toEqual(['<b0b1@shop.example>', '<b0b1@shop.example>']);
  });

  it('tells a server that will not take it from one that cannot now', async () => {
    server.refuseWith(451);
    expect(await channel.attempt(delivery, signal)).toEqual({ taken: false, reason: 'mail_refused', responseStatus: 451 });
    server.refuseWith(550);
    expect(await channel.attempt(delivery, signal)).toEqual({ taken: false, reason: 'mail_refused', responseStatus: 550, permanent: true });
    server.refuseWith(undefined);
    expect(await channel.attempt(delivery, signal)).toEqual({ taken: true });
  });

  it('can wait for a server that is away', async () => {
    await server.close();
    expect(await channel.attempt(delivery, signal)).toEqual({ taken: false, reason: 'mail_server_unreachable' });
  });

  it('writes nobody who is not known, and never again to somebody who is forgotten', async () => {
    expect(await channel.attempt({ ...delivery, recipient: uuid5('customer', 'nobody') }, signal)).toEqual({ taken: false, reason: 'recipient_unknown' });
    await place.personalData.forget(zoe);
    expect(await channel.attempt(delivery, signal)).toEqual({ taken: false, reason: 'recipient_forgotten', permanent: true });
    expect(server.received).toHaveLength(0);
  });
});
