/**
 * The rules of keys: those of a keys table, and `key`.
 */

import { demand, Failure } from '../failure.mjs';
import { keyHash, possessionText, provesPossession } from './roster.mjs';
import { holds } from './register.mjs';
import { demandQuorum, FOUNDING_ROLES } from './signers.mjs';
import { shardsOf } from './tables.mjs';

/** Roles whose keys a returning officer may change within its own area. */
const OF_A_STATION = new Set(['kit', 'presiding', 'deputy']);

/** @type {Record<string, import('./rules.mjs').Rule>} */
export const KEY_RULES = { key };

/**
 * The keys of a keys table, judged.
 * @param {import('./ledger.mjs').Ledger} ledger @param {import('./tables.mjs').Tables} tables @param {string} hash
 * @param {Map<string, unknown>} areas @param {Map<string, unknown>} stations
 */
export function keysToEnrol({ election, roster }, tables, hash, areas, stations) {
  const rows = [];
  for (const [, shard] of shardsOf(tables, hash, 'keys')) {
    for (let i = 0; i < shard.fields.key.length; i++) {
      const [name, role, scope, code, publicKey, proof, party = null] = shard.fields.key[i];
      const known = scope === 'station' ? stations : areas;
      demand(known.has(code), 'R306', `the key ${name} is for ${scope} ${code}, which is in no register`);
      demand(publicKey !== null, 'R207', `the key ${name} is of a type that signs no records`);
      demand(role !== 'agent' || election.parties.has(party), 'R202', `the agent's key ${name} names no party of this election`);
      rows.push({ name, role, scope, code, key: publicKey, party, hash: keyHash(publicKey), proof, verdict: shard.verdicts[i] });
    }
  }
  const names = new Set();
  const hashes = new Set();
  for (const { name, key: publicKey, hash: own, proof, verdict } of rows) {
    demand(roster.isNew(name, own) && !names.has(name) && !hashes.has(own), 'R209', `${name} or its public key stands already`);
    names.add(name);
    hashes.add(own);
    const proven = verdict ?? provesPossession(publicKey, possessionText('election', election.fingerprint, name, own), proof);
    demand(proven, 'R208', `${name}: the proof does not verify`);
  }
  return rows;
}

/** @param {import('./rules.mjs').Case} given */
function key({ ledger, record, fields, holders, place }) {
  const { roster, register, election } = ledger;
  const old = fields.old === undefined ? null : roster.byName.get(fields.old);
  if (old === undefined) throw new Failure('R201', `${fields.old} was never enrolled`);
  demand(fields.action !== 'revoke' || old?.revoked === Infinity, 'R308', `the key of ${fields.old} is revoked already`);
  const enrolled = fields.new === undefined ? null : readNew(fields.new);
  if (enrolled) placeOf(register, enrolled);
  if (enrolled) {
    const hash = keyHash(enrolled.key);
    demand(roster.isNew(enrolled.name, hash), 'R209', `${enrolled.name} or its public key stands already`);
    const message = possessionText('election', election.fingerprint, enrolled.name, hash);
    const proven = record.proofVerdicts?.[0] ?? provesPossession(enrolled.key, message, enrolled.proof);
    demand(proven, 'R208', `${enrolled.name}: the proof does not verify`);
  }
  for (const subject of [old, enrolled]) if (subject) demandAuthority(ledger, subject, holders);
  return () => {
    const late = ledger.zero !== null;
    if (old) old.revoked = Math.min(old.revoked, place);
    if (enrolled) roster.enrol({ ...enrolled, since: place, late });
    if (enrolled && late) ledger.lateKeys.push({ place, name: enrolled.name });
    ledger.changes.push({ place, text: changeText(fields, old, enrolled, late) });
  };
}

/** @param {any[]} values of a `new` line */
function readNew([name, role, scope, code, publicKey, proof, party = null]) {
  return { name, role, scope, code, key: publicKey, proof, party };
}

/**
 * The station, or the area, of a key.
 * @param {import('./register.mjs').Register} register @param {{scope: string | null, code: string | null}} key
 */
function placeOf(register, { scope, code }) {
  return scope === 'station' ? register.station(String(code)) : register.area(String(code));
}

/**
 * A party's root for its agents, and only it; a returning officer for stations of its own area; else the quorum.
 * @param {import('./ledger.mjs').Ledger} ledger
 * @param {{role: string, party: string | null, scope: string | null, code: string | null}} subject
 * @param {import('./roster.mjs').Holder[]} holders
 */
function demandAuthority({ election, register }, subject, holders) {
  const { role, party } = subject;
  demand(!FOUNDING_ROLES.has(role), 'R202', 'keys that stand in the election record change only by `amend`');
  if (role === 'agent') {
    demand(party !== null && election.parties.has(party), 'R202', "an agent's key names a party of the election record");
    const root = holders.length === 1 && holders[0].role === 'party' && holders[0].party === party;
    demand(root, 'R202', `keys of ${party}'s agents are enrolled and revoked by its root key alone`);
    return;
  }
  if (!OF_A_STATION.has(role)) return demandQuorum(holders, election.quorums, 'key');
  try {
    demandQuorum(holders, election.quorums, 'key');
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'R204') throw error;
    const place = placeOf(register, subject);
    const path = 'area' in place ? place.area.path : place.path;
    const own = holders.every(({ role: signing, scope, code, revoked }) => (
      signing === 'returning' && revoked === Infinity && scope === 'area' && holds(path, String(code))));
    demand(own, 'R202', "this needs the quorum, or the returning officer of the station's own area");
  }
}

/**
 * @param {import('./text.mjs').Fields} fields @param {{name: string} | null} old @param {{name: string, role: string} | null} enrolled
 * @param {boolean} late
 */
function changeText({ action, reason }, old, enrolled, late) {
  const after = late ? ', after the zero report' : '';
  if (action === 'enrol') return `key ${enrolled?.name} enrolled as ${enrolled?.role}, ${reason}${after}`;
  if (action === 'revoke') return `key ${old?.name} revoked, ${reason}${after}`;
  return `key ${old?.name} replaced by ${enrolled?.name} as ${enrolled?.role}, ${reason}${after}`;
}
