import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { customerContext } from '@tillroll/service/contexts/customer';
import { announceOnOutput, prepareAdminAccount } from '@tillroll/service/first-start/prepare';
import { runService } from '@tillroll/service/program/run-service';

runService({ name: 'customer', contexts: [customerContext], prepare: (preparing) => prepareAdminAccount(preparing, announceOnOutput(preparing.settings)) });
