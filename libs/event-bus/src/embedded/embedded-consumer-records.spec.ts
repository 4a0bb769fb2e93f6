import { consumerRecordsContract } from '../testing/consumer-records-contract';
import { temporaryEngine } from '../testing/temporary-engine';
import { embeddedConsumerRecords } from './embedded-consumer-records';

consumerRecordsContract('embedded', async () => {
  const { engine, close } = await temporaryEngine();
  return { records: embeddedConsumerRecords(engine), close };
});
