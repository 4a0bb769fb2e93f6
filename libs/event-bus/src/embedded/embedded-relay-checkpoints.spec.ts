import { relayCheckpointsContract } from '../testing/relay-checkpoints-contract';
import { temporaryEngine } from '../testing/temporary-engine';
import { embeddedRelayCheckpoints } from './embedded-relay-checkpoints';

relayCheckpointsContract('embedded', async () => {
  const { engine, close } = await temporaryEngine();
  return { checkpoints: embeddedRelayCheckpoints(engine), close };
});
