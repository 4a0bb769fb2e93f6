import { eventBusContract } from '../testing/event-bus-contract';
import { brokersOfTheSetting, kafkaPlace } from './testing/kafka-place';

eventBusContract('kafka', () => kafkaPlace({ brokers: brokersOfTheSetting() }));
