// The races of one process, between separate services.
process.env['TOPOLOGY'] = 'distributed';
jest.setTimeout(300_000);

import '../races/managing.test';
import '../races/paying.test';
import '../races/placing.test';
