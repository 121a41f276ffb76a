import { assert } from 'chai';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { MonitorStatus } from '../../plugins/core/status.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { type Folder, eventually, temporaryFolder } from '../support/eventually.ts';
import { ask } from '../support/http-client.ts';
import { type Program, start } from '../support/program.ts';
import { quietNetwork } from '../support/quiet-network.ts';

async function poll(socket: string, when: (status: MonitorStatus) => boolean, parameters: Readonly<Record<string, string>> = {}): Promise<MonitorStatus> {
  return await eventually('the answer', async () => {
    if (!existsSync(socket)) return undefined;
    using client = connect(socket);
    const status = await client.checkHealth(parameters, 1, { timeoutMs: 5_000 }).catch(() => undefined);
    return status !== undefined && when(status) ? status : undefined;
  });
}

function statusOf({ conditions }: MonitorStatus, type: string): string | undefined {
  return conditions.find((condition) => condition.type === type)?.status;
}

function serving(folder: Folder, ...flags: string[]): Program {
  return start(['serve', 'network-verifier', '--socket-dir', folder.path, '--state-dir', folder.path, '--http', `unix:${folder.file('http')}`, ...flags]);
}

describe('serve network-verifier', () => {
  it('proves the network within seconds, and tells no fault that has not lasted', async () => {
    await using network = await quietNetwork();
    using folder = temporaryFolder();
    await using program = serving(folder, ...network.flags);
    const socket = folder.file('npd-network-verifier.sock');
    const verified = await poll(socket, (status) => statusOf(status, 'NetworkVerified') === 'True');
    assert.deepEqual(verified.conditions.map(({ type, status }) => [type, status]), [
      ['ClusterDNSUnavailable', 'False'], ['APIServerUnreachable', 'False'], ['NetworkTargetUnreachable', 'False'], ['ServiceDiscoveryFailed', 'False'], ['NetworkVerified', 'True'],
    ]);
    assert.include(verified.conditions.find(({ type }) => type === 'APIServerUnreachable')?.message ?? '', 'no cluster here');
    const metrics = (await ask(`unix:${folder.file('http')}`, '/metrics')).text;
    assert.match(metrics, /^npd_plugins_network_attempts_total\{.*check="dns".*\} [1-9]/m);
    assert.match(metrics, /^npd_plugins_network_attempt_duration_seconds_bucket\{.*le="\+Inf".*\} [1-9]/m);
    await network.nameServer.behave({ udp: 'closed', tcp: 'closed' });
    // Other thresholds than before: all look at once. It has not lasted yet, so nothing is told.
    const soon = await poll(socket, () => true, { dnsMaxLatency: '1s' });
    assert.equal(statusOf(soon, 'ClusterDNSUnavailable'), 'False');
    program.kill('SIGTERM');
    assert.equal((await program.ended).code, 0);
    assert.deepEqual(readdirSync(folder.path), ['network-verifier.state.json']);
  });

  it('in a Pod has names of its own, and the same section of a configuration file', async () => {
    await using network = await quietNetwork();
    using folder = temporaryFolder();
    const config = folder.file('config.json');
    writeFileSync(config, JSON.stringify({ 'network-verifier': { dnsNames: ['db.example.com=192.0.2.7'] } }));
    await network.nameServer.behave({ records: { 'db.example.com': ['192.0.2.7'] } });
    await using program = serving(folder, '--scope', 'pod', '--config', config, '--status-dir', folder.path, ...network.flags);
    const status = await poll(folder.file('npd-pod-network-verifier.sock'), (found) => statusOf(found, 'PodNetworkVerified') === 'True');
    assert.equal(status.source, 'pod-network-verifier');
    assert.include(network.nameServer.asked(), 'UDP A db.example.com.');
    assert.equal((await ask(`unix:${folder.file('http')}`, '/readyz')).status, 200);
    assert.includeMembers(readdirSync(folder.path), ['npd-pod-network-verifier.sock', 'pod-network-verifier.state.json', 'pod-network-verifier.status']);
    assert.include(readFileSync(folder.file('pod-network-verifier.state.json'), 'utf8'), 'PodNetworkVerified');
    program.kill('SIGTERM');
    assert.equal((await program.ended).code, 0);
  });

  it('that has proven nothing says Unknown, and not healthy', async () => {
    await using network = await quietNetwork();
    using folder = temporaryFolder();
    await network.nameServer.behave({ udp: 'REFUSED', tcp: 'REFUSED' });
    await using program = serving(folder, ...network.flags);
    const status = await poll(folder.file('npd-network-verifier.sock'), ({ conditions }) => conditions[0]?.message.startsWith('not verified yet: ') === true);
    assert.deepEqual([statusOf(status, 'ClusterDNSUnavailable'), statusOf(status, 'NetworkVerified')], ['Unknown', 'Unknown']);
    await network.nameServer.behave({ udp: 'answers', tcp: 'answers' });
    await poll(folder.file('npd-network-verifier.sock'), (found) => statusOf(found, 'NetworkVerified') === 'True', { dnsMaxLatency: '1500ms' });
    assert.isAbove(program.pid, 0);
  });
});
