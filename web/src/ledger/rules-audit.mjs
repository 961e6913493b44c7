/**
 * The rules of audits of the paper: `audit-plan`, `audit-seed`, `audit-count`.
 */

import { demand, Failure } from '../failure.mjs';
import { newestCount } from './audits.mjs';
import { demandZero } from './rules-papers.mjs';
import { demandAtStation, demandInForce, demandQuorum, demandRoles } from './signers.mjs';
import { tableNamed } from './tables.mjs';
import { valueReader } from './values.mjs';

/** @typedef {import('./rules.mjs').Case} Case */

/** @type {Record<string, import('./rules.mjs').Rule>} */
export const AUDIT_RULES = { 'audit-plan': plan, 'audit-seed': seed, 'audit-count': count };

/** Who acts for the commission when dice are thrown, and who is there besides. */
const COMMISSION = ['commissioner', 'returning', 'auditor'];
const OTHERS = ['agent', 'observer', 'registrar'];
const BOARD_LEAST = 2;
const NUMBER = valueReader('<number>');

/** The votes of a batch, in the order of the ballot. @param {string | undefined} words @returns {number[]} */
export function batchVotes(words) {
  return (words === undefined ? [] : words.split(' ')).map((token) => {
    const value = NUMBER.read(token);
    if (value === undefined) throw new Failure('R305', `${token} is no number`);
    return value;
  });
}

/** @param {Case} given @param {string} id */
function planNamed({ ledger }, id) {
  const found = ledger.audits.plan(id);
  if (!found) throw new Failure('R304', `the log holds no audit-plan ${id}`);
  return found;
}

/** @param {Case} given */
function plan({ ledger, record, fields, holders, tables, place }) {
  demandZero(ledger);
  const { contest } = ledger.race(fields.contest);
  const area = ledger.register.area(fields.area);
  demandQuorum(holders, ledger.election.quorums, 'audit-plan');
  demand(fields.head[0] <= place, 'R304', `a head of ${fields.head[0]} is not in this log yet`);
  const ballot = ledger.register.ballot(fields.contest, area.path);
  for (const number of fields.candidate) {
    demand(ballot !== null && ballot.has(number), 'R306', `number ${number} is not on the ballot of ${fields.area}`);
  }
  const wanted = contest.rule === 'majority-with-spread' && fields.outcome === 'elected' ? Number(contest.spread?.areas) : 0;
  const areas = fields['spread-area'];
  demand(areas.length === wanted, 'R105', `${areas.length} spread areas, the rule and this outcome ask for ${wanted}`);
  for (const code of areas) ledger.register.area(code);
  for (const [code] of fields.outside) ledger.register.area(code);
  const rows = tableNamed(tables, fields.batches, 'audit-batches').fields.batch;
  for (const [station, , bound, valid, words] of rows) {
    ledger.register.station(station);
    const votes = batchVotes(words);
    const fits = votes.length === ballot?.size && votes.reduce((sum, number) => sum + number, 0) <= valid && valid <= bound;
    demand(fits, 'R305', `${station}: a vote for each candidate, together at most the valid ones, and those at most the bound`);
  }
  const stations = new Set(rows.map((/** @type {any[]} */ [station]) => station));
  return () => ledger.audits.plans.push({ place, id: record.id, fields, ballot, rows, stations, seed: null, counts: [] });
}

/** @param {Case} given */
function seed(given) {
  const { ledger, record, fields, holders, place } = given;
  const of = planNamed(given, fields.plan);
  demandRoles(holders, [...COMMISSION, ...OTHERS]);
  for (const roles of [COMMISSION, OTHERS]) {
    demand(holders.some(({ role }) => roles.includes(role)), 'R204', `none of ${roles.join(', ')} signs`);
  }
  demandInForce(holders);
  demand(of.seed === null, 'R308', 'the plan has its seed');
  demand(ledger.audits.newest(of.fields) === of, 'R308', 'a newer plan of the contest and area took its place');
  return () => { of.seed = { place, id: record.id, fields }; };
}

/** @param {Case} given */
function count(given) {
  const { ledger, record, fields, holders, place } = given;
  const of = planNamed(given, fields.plan);
  demand(of.seed !== null, 'R308', 'the plan has no seed yet');
  const station = ledger.register.station(fields.station);
  demand(of.stations.has(fields.station), 'R306', `${fields.station} is not in the plan's table`);
  const numbers = [...of.ballot?.keys() ?? []].sort((a, b) => a - b);
  const counted = fields.votes.map((/** @type {[number, number]} */ [number]) => number);
  demand(numbers.join(' ') === counted.join(' '), 'R105', 'the votes are not those of each number on the ballot');
  demandAtStation(holders, station, [], ['auditor', 'agent', 'observer']);
  demandInForce(holders);
  const board = holders.filter(({ role }) => role === 'auditor').length;
  demand(board >= BOARD_LEAST, 'R204', `${board} auditors sign, expected ${BOARD_LEAST}`);
  demand(newestCount(of, fields.station)?.id === fields.replaces, 'R308', '`replaces` is the newest count of the station, if there is one');
  return () => of.counts.push({ place, id: record.id, fields });
}
