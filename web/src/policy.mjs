// Who must have cosigned a head: the list of an election record, or a c2sp.org/tlog-policy file; and what state a head is in.

import { text as decode } from './bytes.mjs';
import { cosignatureOf } from './checkpoint.mjs';
import { demand } from './failure.mjs';
import { ED25519, keyIdOf, parseVkey } from './note.mjs';

/** Mirrors of so many classes make a head held. */
const HELD_CLASSES = 2;

/**
 * @typedef {{name: string, keys: import('./checkpoint.mjs').Vkey[], organisation: string, group: string}} Cosigner
 *   `group`: the class of its organisation
 * @typedef {{witnesses: Cosigner[], mirrors: Cosigner[], quorum: number}} ElectionPolicy
 * @typedef {{name: string, group: string, state: 'good' | 'absent' | 'bad' | 'not-checked', time: number | null}} Said
 */

/**
 * The list of an election record.
 * @param {Record<string, any>} fields of the parsed record
 * @returns {ElectionPolicy}
 */
export function electionPolicy(fields) {
  const groups = new Map(fields.organisation.map(([name, , group]) => [name, group]));
  return {
    witnesses: cosigners(fields.witness, groups),
    mirrors: cosigners(fields.mirror, groups),
    quorum: fields['witness-quorum'],
  };
}

/** Keys of one name are one cosigner. @param {[string, string][]} rows @param {Map<string, string>} groups */
function cosigners(rows, groups) {
  /** @type {Map<string, Cosigner>} */
  const found = new Map();
  for (const [token, organisation] of rows) {
    const key = parseVkey(token);
    const group = groups.get(organisation) ?? '';
    if (!found.has(key.name)) found.set(key.name, { name: key.name, keys: [], organisation, group });
    found.get(key.name).keys.push(key);
  }
  return [...found.values()];
}

/**
 * The list that amendments leave in force, as the ledger has it.
 * @param {{witness: Map<string, any>, mirror: Map<string, any>, quorum: number}} cosigners by name: key, algorithm, organisation
 * @param {Map<string, string>} groups class by organisation
 * @returns {ElectionPolicy}
 */
export function policyInForce({ witness, mirror, quorum }, groups) {
  const list = (found) => [...found].map(([name, { key, algorithm, organisation }]) => ({
    name, organisation, group: groups.get(organisation) ?? '', keys: [{ name, key, algorithm, keyId: keyIdOf(name, algorithm, key) }],
  }));
  return { witnesses: list(witness), mirrors: list(mirror), quorum };
}

/**
 * What each says of a head. A line that is not its signature counts nothing, and is named.
 * @param {import('./checkpoint.mjs').Checkpoint} checkpoint
 * @param {Cosigner[]} list
 * @returns {Said[]}
 */
export function saidBy(checkpoint, list) {
  return list.map(({ name, group, keys }) => {
    const all = keys.map((key) => cosignatureOf(checkpoint, key));
    const found = ['good', 'bad', 'not-checked', 'absent'].map((state) => all.find((one) => one.state === state)).find(Boolean);
    return { name, group, state: found.state, time: found.time ?? null };
  });
}

/**
 * The three states: signed by the log alone, cosigned by the quorum, held by mirrors of two classes.
 * @param {import('./checkpoint.mjs').Checkpoint} checkpoint signed by the log
 * @param {ElectionPolicy} policy
 */
export function stateOf(checkpoint, policy) {
  const witnesses = saidBy(checkpoint, policy.witnesses);
  const mirrors = saidBy(checkpoint, policy.mirrors);
  const isGood = (said) => said.state === 'good';
  const classes = new Set(mirrors.filter(isGood).map((said) => said.group));
  const isCosigned = policy.quorum > 0 && witnesses.filter(isGood).length >= policy.quorum;
  return { witnesses, mirrors, quorum: policy.quorum, isCosigned, isHeld: classes.size >= HELD_CLASSES };
}

/** Lines of a policy file, and what it may hold at most. */
const POLICY_BYTES_MAX = 256 * 1024;
const MEMBERS_MAX = 128;

/**
 * A c2sp.org/tlog-policy file.
 * @param {Uint8Array} bytes
 */
export function parsePolicy(bytes) {
  demand(bytes.length <= POLICY_BYTES_MAX, 'L601', 'a policy file is larger than it may be');
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: undefined };
  const used = new Set();
  for (const [i, raw] of decode(bytes).split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const words = line.split(/[ \t]+/);
    const read = POLICY_LINES[words[0]];
    demand(read !== undefined, 'L601', `line ${i + 1}: ${words[0]} is no line of a policy`);
    read(policy, words.slice(1), used, `line ${i + 1}`);
  }
  demand(policy.quorum !== undefined, 'L601', 'a policy without a quorum line');
  return policy;
}

const POLICY_LINES = {
  log(policy, [vkey, url, ...more], _used, where) {
    demand(vkey !== undefined && more.length === 0, 'L601', `${where}: log <vkey> [url]`);
    const key = parseVkey(vkey);
    demand(key.algorithm === ED25519, 'L601', `${where}: not a key that signs heads`);
    policy.logs.push({ key, url: url ?? null });
  },
  witness(policy, [name, vkey, url, ...more], _used, where) {
    demand(vkey !== undefined && more.length === 0, 'L601', `${where}: witness <name> <vkey> [url]`);
    demand(isNewName(policy, name), 'L601', `${where}: ${name} stands already`);
    policy.witnesses.set(name, { key: parseVkey(vkey), url: url ?? null });
    demand(policy.witnesses.size <= MEMBERS_MAX, 'L601', `${where}: too many witnesses`);
  },
  group(policy, [name, need, ...members], used, where) {
    demand(members.length > 0 && isNewName(policy, name), 'L601', `${where}: group <name> all|any|<k> <members…>`);
    for (const member of members) {
      demand(policy.witnesses.has(member) || policy.groups.has(member), 'L601', `${where}: ${member} does not stand above`);
      demand(!used.has(member), 'L601', `${where}: ${member} is a member already`);
      used.add(member);
    }
    const count = need === 'all' ? members.length : need === 'any' ? 1 : /^[1-9][0-9]{0,3}$/.test(need) ? Number(need) : 0;
    demand(count >= 1 && count <= members.length, 'L601', `${where}: ${need} of ${members.length} members`);
    policy.groups.set(name, { count, members });
    demand(policy.groups.size <= MEMBERS_MAX, 'L601', `${where}: too many groups`);
  },
  quorum(policy, [name, ...more], _used, where) {
    const isKnown = name === 'none' || policy.witnesses.has(name) || policy.groups.has(name);
    demand(isKnown && more.length === 0, 'L601', `${where}: quorum <name>|none, of what stands above`);
    demand(policy.quorum === undefined, 'L601', `${where}: a second quorum line`);
    policy.quorum = name;
  },
};

function isNewName(policy, name) {
  return name !== 'none' && !policy.witnesses.has(name) && !policy.groups.has(name);
}

/** @param {ReturnType<typeof parsePolicy>} policy @param {Set<string>} good names of witnesses whose line is good */
export function policyHolds(policy, good) {
  const holds = (name) => {
    const group = policy.groups.get(name);
    return group === undefined ? good.has(name) : group.members.filter(holds).length >= group.count;
  };
  return policy.quorum === 'none' || holds(policy.quorum);
}
