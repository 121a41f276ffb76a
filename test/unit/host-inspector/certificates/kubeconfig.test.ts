import { assert } from 'chai';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { parseClientCertificates } from '../../../../plugins/host-inspector/certificates/kubeconfig.ts';

const where = '/etc/kubernetes/x.conf';
const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const DATA = Buffer.from(PEM).toString('base64');
const read = (text: string) => parseClientCertificates(text, where);
const embedded = { embedded: [PEM], files: [] };
const named = (...files: readonly string[]) => ({ embedded: [], files });

/** As kubeadm writes it. */
const KUBEADM = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA}
    server: https://192.0.2.1:6443
  name: kubernetes
kind: Config
users:
- name: system:node:worker-1
  user:
    client-certificate-data: ${DATA}
    client-key-data: c2VjcmV0
`;

describe('a kubeconfig file', () => {
  const table: readonly { readonly what: string; readonly text: string; readonly want: ReturnType<typeof read> }[] = [
    { what: 'of kubeadm holds a client certificate, and the authority is none', text: KUBEADM, want: embedded },
    { what: 'may have the ends of lines of Windows', text: KUBEADM.replaceAll('\n', '\r\n'), want: embedded },
    { what: 'may name a file', text: '    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n    client-key: /x\n', want: named('/var/lib/kubelet/pki/kubelet-client-current.pem') },
    { what: 'may name it in quotes, with a comment behind', text: `- client-certificate: "/a b.pem" # new\n  "client-certificate": '/c#d.pem'\n`, want: named('/a b.pem', '/c#d.pem') },
    { what: 'may name it with blanks in it', text: 'client-certificate: /a b/c.pem  # new\n', want: named('/a b/c.pem') },
    { what: 'may have tabs behind the colon', text: 'client-certificate:\t/a.pem\t# x\n', want: named('/a.pem') },
    { what: 'may be several documents', text: `---\nclient-certificate: a.pem\n---\nclient-certificate-data: ${DATA}\n`, want: { embedded: [PEM], files: ['a.pem'] } },
    { what: 'may have comments', text: `# client-certificate: /old.pem\n  # client-certificate-data: {\n`, want: named() },
    { what: 'may leave it empty', text: 'client-certificate:\nclient-certificate-data: ""\nclient-certificate: ~\nclient-certificate: null\n    # none\nclient-certificate-data: # none\n', want: named() },
    { what: 'may have another way to say who it is', text: 'users:\n- name: x\n  user:\n    exec:\n      command: aws\n', want: named() },
    { what: 'may have a user named after it', text: 'users:\n- name: my-client-certificate\n  user:\n    tokenFile: /x\n', want: named() },
    { what: 'may be JSON', text: JSON.stringify({ users: [{ name: 'a', user: { 'client-certificate-data': DATA, 'client-key-data': 'c2VjcmV0' } }, { name: 'b', user: { 'client-certificate': '/b.pem' } }, { name: 'c', user: { token: 'x' } }] }), want: { embedded: [PEM], files: ['/b.pem'] } },
    { what: 'may be JSON over several lines', text: `\n${JSON.stringify({ users: [{ user: { 'client-certificate': '/b.pem' } }] }, null, 2)}`, want: named('/b.pem') },
    { what: 'may be JSON without users', text: '{"users": null}', want: named() },
    { what: 'may have it in whatever place of a list', text: '- - client-certificate: /a\n    client-key: /b\n  - client-certificate: /c\n- x\n', want: named('/a', '/c') },
    { what: 'may be empty', text: '', want: named() },
  ];
  for (const { what, text, want } of table) it(what, () => assert.deepEqual(read(text), want));

  it('in a form that is not understood is refused, and nothing of it is quoted', () => {
    const FORM = '/etc/kubernetes/x.conf: line 1 gives a client certificate in a form that is not understood';
    for (const text of [
      `{user: {client-certificate-data: ${DATA}}}`.replace('{', ' - {'), 'client-certificate: |\n  /secret.pem', 'client-certificate-data: >-\n  secret', 'client-certificate: &secret /x', 'client-certificate: *secret',
      'client-certificate: "/secret\\u0041"', "client-certificate: '/it''s secret'", 'client-certificate: [secret]', 'client-certificate: "secret', 'x: y, client-certificate: secret', 'client-certificate: !!binary secret', 'client-certificate:\n  secret\n', '- client-certificate:\n    /secret\n', 'client-certificate: /sec\n  ret\n',
    ]) {
      assert.throws(() => read(text), FORM, text);
    }
    for (const text of ['{"users": [{"user": {"client-key-data": "secret"', '{"users": "secret"}', '{"users": [{"user": {"client-certificate": ["secret"]}}]}', 'client-certificate-data: secret!', 'client-certificate-data: secre']) {
      assert.throws(() => read(text), /^\/etc\/kubernetes\/x\.conf: (?!.*secre)/, text);
    }
  });

  it('of very long lines takes no long time', () => {
    for (const filler of [' ', 'a', ' a', '-', '- ', '"', "'", 'client-certificate ']) {
      const began = performance.now();
      for (const text of [`client-certificate: a${filler.repeat(100_000)}#`, `client-certificate: ${filler.repeat(100_000)}:`, `${filler.repeat(100_000)}client-certificate: x`]) {
        try {
          read(text);
        } catch {
          // Refused, but soon.
        }
      }
      assert.isBelow(performance.now() - began, 1_000, filler);
    }
  });

  it('of quotes and blanks of any kind is read as YAML reads it, or refused', () => {
    const value = fc.stringMatching(/^[a-z"'/ #:.\\-]{0,12}$/);
    fc.assert(fc.property(value, fc.constantFrom('', '"', "'"), (raw, quote) => {
      // A word to us, and to whoever gave it.
      fc.pre(!/^(?:true|false)$/.test(raw.trim()));
      const line = `client-certificate: ${quote}${raw}${quote}`;
      let ours;
      try {
        ours = read(`${line}\n`).files;
      } catch {
        return;
      }
      const theirs = (parse(line) as { 'client-certificate': unknown })['client-certificate'];
      assert.deepEqual(ours, theirs === null || theirs === '' ? [] : [theirs as string], line);
    }), { numRuns: 2_000 });
  });
});
