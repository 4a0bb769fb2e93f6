// MONGODB_URL=mongodb://… node bench/distributed/documents.mjs [documents]   (after npm run build)
// Documents written as projections do: what a page of the log touches is loaded, and written with the position behind it.
import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import kernel from '@tillroll/kernel';
import mongodb from '@tillroll/mongodb';

const { openMongo, openMongoReadModels } = mongodb;
const documents = Number(process.argv[2] ?? 5_000);
const PAGE = 500;
const url = process.env.MONGODB_URL?.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/tillroll_bench_${randomUUID().slice(0, 8)}`);
if (url === undefined) throw new Error('MONGODB_URL is missing');

const connection = await openMongo({ url });
const models = await openMongoReadModels({ connection, clock: kernel.systemClock });
try {
  const { id: generation } = await models.create({ projection: 'bench.orders', version: 1, state: 'live', indexes: [{ fields: ['placedAt'] }, { fields: ['customerId', 'placedAt'] }] });
  const order = (n, revision) => ({
    id: `order-${n}`,
    guards: { [`order-${n}`]: revision },
    document: {
      id: `order-${n}`, customerId: `customer-${n % 100}`, placedAt: n, status: revision === 0 ? 'pending' : 'confirmed', total: { amount: 1_000 + n, currency: 'EUR' },
      lines: [1, 2, 3].map((line) => ({ productId: `product-${line}`, name: 'A pound of tea', quantity: line, unitPrice: { amount: 499, currency: 'EUR' } })),
    },
  });
  let position = 0;
  const pages = async (revision) => {
    const begun = performance.now();
    for (let from = 0; from < documents; from += PAGE) {
      const written = Array.from({ length: Math.min(PAGE, documents - from) }, (_, i) => order(from + i, revision));
      await models.load(generation, new Set(written.map(({ id }) => id)));
      position += written.length;
      await models.write([{ generation, position, documents: written }]);
    }
    return Math.round((documents / (performance.now() - begun)) * 1_000);
  };
  const each = async (times, work) => {
    const took = [];
    for (let n = 0; n < times; n++) {
      const begun = performance.now();
      await work(n);
      took.push(performance.now() - begun);
    }
    took.sort((a, b) => a - b);
    return `p50 ${took[Math.floor(times / 2)].toFixed(1)} ms, p99 ${took[Math.floor(times * 0.99)].toFixed(1)} ms`;
  };
  console.log(`server              ${connection.isFerretDb ? 'FerretDB on SQLite' : 'MongoDB'}`);
  console.log(`new documents       ${await pages(0)}/s in pages of ${PAGE}`);
  console.log(`changed documents   ${await pages(1)}/s`);
  console.log(`one document        ${await each(200, (n) => models.write([{ generation, position: ++position, documents: [order(n, 2)] }]))} until it is seen`);
  console.log(`read by id          ${await each(200, (n) => models.get('bench.orders', `order-${n}`))}`);
  console.log(`20 of a customer    ${await each(50, (n) => models.find('bench.orders', { where: { customerId: `customer-${n}` }, orderBy: 'placedAt', direction: 'descending', limit: 20 }))}, of ${documents}`);
} finally {
  await models.close();
  await connection.close();
  const client = new MongoClient(url);
  await client.db().dropDatabase();
  await client.close();
}
