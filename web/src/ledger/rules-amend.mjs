/**
 * The rule of `amend`: who is a custodian, how many sign, what is admitted, and the policy of witnesses, mirrors and intakes.
 */

import { demand, Failure } from '../failure.mjs';
import { parseVkey } from '../note.mjs';
import { COSIGNER_KINDS, demandPolicy, demandQuorums, RULES_VERSION } from './election.mjs';
import { keyHash, possessionText, provesPossession } from './roster.mjs';
import { demandQuorum } from './signers.mjs';

/** @type {Record<string, import('./rules.mjs').Rule>} */
export const AMEND_RULES = { amend };

const POLICY_LINES = ['witness-out', 'witness-in', 'mirror-out', 'mirror-in', 'intake-out', 'intake-in'];
const MANY_LINES = ['custodian-out', 'custodian-in', 'quorum', 'admits', ...POLICY_LINES];

/** @param {import('./rules.mjs').Case} given */
function amend({ ledger, record, fields, holders, place }) {
  const { election, roster } = ledger;
  const policy = POLICY_LINES.some((key) => fields[key].length > 0) || fields['witness-quorum'] !== undefined;
  const organisations = holders.filter(({ role }) => role === 'organisation');
  demandQuorum(holders, election.quorums, 'amend');
  const changes = MANY_LINES.some((key) => fields[key].length > 0) || policy || fields.rules !== undefined;
  demand(changes, 'R105', 'an amendment changes something');
  if (policy) demandOrganisations(election, organisations);
  const leaving = fields['custodian-out'].map((/** @type {string} */ name) => {
    const holder = roster.byName.get(name);
    if (holder?.role !== 'custodian' || holder.revoked !== Infinity) throw new Failure('R308', `${name} is no custodian here`);
    return holder;
  });
  const coming = readCustodians(ledger, record, fields);
  const cosigners = policy ? changePolicy(election, fields) : null;
  demand(fields.rules === undefined || fields.rules[0] === RULES_VERSION, 'R106', 'these rules are not known here');
  if (cosigners) demandPolicy(election, cosigners);
  const quorums = new Map([...election.quorums, ...fields.quorum]);
  const inForce = [...roster.byName.values()].filter(({ role, revoked }) => role === 'custodian' && revoked === Infinity);
  demandQuorums(quorums, inForce.length + coming.length - leaving.length);
  return () => {
    for (const holder of leaving) holder.revoked = place;
    for (const custodian of coming) roster.enrol({ ...custodian, since: place, late: ledger.zero !== null });
    for (const kind of fields.admits) election.admits.add(kind);
    election.quorums = quorums;
    if (cosigners) {
      election.cosigners = cosigners;
      ledger.policies.push({ place, cosigners });
    }
    ledger.changes.push({ place, text: `amended, ${fields.reason}` });
  };
}

/** @param {import('./election.mjs').Election} election @param {import('./roster.mjs').Holder[]} signing */
function demandOrganisations({ organisations }, signing) {
  const enough = organisations.size === 0 || signing.length * 2 > organisations.size;
  demand(enough, 'R204', `${signing.length} of ${organisations.size} organisations sign, more than half must`);
}

/**
 * @param {import('./ledger.mjs').Ledger} ledger @param {import('./record.mjs').Record} record
 * @param {import('./text.mjs').Fields} fields
 */
function readCustodians({ election, roster }, record, fields) {
  const hashes = new Set();
  return fields['custodian-in'].map((/** @type {any[]} */ [name, key, , proof], /** @type {number} */ i) => {
    const hash = key === null ? '' : keyHash(key);
    const isNew = roster.isNew(name, hash) && !hashes.has(hash);
    hashes.add(hash);
    demand(isNew, 'R209', `${name} or its public key stands already`);
    demand(key !== null, 'R207', `the key ${name} is of a type that signs no records`);
    const proven = record.proofVerdicts?.[i] ?? provesPossession(key, possessionText('origin', election.origin, name, hash), proof);
    demand(proven, 'R208', `${name}: the proof does not verify`);
    return { name, key, hash, role: 'custodian' };
  });
}

/**
 * @param {import('./election.mjs').Election} election @param {import('./text.mjs').Fields} fields
 * @returns {import('./election.mjs').Cosigners}
 */
function changePolicy({ cosigners }, fields) {
  const changed = { witness: new Map(cosigners.witness), mirror: new Map(cosigners.mirror), intake: new Map(cosigners.intake),
    quorum: fields['witness-quorum'] ?? cosigners.quorum };
  for (const kind of COSIGNER_KINDS) {
    for (const name of fields[`${kind}-out`]) demand(changed[kind].delete(name), 'R308', `${name} is not in the policy in force`);
    for (const [token, organisation] of fields[`${kind}-in`]) {
      const { name, key, algorithm } = parseVkey(token);
      demand(!changed[kind].has(name), 'R209', `${name} stands in the policy already`);
      changed[kind].set(name, { token, organisation, key, algorithm });
    }
  }
  return changed;
}
