// Whether what is outstanding can still change an outcome: computed here, and beside it what the copy says on air.

import { Failure } from '../failure.mjs';
import { fieldsOf } from '../ledger/prospect-field.mjs';
import { prospect, prospects } from '../ledger/prospect.mjs';
import { ballotOf } from './area-register.mjs';
import { readSums } from './claims.mjs';
import { fitsHead } from './open.mjs';
import { bad, good, open } from './record.mjs';

/** @typedef {import('../ledger/prospect.mjs').Prospect} Prospect */

/** The sentence of one contest in one area. @param {Prospect} found @param {string} title */
function said({ changes, outstanding: count }, title) {
  if (changes === 'open') return open('prospect.open', { title, count });
  return changes === 'yes' ? good('prospect.yes', { title, count }) : good('prospect.no', { title, count });
}

/**
 * Ours beside the copy's. Where we gave up there is nothing to compare.
 * @param {Prospect} found @param {import('./claims.mjs').SumClaim} claim
 */
function beside({ changes }, { path, size, call }) {
  if (call === null || changes === 'open') return [];
  if (call.not === (changes === 'yes')) return [good('prospect.same', { path })];
  if (changes === 'yes') return [bad('prospect.copy-calls', { path, size })];
  const { reason } = call;
  return [reason === 'can_change' ? bad('prospect.copy-doubts', { path, size }) : open('prospect.copy-silent', { path, reason })];
}

/**
 * Of the whole log: each contest over the whole, and how many areas of a ballot of their own are still open.
 * @param {import('./open.mjs').OpenLog} log @param {import('../ledger/ledger.mjs').Ledger} ledger
 */
export async function wholeProspects(log, ledger) {
  const items = [];
  for (const { code, title } of log.election.contests.values()) {
    const all = prospects(ledger, code, log.head.size);
    const isWhole = ({ area }) => ledger.register.area(area).parent === null;
    for (const whole of all.filter(isWhole)) items.push(said(whole, title), ...await claimItems(log, ledger, whole));
    const own = all.filter((one) => !isWhole(one));
    const count = (answer) => own.filter(({ changes }) => changes === answer).length;
    const values = { title, count: own.length, changes: count('yes'), open: count('open') };
    if (own.length > 0) items.push(values.open > 0 ? open('prospect.areas', values) : good('prospect.areas', values));
  }
  return items;
}

/** The copy's file of the whole, against what we say as of its own head. */
async function claimItems(log, ledger, whole) {
  try {
    const claim = await readSums(log.source, whole.contest, whole.area, true);
    if (claim === null || claim.call === null) return [];
    const { path, size } = claim;
    const fits = await fitsHead(log, claim);
    if (fits === null) return [open('area.file-newer', { path, size })];
    if (!fits) return [bad('area.file-other', { path, size })];
    const then = size === log.head.size ? whole : prospects(ledger, whole.contest, size).find(({ area }) => area === whole.area);
    return then === undefined ? [] : beside(then, claim);
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    const values = { detail: refused.detail, path: refused.path ?? refused.detail, place: '–' };
    return [refused.code === 'L804' ? bad('failure.L804', values) : open(`failure.${refused.code}`, values)];
  }
}

/**
 * Of one area, if it decides by itself, from the records that were read; the copy's list says which stations are missing.
 * @param {import('./area.mjs').AreaCheck} found
 */
export function areaProspect(found) {
  const { register, contest, sums, list } = found;
  const { area, ballots } = register;
  const ballot = ballotOf(register, contest.code, area.path);
  const isOwn = area.parent === null || (contest.rule === 'plurality' && ballots.get(contest.code)?.has(area.code));
  if (list === null || ballot === null || !isOwn || contest.rule === 'totals-only' || !hasAreas(found)) return [];
  const statuses = statusesOf(found, ballot);
  if (statuses === null) return [open('prospect.not-computed')];
  const ours = prospect(fieldsOf(contest, statuses)(ballot), contest, area.code);
  const isOfOneHead = sums !== null && sums.size === list.size && sums.root === list.root;
  return [said(ours, `${contest.title}, ${area.name}`), ...(isOfOneHead ? beside(ours, sums) : [])];
}

/** A rule that asks for more areas than there are decides nothing. */
function hasAreas({ contest: { spread }, register: { areas } }) {
  return spread === null || spread.areas <= [...areas.values()].filter(({ level }) => level === spread.level).length;
}

/** Where the area's stations stand: `null` if that is not known of one on its ballot. */
function statusesOf({ register, contest, papers, list }, ballot) {
  const rows = new Map(list.stations.map((row) => [row.code, row]));
  const read = new Map(papers.filter(({ isSigned }) => isSigned).map((paper) => [paper.station.code, paper]));
  const statuses = [];
  for (const station of register.stations) {
    if (ballotOf(register, contest.code, station.area.path) !== ballot) continue;
    const state = rows.get(station.code)?.state.replace('_', ' ');
    const paper = read.get(station.code) ?? null;
    const isKnown = state === 'not expected' || state === 'missing' || (state === 'standing' && paper !== null);
    if (!isKnown) return null;
    statuses.push({ station, ballot, state, paper: state === 'standing' ? paper : null, papers: [] });
  }
  return statuses;
}
