/**
 * The rules of acts about many stations or about the log: `ruling`, `collation`, `declaration`, `head`, `refusal`.
 */

import { base64, unbase64, unhex, utf8 } from '../bytes.mjs';
import { verifyStrict } from '../ed25519.mjs';
import { demand, Failure } from '../failure.mjs';
import { demandAtStation, demandInForce, demandLog, demandQuorum, demandSigners, holdsArea } from './signers.mjs';
import { demandZero } from './rules-papers.mjs';
import { tableNamed } from './tables.mjs';
import { valueReader } from './values.mjs';

/** @typedef {import('./rules.mjs').Case} Case */

/** @type {Record<string, import('./rules.mjs').Rule>} */
export const ACT_RULES = { ruling, collation, declaration, head, refusal };

/** @param {Case} given */
function ruling({ ledger, record, fields, holders, place }) {
  demandZero(ledger);
  const race = ledger.race(fields.contest);
  const station = ledger.register.station(fields.station);
  demand(fields.rank !== 'court' || fields.order !== undefined, 'R105', "a court's ruling names its order");
  if (fields.rank === 'returning') {
    demandAtStation(holders, station, ['returning', 'second']);
    demandInForce(holders);
  } else demandQuorum(holders, ledger.election.quorums, 'ruling');
  for (const id of fields.considered) {
    const paper = ledger.paper(id);
    demand(paper.station === station && paper.contest === fields.contest, 'R304', `${id} is of another station or contest`);
  }
  const considered = fields.stands === undefined || fields.considered.includes(fields.stands);
  demand(considered, 'R105', 'the form that stands is one of those considered');
  return () => {
    const rulings = race.rulings.get(station.code) ?? [];
    race.rulings.set(station.code, rulings);
    rulings.push({ place, id: record.id, rank: fields.rank, stands: fields.stands, disregarded: fields.disregarded });
  };
}

/** Bytes of a cosignature: the time in eight, the signature in 64. */
const COSIGNATURE_LENGTH = 72;
const TIME_LENGTH = 8;

const BOX = valueReader('<box>');

/** Figures of a child's row: its votes, then valid and rejected. @param {string | undefined} words @returns {any[]} */
export function childFigures(words) {
  const tokens = words === undefined ? [] : words.split(' ');
  return tokens.map((token) => {
    const value = BOX.read(token);
    if (value === undefined) throw new Failure('R305', `${token} is no box`);
    return value;
  });
}

/** @param {Case} given */
function collation({ ledger, record, fields, holders, tables, place }) {
  demandZero(ledger);
  const race = ledger.race(fields.contest);
  const area = ledger.register.area(fields.area);
  demandSigners(holders, (holder) => holdsArea(holder, area), [], ['commissioner', 'returning', 'second']);
  demandInForce(holders);
  const officers = holders.filter(({ role }) => role !== 'second').length;
  demand(officers === 1, 'R204', `${officers} officers of this area sign, expected one`);
  const rows = tableNamed(tables, fields.children, 'children').fields.child;
  for (const [code, , words] of rows) {
    ledger.register.station(code);
    demand(childFigures(words).length >= 2, 'R305', 'a child has its votes, then valid and rejected');
  }
  return () => race.collations.push({ place, record, rows });
}

/** @param {Case} given */
function declaration({ ledger, record, fields, holders, tables, place }) {
  demandZero(ledger);
  const race = ledger.race(fields.contest);
  const area = ledger.register.area(fields.area);
  demand(holders.length === 1, 'R202', 'each declares alone');
  demandSigners(holders, (holder) => holdsArea(holder, area), [], ['commissioner', 'returning']);
  demandInForce(holders);
  demand(fields.head[0] <= place, 'R304', `a head of ${fields.head[0]} is not in this log yet`);
  const missing = fields.missing === undefined ? [] : tableNamed(tables, fields.missing, 'missing-set').fields.station;
  for (const code of missing) ledger.register.station(code);
  return () => race.declarations.push({ place, record, holders, missing });
}

/** @param {Case} given */
function head({ ledger, fields, holders, place }) {
  demandLog(holders);
  const { size, root, cosignature } = fields;
  demand(size <= place, 'R304', `a head of ${size} cannot stand at place ${place}`);
  const text = `${ledger.election.origin}\n${size}\n${base64(unhex(root))}\n`;
  const signed = verifyStrict(ledger.election.log.key, utf8(text), fields['log-signature']);
  demand(signed, 'R206', `${ledger.election.origin}: the signature does not verify`);
  const times = cosignature.map((/** @type {[string, string]} */ [name, token]) => cosigned(ledger, size, name, token, text));
  return () => ledger.heads.push({ place, size, root, times });
}

/**
 * A cosignature of a head, by a witness or mirror of the policy of that head's size.
 * @param {import('./ledger.mjs').Ledger} ledger @param {number} size @param {string} name @param {string} token @param {string} text
 */
function cosigned(ledger, size, name, token, text) {
  const { witness, mirror } = policyAt(ledger, size);
  const known = witness.get(name) ?? mirror.get(name);
  if (!known) throw new Failure('R201', `${name} is no witness of this election's policy`);
  const bytes = unbase64(token);
  demand(bytes.length >= TIME_LENGTH, 'R105', `${name}: a cosignature begins with its time`);
  demand(bytes.length === COSIGNATURE_LENGTH, 'R206', `${name}: no cosignature of an Ed25519 key`);
  const seconds = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  const message = utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
  demand(verifyStrict(known.key, message, bytes.subarray(8)), 'R206', `${name}: the cosignature does not verify`);
  return { name, witness: witness.has(name), seconds: Number(seconds) };
}

/** The policy that the first entries of a log leave in force. @param {import('./ledger.mjs').Ledger} ledger @param {number} size */
export function policyAt({ policies }, size) {
  return policies.filter(({ place }) => place < size).at(-1)?.cosigners ?? policies[0].cosigners;
}

/** @param {Case} given */
function refusal({ ledger, fields, holders, place }) {
  demandLog(holders);
  return () => ledger.listed.push({ place, kind: 'refusal', fields });
}
