import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Accounts, ensureAdminAccount } from '@tillroll/customer';
import type { EventStore } from '@tillroll/event-store';
import type { Log } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import type { ReadModels } from '@tillroll/read-models';
import type { Settings } from '@tillroll/settings';
import { openDemoCatalogue } from './demo-catalogue';
import { isFirstStart } from './first-start';

/** What preparing the shop needs of the process that does it. */
export interface Preparing {
  readonly app: INestApplicationContext;
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
}

/** Told the admin's password when it has to be made up: it is kept nowhere. */
export type AnnouncePassword = (madeUpPassword: string) => void;

/** For a program: the one place where it is ever seen. */
export const announceOnOutput =
  ({ adminEmail }: Pick<Settings, 'adminEmail'>): AnnouncePassword =>
  (password) =>
    void process.stdout.write(`The admin account is ${adminEmail} with the password ${password} (shown only now)\n`);

/** Opens the account of the first admin when there is none; in the process that has the accounts. */
export async function prepareAdminAccount({ app, readModels, settings, clock, log }: Preparing, announce?: AnnouncePassword): Promise<void> {
  const { adminEmail: email, adminPassword: password } = settings;
  const account = { email, password, ...(announce === undefined ? {} : { announce }) };
  const { emailTaken } = await ensureAdminAccount({ accounts: app.get(Accounts), readModels, clock }, account);
  if (emailTaken === true) log.warn('there is no admin: the address in ADMIN_EMAIL belongs to a customer, set another one and start again');
}

/** Puts the demonstration catalogue into a shop in which nothing has happened yet; in the process that has the products. */
export async function prepareCatalogue({ app, store, settings }: Preparing): Promise<void> {
  if (settings.demo && (await isFirstStart(store))) await openDemoCatalogue(app.get(CommandBus));
}
