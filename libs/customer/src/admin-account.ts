import { randomBytes } from 'node:crypto';
import { type Clock, DomainError, uuid7 } from '@tillroll/kernel';
import type { ReadModels } from '@tillroll/read-models';
import type { Accounts } from './http/accounts';
import { PRIVILEGED, type Privileged } from './read/privileged-projection';

export interface AdminAccount {
  readonly email: string;
  /** Undefined: one is made up. */
  readonly password: string | undefined;
  /** Called with the one that was made up, which is kept nowhere, before the account has it: a crash must not keep it from everybody. */
  readonly announce?: (madeUpPassword: string) => void;
}

export interface AdminOutcome {
  /** There is no admin, and the e-mail address belongs to somebody else's account. */
  readonly emailTaken?: true;
}

/** Opens the first account with the roles `admin` and `ops` when there is none. The read models must have caught up. */
export async function ensureAdminAccount(
  { accounts, readModels, clock }: { readonly accounts: Accounts; readonly readModels: ReadModels; readonly clock: Clock },
  { email, password, announce }: AdminAccount,
): Promise<AdminOutcome> {
  const admins = await readModels.find<Privileged>(PRIVILEGED, { where: { isAdmin: true }, orderBy: 'since', direction: 'ascending', limit: 1 });
  if (admins.length > 0) return {};
  const chosen = password ?? randomBytes(15).toString('base64url');
  if (await accounts.isTaken(email)) return { emailTaken: true };
  if (password === undefined) announce?.(chosen);
  const commandId = uuid7(clock.now());
  const cause = { commandId, correlationId: commandId, causationId: commandId, actor: 'system:first-start' };
  try {
    await accounts.open({ email, name: 'Admin' }, chosen, ['admin', 'ops'], cause);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'already_exists') return { emailTaken: true };
    throw error;
  }
  return {};
}
