import type { PersonalData } from '@tillroll/secrets';
import { createTransport } from 'nodemailer';
import { composeMail } from '../read/compose-mail';
import type { Notice } from '../read/notice';
import type { Recipient } from '../read/recipients-projection';
import type { ScheduledDelivery } from '../write/delivery';
import type { AttemptOutcome, DeliveryChannel } from './delivery-channel';

export interface MailChannelOptions {
  /** `smtp://` or `smtps://`. */
  readonly smtpUrl: string;
  readonly from: string;
  readonly recipientOf: (customerId: string) => Promise<Recipient | undefined>;
  readonly personalData: PersonalData;
}

const CONNECTIONS = 2;
const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;

/**
 * Mails the customer a notice. Its `Message-ID` follows from the event: a mail that goes out again because a crash
 * swallowed the server's answer is known as the same one.
 */
export function mailChannel({ smtpUrl, from, recipientOf, personalData }: MailChannelOptions): DeliveryChannel {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: CONNECTIONS,
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const host = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost';

  return {
    async attempt(delivery: ScheduledDelivery, signal: AbortSignal): Promise<AttemptOutcome> {
      const recipient = await recipientOf(delivery.recipient);
      if (recipient === undefined) return { taken: false, reason: 'recipient_unknown' };
      const person = await personalData.unseal<{ readonly email: string; readonly name: string }>(recipient.customerId, recipient.personal);
      if (person === undefined) return { taken: false, reason: 'recipient_forgotten', permanent: true };
      const { subject, text } = composeMail(delivery.content as unknown as Notice, person.name);
      try {
        await transport.sendMail({
          messageId: `<${delivery.eventId}@${host}>`,
          from,
          to: { name: person.name, address: person.email },
          subject,
          text,
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal,
        });
        return { taken: true };
      } catch (error) {
        signal.throwIfAborted();
        return failureOf(error);
      }
    },

    async close() {
      transport.close();
    },
  };
}

/** 5xx: the server will not take it, now or later. */
function failureOf(error: unknown): AttemptOutcome {
  const { responseCode } = error as { readonly responseCode?: unknown };
  if (typeof responseCode !== 'number') return { taken: false, reason: 'mail_server_unreachable' };
  return { taken: false, reason: 'mail_refused', responseStatus: responseCode, ...(responseCode >= 500 ? { permanent: true } : {}) };
}
