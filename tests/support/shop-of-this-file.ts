import { audited } from './audited';
import { Provider } from './provider';
import { ADMIN, type Customer, newCustomer, type ShopClient } from './shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from './shop-process';

/** A shop in a process of its own for the tests of one file, there from `beforeAll` on. In the end its audit must be clean. */
export interface ShopOfThisFile {
  readonly process: ShopProcess;
  readonly client: ShopClient;
  readonly admin: ShopClient;
  readonly provider: Provider;
  readonly customers: readonly Customer[];
}

export function shopOfThisFile({ settings = {}, customers = 1 }: { readonly settings?: Readonly<Record<string, string>>; readonly customers?: number } = {}): () => ShopOfThisFile {
  const directory = temporaryDataDirectory();
  let shop: ShopOfThisFile | undefined;

  beforeAll(async () => {
    const process = await startShopProcess(directory.path, settings);
    const { client } = process;
    shop = {
      process,
      client,
      admin: await client.signIn(ADMIN.email, ADMIN.password),
      provider: new Provider(client),
      customers: await Promise.all(Array.from({ length: customers }, () => newCustomer(client))),
    };
  });
  afterAll(async () => {
    await shop?.process.kill('SIGTERM');
    await audited(directory.path).finally(() => directory.remove());
  });

  return () => {
    if (shop === undefined) throw new Error('the shop has not started');
    return shop;
  };
}
