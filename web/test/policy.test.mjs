import assert from 'node:assert/strict';
import test from 'node:test';

import { utf8 } from '../src/bytes.mjs';
import { parsePolicy, policyHolds } from '../src/policy.mjs';
import { keyFor } from './fixture.mjs';

const log = keyFor('log.mfano.example/fixture');
const [a, b, c] = ['a', 'b', 'c'].map((name) => keyFor(`witness.example/${name}`, 4));
const GOOD = `# who watches
log ${log.vkey} https://log.mfano.example/

witness a ${a.vkey} https://a.example/
witness b ${b.vkey}
witness\tc   ${c.vkey}
group two any a b
group all all two c
quorum all
`;

test('a policy: groups of groups', () => {
  const policy = parsePolicy(utf8(GOOD));
  assert.equal(policy.logs[0].key.name, 'log.mfano.example/fixture');
  const cases = [[['a', 'c'], true], [['b', 'c'], true], [['a', 'b'], false], [['c'], false], [[], false], [['a', 'b', 'c'], true]];
  for (const [good, holds] of cases) assert.equal(policyHolds(policy, new Set(good)), holds, good.join());
  assert.ok(policyHolds(parsePolicy(utf8('quorum none\n')), new Set()));
});

test('what is no policy is refused', () => {
  for (const [from, to] of [['quorum all\n', ''], ['quorum all', 'quorum other'], ['quorum all', 'quorum all\nquorum all'], ['any a b', 'any a a'],
    ['any a b', '3 a b'], ['any a b', '0 a b'], ['any a b', 'any'], ['all two c', 'all two d'], ['all two c', 'all two a'], ['witness b', 'witness a'],
    ['group two', 'group a'], ['group two', 'group none'], ['log ', 'logs '], [log.vkey, a.vkey], ['quorum all', 'quorum all more']]) {
    assert.ok(GOOD.includes(from), from);
    assert.throws(() => parsePolicy(utf8(GOOD.replace(from, to))), { code: 'L601' }, `${from} -> ${to}`);
  }
});
