/**
 * The rules of `register`, `zero`, `poll` and `notice`: what the quorum lays down.
 */

import { demand } from '../failure.mjs';
import { readAreas, readBallots, readStations } from './register.mjs';
import { keysToEnrol } from './rules-keys.mjs';
import { demandQuorum } from './signers.mjs';

/** @typedef {import('./rules.mjs').Case} Case */

/** @type {Record<string, import('./rules.mjs').Rule>} */
export const REGISTER_RULES = { register, zero, poll, notice };

/** @param {Case} given */
function register({ ledger, record, fields, holders, tables, place }) {
  const { election, register: known } = ledger;
  demandQuorum(holders, election.quorums, 'register');
  const named = new Map(fields.table);
  demand(named.size === 0 || ledger.zero === null, 'R308', 'the register is frozen since the zero report; rows can only close');
  /** @template T @param {string} name @param {T} before @param {(hash: string) => T} read @returns {T} */
  const once = (name, before, read) => {
    if (!named.has(name)) return before;
    demand(!known.set.has(name), 'R308', `the register has its ${name} already`);
    return read(named.get(name));
  };
  const areas = once('areas', known.areas, (hash) => readAreas(tables, hash, election.levels));
  const stations = once('stations', known.stations, (hash) => readStations(tables, hash, areas));
  const ballots = once('candidates', known.ballots, (hash) => readBallots(tables, hash, areas, election.contests));
  const keys = named.has('keys') ? keysToEnrol(ledger, tables, named.get('keys'), areas, stations) : [];
  const closing = closingRows({ ledger, stations, ballots }, fields);
  return () => {
    Object.assign(known, { areas, stations, ballots });
    for (const name of named.keys()) if (!known.set.has(name)) known.set.set(name, place);
    for (const key of keys) ledger.roster.enrol({ ...key, since: place });
    closing(place);
    ledger.registers.push(record.id);
    if (named.size > 0) ledger.changes.push({ place, text: `register set: ${[...named.keys()].join(', ')}` });
  };
}

/**
 * @param {{ledger: import('./ledger.mjs').Ledger, stations: Map<string, import('./register.mjs').Station>,
 *   ballots: Map<string, Map<string, import('./register.mjs').Ballot>>}} state what will be in force
 * @param {import('./text.mjs').Fields} fields @returns {(place: number) => void}
 */
function closingRows({ ledger, stations, ballots }, fields) {
  const closedStations = fields['close-station'].map((/** @type {[string, string]} */ [code, why]) => {
    const station = stations.get(code);
    demand(station !== undefined, 'R306', `station ${code} is in no register`);
    return { station, why };
  });
  const closedCandidates = fields['close-candidate'].flatMap((/** @type {[string, number, string]} */ [contest, number, why]) => {
    ledger.race(contest);
    const found = [...(ballots.get(contest)?.values() ?? [])].flatMap((ballot) => ballot.get(number) ?? []);
    demand(found.length > 0, 'R306', `contest ${contest} has no candidate ${number}`);
    return found.map((candidate) => ({ candidate, text: `candidate ${number} of ${contest} closed, ${why}` }));
  });
  return (place) => {
    for (const { station, why } of closedStations) {
      if (station.closed === Infinity) Object.assign(station, { closed: place, closedWhy: why });
      ledger.changes.push({ place, text: `station ${station.code} closed, ${why}` });
    }
    for (const { candidate, text } of closedCandidates) {
      candidate.closed = Math.min(candidate.closed, place);
      ledger.changes.push({ place, text });
    }
  };
}

/** @param {Case} given */
function zero({ ledger, fields, holders, place }) {
  demandQuorum(holders, ledger.election.quorums, 'zero');
  demand(ledger.zero === null, 'R308', 'the zero report stands already');
  const { stations } = ledger.register;
  const voters = () => ledger.register.voters();
  const inForce = [...ledger.registers].sort().join(' ');
  demand(fields.register.join(' ') === inForce, 'R308', 'the zero report does not name exactly the registers in force');
  const stated = fields.stations === stations.size && fields.voters === voters();
  demand(stated, 'R308', `the register has ${stations.size} stations and ${voters()} voters`);
  return () => {
    ledger.zero = place;
  };
}

/** States of the poll in which a station's form is expected. */
const HELD = new Set(['opened', 'relocated', 'closed']);

/** @param {Case} given */
function poll({ ledger, fields, holders, place }) {
  demandQuorum(holders, ledger.election.quorums, 'poll');
  const races = fields.contest.map((/** @type {string} */ code) => ledger.race(code));
  for (const code of fields.area) ledger.register.area(code);
  for (const code of fields.station) ledger.register.station(code);
  const said = { place, state: fields.state, counts: HELD.has(fields.state), areas: fields.area, stations: fields.station };
  return () => {
    for (const race of races) race.polls.push(said);
  };
}

/** @param {Case} given */
function notice({ ledger, fields, holders, place }) {
  demandQuorum(holders, ledger.election.quorums, 'notice');
  return () => ledger.listed.push({ place, kind: 'notice', fields });
}
