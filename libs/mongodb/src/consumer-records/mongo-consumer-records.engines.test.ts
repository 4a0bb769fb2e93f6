import { consumerRecordsContract } from '@tillroll/event-bus/testing/consumer-records-contract';
import { mongoUnderTest } from '../testing/mongo-under-test';
import { openMongoConsumerRecords } from './mongo-consumer-records';

consumerRecordsContract('MongoDB', async () => {
  const mongo = await mongoUnderTest();
  return { records: await openMongoConsumerRecords(mongo.connection), close: () => mongo.close() };
});
