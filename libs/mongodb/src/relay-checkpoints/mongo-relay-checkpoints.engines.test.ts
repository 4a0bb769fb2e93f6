import { relayCheckpointsContract } from '@tillroll/event-bus/testing/relay-checkpoints-contract';
import { mongoUnderTest } from '../testing/mongo-under-test';
import { openMongoRelayCheckpoints } from './mongo-relay-checkpoints';

relayCheckpointsContract('MongoDB', async () => {
  const mongo = await mongoUnderTest();
  return { checkpoints: await openMongoRelayCheckpoints(mongo.connection), close: () => mongo.close() };
});
