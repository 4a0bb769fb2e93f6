import { audited } from './audited';
import { Provider } from './provider';
import { engineAddresses, startServiceProcesses } from './service-processes';
import { ADMIN, type Customer, newCustomer, type ShopClient } from './shop-client';
import { startShopProcess, temporaryDataDirectory } from './shop-process';

/** A shop for the tests of one file, there from `beforeAll` on. In the end its audit must be clean. */
export interface ShopOfThisFile {
  readonly client: ShopClient;
  readonly admin: ShopClient;
  readonly provider: Provider;
  readonly customers: readonly Customer[];
}

interface RunningShop {
  readonly client: ShopClient;
  /** Stops it properly and audits what it leaves. */
  close(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

async function inOneProcess(settings: Settings): Promise<RunningShop> {
  const directory = temporaryDataDirectory();
  const { client, kill } = await startShopProcess(directory.path, settings);
  return {
    client,
    async close() {
      await kill('SIGTERM');
      await audited(directory.path).finally(() => directory.remove());
    },
  };
}

async function asSeparateServices(settings: Settings): Promise<RunningShop> {
  const engines = engineAddresses();
  const { client, stop } = await startServiceProcesses({ engines, settings });
  return {
    client,
    async close() {
      await stop();
      await audited(engines);
    },
  };
}

/** `TOPOLOGY=distributed`: separate services on the engines that the settings name; else one process on a directory of its own. */
export function shopOfThisFile({ settings = {}, customers = 1 }: { readonly settings?: Settings; readonly customers?: number } = {}): () => ShopOfThisFile {
  let running: RunningShop | undefined;
  let shop: ShopOfThisFile | undefined;

  beforeAll(async () => {
    running = await (process.env['TOPOLOGY'] === 'distributed' ? asSeparateServices(settings) : inOneProcess(settings));
    const { client } = running;
    shop = {
      client,
      admin: await client.signIn(ADMIN.email, ADMIN.password),
      provider: new Provider(client),
      customers: await Promise.all(Array.from({ length: customers }, () => newCustomer(client))),
    };
  });
  afterAll(() => running?.close());

  return () => {
    if (shop === undefined) throw new Error('the shop has not started');
    return shop;
  };
}
