/**
 * The rules of conduct: `session`, `observed`, `software`, `custody`, `challenge`, `answer`, `scrutiny`, `withhold`.
 */

import { demand, Failure } from '../failure.mjs';
import { demandInForce, demandOne, demandQuorum, demandRoles } from './signers.mjs';

/** @typedef {import('./rules.mjs').Case} Case */
/** @typedef {import('./roster.mjs').Holder} Holder */

/** @type {Record<string, import('./rules.mjs').Rule>} */
export const CONDUCT_RULES = { session, observed, software, custody, challenge, answer, scrutiny, withhold };

const COUNTERSIGNERS = ['administrator', 'custodian', 'commissioner', 'observer', 'agent', 'registrar', 'returning'];
/** `previous` of the first observation. */
const NOTHING = '0'.repeat(64);

/** @param {import('./roster.mjs').Roster} roster @param {string} name @returns {Holder} */
function enrolled(roster, name) {
  const holder = roster.byName.get(name);
  if (!holder) throw new Failure('R201', `${name} was never enrolled`);
  return holder;
}

/** Everybody but the person is a countersigner, and there is at most one. @param {Holder[]} holders @param {string} person */
function demandCountersigner(holders, person) {
  const others = holders.filter(({ name }) => name !== person);
  demandRoles(others, COUNTERSIGNERS);
  demand(others.length <= 1, 'R202', 'one countersigner at most');
  demandInForce(holders);
  return others.length === 1;
}

/** @param {Case} given */
function session(given) {
  return given.fields.action === 'begin' ? begin(given) : end(given);
}

/** @param {Case} given */
function begin({ ledger, record, fields, holders, place }) {
  const { role } = enrolled(ledger.roster, fields.person);
  demand(role === 'administrator' || role === 'vendor', 'R202', `${fields.person} is enrolled as ${role}, which begins no session`);
  demand(holders.some(({ name }) => name === fields.person), 'R204', `${fields.person} does not sign`);
  const countersigned = demandCountersigner(holders, fields.person);
  return () => {
    ledger.conduct.sessions.set(record.id, { place, at: fields.at.seconds, fields, countersigned, end: null });
  };
}

/** @param {Case} given */
function end({ ledger, fields, holders, place }) {
  const begun = ledger.conduct.sessions.get(fields.session);
  if (!begun) throw new Failure('R304', `${fields.session} began no session`);
  demand(begun.fields.person === fields.person, 'R308', 'the session is of another person');
  demand(begun.fields.machine === fields.machine, 'R308', 'the session is on another machine');
  demand(begun.end === null, 'R308', 'the session has ended already');
  demandCountersigner(holders, fields.person);
  return () => {
    begun.end = { place, at: fields.at.seconds };
  };
}

/** @param {Case} given */
function observed({ ledger: { conduct }, record, fields, holders, place }) {
  demandOne(holders, ['host']);
  const [{ name }] = holders;
  const last = conduct.last.get(name) ?? { sequence: 0, id: NOTHING };
  demand(fields.sequence > last.sequence, 'R308', `observation ${last.sequence} stands already`);
  const follows = fields.sequence > last.sequence + 1 || fields.previous === last.id;
  demand(follows, 'R308', 'another observation was before this one');
  return () => {
    conduct.last.set(name, { sequence: fields.sequence, id: record.id });
    conduct.observations.push({ place, host: name, fields });
  };
}

/** @param {Case} given */
function software({ ledger, fields, holders, place }) {
  demandQuorum(holders, ledger.election.quorums, 'software');
  return () => ledger.conduct.software.push({ place, fields });
}

/** @param {Case} given */
function custody({ ledger, fields, holders, place }) {
  const { from, to } = fields;
  const hands = [from, to].map((name) => enrolled(ledger.roster, name));
  for (const { name, role } of hands) demand(role !== 'vendor' && role !== 'log', 'R202', `${name} is enrolled as ${role}, which holds nothing`);
  for (const { name } of holders) demand(name === from || name === to, 'R202', `${name} neither gives nor takes`);
  for (const hand of [from, to]) demand(holders.some(({ name }) => name === hand), 'R204', `${hand} does not sign`);
  demandInForce(holders);
  if (fields.station !== undefined) ledger.register.station(fields.station);
  return () => ledger.conduct.custody.push({ place, fields });
}

/** @param {Case} given */
function challenge({ ledger, fields, holders, place }) {
  demand(ledger.ids.has(fields.record), 'R304', `the log holds no record ${fields.record}`);
  demandOne(holders, ['agent', 'observer', 'party']);
  return () => ledger.conduct.challenges.push({ place, fields });
}

/** @param {Case} given */
function answer({ ledger, fields, holders, place }) {
  demand(ledger.ids.get(fields.challenge)?.kind === 'challenge', 'R304', `the log holds no challenge ${fields.challenge}`);
  demandOne(holders, ['commissioner', 'returning']);
  return () => ledger.conduct.answers.push({ place, fields });
}

/** @param {Case} given */
function scrutiny({ ledger: { conduct }, record, fields, holders, place }) {
  const asked = fields.question === undefined
    || conduct.scrutiny.some(({ id, fields: { says } }) => id === fields.question && says === 'asked');
  demand(asked, 'R304', `the log holds no question ${fields.question}`);
  demandOne(holders, ['registrar']);
  return () => conduct.scrutiny.push({ place, id: record.id, fields });
}

/** @param {Case} given */
function withhold({ ledger, fields, holders, place }) {
  const { conduct, tableBlobs } = ledger;
  demandQuorum(holders, ledger.election.quorums, 'withhold');
  demand(!tableBlobs.has(fields.blob), 'R308', 'the log is computed from this table');
  demand(!conduct.withheld.has(fields.blob), 'R308', 'it is withheld already');
  return () => conduct.withheld.set(fields.blob, { place, fields });
}
