import { experimental, logVerbosity } from '@grpc/grpc-js';
import { assert } from 'chai';

import { silentLogger } from '../../../plugins/core/log.ts';
import { routeGrpcLog } from '../../../plugins/rpc/grpc-log.ts';
import { keptLog } from '../../support/rpc-log.ts';

describe('what grpc-js itself reports', () => {
  afterEach(() => routeGrpcLog(silentLogger));

  it('becomes a line of our log, with its text as data', () => {
    const { log, lines } = keptLog();
    routeGrpcLog(log);
    experimental.log(logVerbosity.ERROR, 'no listener', 7);
    experimental.log(logVerbosity.DEBUG, 'chatter, which is off');
    assert.deepEqual(lines, [{ level: 'error', message: 'grpc-js says', text: 'no listener 7' }]);
  });
});
