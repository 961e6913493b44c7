// The log's results, from the files that every portal publishes (docs/reference/portal-data.md): a result set, and forms to bound.

import { Failure } from '../failure.mjs';
import { answeringOf } from './answering.mjs';
import { formsOf } from './bounds.mjs';
import { rowOf, sorted } from './set.mjs';

/** The other boxes of a form, in the order of their keys. */
export const BOXES = ['disputed', 'objected', 'registered', 'rejected', 'valid', 'valid-counted'];
const TYPED = new Set(['registered', 'rejected', 'valid']);
const STATES = { standing: 'stands', missing: 'missing', contested: 'contested', disregarded: 'disregarded' };

/** Contests of an index of data files. @param {any} index @returns {string[]} */
export function contestsOf(index) {
  const found = index.files.map((path) => /^data\/([^/]+)\/stations\.json$/.exec(path)?.[1]);
  return found.filter((code) => code !== undefined).map(decodeURIComponent);
}

/** Reads a data file of this schema. @param {string} text @param {string} schema @returns {any} */
export function readFile(text, schema) {
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Failure('not-json', schema);
  }
  if (read?.schema !== schema) throw new Failure('schema', schema);
  return read;
}

/** @typedef {{number: number, name: string, party: string | null}} Candidate */
/** @typedef {{area: string, candidates: Candidate[]}} Ballot */
/** @typedef {{set: import('./set.mjs').ResultSet, candidates: Candidate[], forms: import('./bounds.mjs').Forms, answering: import('./answering.mjs').Answering | null}} Reference */

/** The ballots of a contest whose areas have their own; null where one is for all. @param {any} stations `stations.json` @returns {Ballot[] | null} */
export function ballotsOf(stations) {
  if (stations.candidates !== null) return null;
  if (!(stations.ballots?.length > 0)) throw new Failure('several-ballots', stations.contest.code);
  return stations.ballots;
}

/**
 * Which ballot a station votes on: that of the nearest area above it that has one.
 * @param {Ballot[]} ballots @param {import('./set.mjs').ResultSet['areas']} areas @returns {(area: string) => string | null}
 */
export function nearestBallot(ballots, areas) {
  const own = new Set(ballots.map(({ area }) => area));
  const known = new Map();
  const find = (area) => {
    if (area === null || own.has(area)) return area;
    if (!known.has(area)) {
      // A tree that is none ends here.
      known.set(area, null);
      known.set(area, find(areas.get(area)?.parent ?? null));
    }
    return known.get(area);
  };
  return find;
}

/** An area and all below it. @param {import('./set.mjs').ResultSet['areas']} areas @param {string} top */
export function within(areas, top) {
  const isBelow = nearestBallot([{ area: top, candidates: [] }], areas);
  return new Map([...areas].filter(([code]) => isBelow(code) !== null));
}

/**
 * @param {any} stations `stations.json` of the whole @param {any} air `air/{contest}.json`, which has the parties
 * @param {{ballot: Ballot, isOn: (area: string) => boolean} | null} on where areas have ballots of their own: one of them, and whose stations are on it
 * @returns {Reference}
 */
export function referenceOf(stations, air, on = null) {
  if (on === null && stations.candidates === null) throw new Failure('several-ballots', stations.contest.code);
  const partyOf = new Map((air?.candidates ?? []).map(({ number, party }) => [number, party]));
  const candidates = (on?.ballot ?? stations).candidates.map(({ number, name, party }) => ({ number, name, party: party ?? partyOf.get(number) ?? null }));
  const expected = stations.stations.filter(({ state, area }) => state !== 'not_expected' && (on === null || on.isOn(area)));
  const none = [...candidates, ...BOXES].map(() => null);
  const rows = expected.map(({ code, name, area, registered, state, form }) => [code, rowOf({
    code, name, area, voters: registered ?? null, state: STATES[state],
    figures: form ? [...(form.votes ?? candidates.map(() => null)), ...BOXES.map((box) => form.boxes[box] ?? null)] : none,
  })]);
  const cap = stations.contest.cap ?? null;
  const columns = [
    ...candidates.map(({ name, party }) => ({ is: 'candidate', name, party })),
    ...BOXES.map((box) => (TYPED.has(box) ? { is: box } : { is: 'other', name: box })),
  ];
  const set = { title: stations.election.title, level: null, columns, rows: sorted(rows), areas: new Map(), lines: [], cap };
  return { set, candidates, ...formsFrom(expected, candidates, cap) };
}

/** A form with a number in every candidate's box is one; every other station is open. */
function formsFrom(expected, candidates, cap) {
  const [standing, open, answers] = [[], [], []];
  const count = candidates.length;
  for (const { registered, state, form } of expected) {
    const known = [registered, cap].filter((each) => each !== null && each !== undefined);
    const most = known.length === 0 ? null : Math.min(...known);
    const isWhole = state === 'standing' && form?.votes?.length === count && form.votes.every((vote) => typeof vote === 'number');
    if (isWhole) {
      standing.push({ votes: form.votes, most });
      answers.push(form.answers);
    } else open.push(most);
  }
  const parties = [...new Set(candidates.map(({ party }) => party).filter((party) => party !== null))];
  return { forms: formsOf(count, standing, open), answering: answeringOf(answers, parties) };
}

/** The areas of `areas.json`. @param {any} file */
export const areasOf = ({ areas }) => sorted(areas.map(({ code, level, parent, name }) => [code, { level, parent, name }]));

/** Levels, the widest first. @param {Map<string, {level: string, parent: string | null}>} areas @returns {{level: string, count: number}[]} */
export function levelsOf(areas) {
  const counts = new Map();
  for (const { level } of areas.values()) counts.set(level, (counts.get(level) ?? 0) + 1);
  return [...counts].map(([level, count]) => ({ level, count })).sort((a, b) => a.count - b.count);
}
