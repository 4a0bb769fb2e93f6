import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  readonly url: string;
  readonly received: readonly ParsedMail[];
  /** What the next recipients are answered with instead of being accepted. */
  refuseWith(code: number | undefined): void;
  /** Resolves once somebody was refused. */
  refusal(): Promise<void>;
  /** Resolves with the mail that comes n-th, from 0. */
  mail(n: number): Promise<ParsedMail>;
  close(): Promise<void>;
}

/** A real SMTP server on this machine that takes all mail. */
export async function startMailServer(): Promise<MailServer> {
  const received: ParsedMail[] = [];
  const waiting = new Set<() => void>();
  let refusal: number | undefined;
  let refusals = 0;
  const news = () => new Promise<void>((resolve) => waiting.add(resolve));
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, done) => {
      if (refusal === undefined) return done();
      done(Object.assign(new Error('not here'), { responseCode: refusal }));
      refusals++;
      for (const wake of waiting) wake();
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        received.push(mail);
        for (const wake of waiting) wake();
        done();
      }, done);
    },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuseWith: (code) => (refusal = code),
    async refusal() {
      while (refusals === 0) await news();
    },
    async mail(n) {
      for (;;) {
        const mail = received[n];
        if (mail !== undefined) return mail;
        await news();
      }
    },
    close: () => new Promise((closed) => void server.close(closed)),
  };
}
