import { assert } from 'chai';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import { ladderOf, ladderText } from '../../../plugins/host-inspector/privileges/ladder.ts';
import { type Privileges, readPrivileges } from '../../../plugins/linux/privileges.ts';
import { hostTree } from '../../support/host-tree.ts';

type Name = keyof Omit<Privileges, 'notes' | 'hasLxcfs'>;

function having(names: readonly Name[]): Privileges {
  const grant = (name: Name) => (names.includes(name) ? ({ state: 'granted', evidence: 'seen' } as const) : ({ state: 'missing', evidence: 'not seen' } as const));
  return {
    hostRoot: grant('hostRoot'), uid0: grant('uid0'), hostPid: grant('hostPid'), hostNetwork: grant('hostNetwork'), ptrace: grant('ptrace'), kernelLog: grant('kernelLog'),
    hasLxcfs: false, notes: [],
  };
}

const ALL: readonly Name[] = ['hostRoot', 'uid0', 'hostPid', 'hostNetwork', 'ptrace', 'kernelLog'];

describe('the ladder of privileges', () => {
  it('is climbed as far as every rung below is granted', () => {
    const rungs = [[], ['uid0'], ['hostRoot', 'uid0'], ['hostRoot', 'uid0', 'hostPid'], ALL.slice(0, 4), ALL.slice(0, 5), ALL, ALL.filter((name) => name !== 'hostPid')]
      .map((names) => ladderOf(having(names as readonly Name[]), hostConditions).rung);
    assert.deepEqual(rungs, [undefined, undefined, 'a', 'b', 'c', 'd', 'e', 'a']);
  });

  it('tells what each further rung would add, from the table of conditions', () => {
    const { grants } = ladderOf(having(['hostRoot', 'uid0']), hostConditions);
    for (const { rung, adds } of grants.filter((grant) => grant.rung !== 'a')) {
      const reasons = hostConditions.flatMap((spec) => spec.reasons.filter(({ privilege }) => privilege === rung).map(({ reason }) => reason));
      for (const reason of reasons) assert.include(adds, reason);
    }
    const named = grants.filter(({ rung }) => rung !== 'a').map(({ adds }) => adds).join(' ');
    for (const { reason, privilege } of hostConditions.flatMap(({ reasons }) => reasons)) assert.equal(new RegExp(`\\b${reason}\\b`).test(named), privilege !== 'a', reason);
  });

  it('is one line', () => {
    const text = ladderText(ladderOf({ ...having(ALL.slice(0, 5)), notes: ['LXCFS stands before files of /proc'] }, []));
    assert.equal(text, 'on rung d of privileges (a to e); e: CAP_SYSLOG with /dev/kmsg is missing (not seen), it would add nothing that is judged; LXCFS stands before files of /proc');
    assert.match(ladderText(ladderOf(having([]), [])), /^below the first rung of privileges; a: host's \/ with HostToContainer is missing \(not seen\), it would add /);
  });

  it('is not told of a recording: nothing is proven there', () => {
    using tree = hostTree();
    const ladder = ladderOf(readPrivileges(tree.root), hostConditions);
    assert.isTrue(ladder.grants.every(({ state }) => state === 'unknown'));
    assert.equal(ladderText(ladder), 'privileges cannot be proven: there is no procfs below the root: a recording, or nothing is mounted there');
  });

  it('is found on this machine, whoever asks', () => {
    const { hostPid, hostNetwork, uid0 } = readPrivileges('/');
    assert.deepEqual([hostPid.state, hostNetwork.state], ['granted', 'granted']);
    assert.equal(uid0.evidence.startsWith('uid 0'), process.geteuid?.() === 0);
  });
});
