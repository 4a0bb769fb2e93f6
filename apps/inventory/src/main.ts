import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { inventoryContext } from '@tillroll/service/contexts/inventory';
import { prepareCatalogue } from '@tillroll/service/first-start/prepare';
import { runService } from '@tillroll/service/program/run-service';

runService({ name: 'inventory', contexts: [inventoryContext], prepare: prepareCatalogue });
