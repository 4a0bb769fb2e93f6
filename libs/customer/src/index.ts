export { type AdminAccount, type AdminOutcome, ensureAdminAccount } from './admin-account';
export { CustomerModule } from './customer.module';
export { Accounts } from './http/accounts';
export { customerPublications } from './public';
export { customerProjections } from './read/customer-projections';
