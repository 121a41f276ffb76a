import { assert } from 'chai';
import { hostConfigText } from '../../../plugins/npd/config-text.ts';
import { readHostConfig } from '../../../plugins/npd/config.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';

describe('a configuration file made from a condition table', () => {
  it('is accepted by the host without a warning, and means what was asked for', () => {
    const text = hostConfigText({ monitor: 'm', specs: hostConditions, socketAddress: '/run/m.sock', invokeIntervalMs: 20_000, timeoutMs: 7_000 });
    const { config, errors, warnings } = readHostConfig(text);
    assert.deepEqual({ errors, warnings }, { errors: [], warnings: [] });
    assert.deepEqual(config, {
      source: 'm', socketAddress: '/run/m.sock', invokeIntervalMs: 20_000, timeoutMs: 7_000, skipInitialStatus: true,
      retryPolicy: { maxAttempts: 5, backoffMultiplier: 2, initialBackoffMs: 1_000, maxBackoffMs: 300_000 },
      healthCheck: { intervalMs: 30_000, errorThreshold: 3 },
      pluginParameters: {},
      conditions: hostConditions.map(({ type, healthy }) => ({ type, reason: healthy.reason, message: healthy.message })),
    });
  });
});
