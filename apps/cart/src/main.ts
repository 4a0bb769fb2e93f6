import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { cartContext } from '@tillroll/service/contexts/cart';
import { runService } from '@tillroll/service/program/run-service';

runService({ name: 'cart', contexts: [cartContext] });
