/**
 * Where each station stands for a contest, as of a size: only entries before that place count.
 */

import { byCode } from './register.mjs';

/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./ledger.mjs').Paper} Paper */
/** @typedef {import('./ledger.mjs').Race} Race */
/** @typedef {'not expected' | 'missing' | 'standing' | 'contested' | 'disregarded'} State */

/**
 * @typedef {object} Status
 * @property {import('./register.mjs').Station} station
 * @property {import('./register.mjs').Ballot | null} ballot
 * @property {State} state
 * @property {Paper | null} paper the one that counts, if the station stands
 * @property {Paper[]} papers all that were taken in, held ones too
 * @property {import('./ledger.mjs').Ruling | null} ruling that holds
 */

const RANKS = ['returning', 'commission', 'court'];

/** @param {Ledger} ledger @param {string} contest @param {number} size @returns {Status[]} in the order of the register */
export function partition(ledger, contest, size) {
  const race = ledger.race(contest);
  const inForce = ledger.register.stands('stations', size) && ledger.register.stands('candidates', size);
  const polls = lastPolls(race, size);
  const ballots = new Map([...ledger.register.areas.values()].map((area) => [area, ledger.register.ballot(contest, area.path)]));
  const statuses = [];
  for (const station of ledger.register.stations.values()) {
    statuses.push(status(race, station, ballots.get(station.area) ?? null, inForce ? pollAt(polls, station) : null, size));
  }
  return statuses;
}

/**
 * The last poll record over each area and station that one names.
 * @param {Race} race @param {number} size
 */
function lastPolls(race, size) {
  /** @type {Map<string, import('./ledger.mjs').Poll>} */
  const areas = new Map();
  /** @type {Map<string, import('./ledger.mjs').Poll>} */
  const stations = new Map();
  for (const poll of race.polls) {
    if (poll.place >= size) break;
    for (const code of poll.areas) areas.set(code, poll);
    for (const code of poll.stations) stations.set(code, poll);
  }
  return { areas, stations };
}

/** @param {ReturnType<typeof lastPolls>} polls @param {import('./register.mjs').Station} station */
function pollAt(polls, station) {
  let last = polls.stations.get(station.code) ?? null;
  for (const { code } of station.area.path) {
    const poll = polls.areas.get(code);
    if (poll && (last === null || poll.place > last.place)) last = poll;
  }
  return last;
}

/**
 * @param {Race} race @param {import('./register.mjs').Station} station @param {import('./register.mjs').Ballot | null} ballot
 * @param {import('./ledger.mjs').Poll | null} poll @param {number} size @returns {Status}
 */
function status(race, station, ballot, poll, size) {
  const papers = before(race.papers.get(station.code), size);
  const ruling = rulingInForce(before(race.rulings.get(station.code), size));
  const expected = poll !== null && poll.counts && station.closed >= size && ballot !== null;
  const { state, paper } = expected ? judge(papers, ruling) : { state: /** @type {State} */ ('not expected'), paper: null };
  return { station, ballot, state, paper, papers, ruling };
}

/** @template {{place: number}} T @param {T[] | undefined} list @param {number} size @returns {T[]} */
export function before(list, size) {
  if (list === undefined) return [];
  return list.length === 0 || list[list.length - 1].place < size ? list : list.filter(({ place }) => place < size);
}

/** The highest rank, then the last. @param {import('./ledger.mjs').Ruling[]} rulings */
function rulingInForce(rulings) {
  /** @type {import('./ledger.mjs').Ruling | null} */
  let best = null;
  for (const ruling of rulings) if (best === null || RANKS.indexOf(ruling.rank) >= RANKS.indexOf(best.rank)) best = ruling;
  return best;
}

/** @param {Paper[]} papers @param {import('./ledger.mjs').Ruling | null} ruling @returns {{state: State, paper: Paper | null}} */
function judge(papers, ruling) {
  const taken = papers.filter(({ held }) => !held);
  const named = ruling?.stands === undefined ? undefined : papers.find(({ id }) => id === ruling.stands);
  if (named) return { state: 'standing', paper: named };
  if (taken.length === 0) return { state: 'missing', paper: null };
  if (ruling?.disregarded !== undefined) return { state: 'disregarded', paper: null };
  const same = taken.every(({ boxes }) => boxes === taken[0].boxes);
  return same ? { state: 'standing', paper: taken[0] } : { state: 'contested', paper: null };
}

/** Codes of the stations in a state, in byte order. @param {Status[]} statuses @param {State} state */
export function stationsIn(statuses, state) {
  return statuses.filter((one) => one.state === state).map(({ station }) => station.code).sort(byCode);
}
