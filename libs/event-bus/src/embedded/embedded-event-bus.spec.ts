import { embeddedPlace } from '../testing/embedded-place';
import { eventBusContract } from '../testing/event-bus-contract';

eventBusContract('embedded', () => embeddedPlace());
