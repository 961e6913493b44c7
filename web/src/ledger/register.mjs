/**
 * Areas, stations and ballots that are in force.
 */

import { demand, Failure } from '../failure.mjs';
import { shardsOf } from './tables.mjs';

/**
 * @typedef {object} Area
 * @property {string} code
 * @property {string} level code of its level
 * @property {string} name
 * @property {Area | null} parent
 * @property {Area[]} path from itself to the whole
 * @property {number} index in byte order of the codes
 * @property {number | null} voters that the source states for it as a whole
 */

/**
 * @typedef {object} Station
 * @property {string} code
 * @property {string} name
 * @property {Area} area
 * @property {number | null} voters `null`: the register does not say
 * @property {number} index
 * @property {number} closed place from which it is closed, Infinity if it is not
 * @property {string} closedWhy
 */

/** @typedef {{number: number, party: string | null, name: string, closed: number}} Candidate */
/** @typedef {Map<number, Candidate>} Ballot */

export class Register {
  constructor() {
    /** @type {Map<string, Area>} */
    this.areas = new Map();
    /** @type {Map<string, Station>} */
    this.stations = new Map();
    /** @type {Map<string, Map<string, Ballot>>} by contest and area's code */
    this.ballots = new Map();
    /** @type {Map<string, number>} place of the record that set each table */
    this.set = new Map();
  }

  /** Registered voters: of the stations; if none has a number, what the areas table states for the whole. */
  voters() {
    const known = [...this.stations.values()].flatMap(({ voters }) => (voters === null ? [] : [voters]));
    if (known.length > 0) return known.reduce((a, b) => a + b, 0);
    return [...this.areas.values()].find(({ parent }) => parent === null)?.voters ?? 0;
  }

  /** Does a table stand as of a size? @param {string} table @param {number} size */
  stands(table, size) {
    return (this.set.get(table) ?? Infinity) < size;
  }

  /** @param {string} code @returns {Area} */
  area(code) {
    const area = this.areas.get(code);
    if (!area) throw new Failure('R306', `area ${code} is in no register`);
    return area;
  }

  /** @param {string} code @returns {Station} */
  station(code) {
    const station = this.stations.get(code);
    if (!station) throw new Failure('R306', `station ${code} is in no register`);
    return station;
  }

  /** The ballot of the nearest area on a path. @param {string} contest @param {Area[]} path @returns {Ballot | null} */
  ballot(contest, path) {
    const ballots = this.ballots.get(contest);
    if (!ballots) return null;
    for (const area of path) {
      const ballot = ballots.get(area.code);
      if (ballot) return ballot;
    }
    return null;
  }

  /** @param {string} contest @param {number} number @returns {Candidate[]} in every ballot that has this number */
  candidates(contest, number) {
    const found = [];
    for (const ballot of this.ballots.get(contest)?.values() ?? []) {
      const candidate = ballot.get(number);
      if (candidate) found.push(candidate);
    }
    return found;
  }
}

/** @param {Area[]} path @param {string} code */
export function holds(path, code) {
  return path.some((area) => area.code === code);
}

/**
 * @param {import('./tables.mjs').Tables} tables @param {string} hash @param {Map<string, number>} levels
 * @returns {Map<string, Area>}
 */
export function readAreas(tables, hash, levels) {
  /** @type {Map<string, Area>} */
  const areas = new Map();
  /** @type {Map<string, string>} */
  const parents = new Map();
  const shards = shardsOf(tables, hash, 'areas');
  for (const [, shard] of shards) {
    for (const [code, level, parent, name] of shard.fields.area) {
      demand(!areas.has(code), 'R305', `area ${code} stands twice`);
      demand(levels.has(level), 'R305', `area ${code} is of level ${level}, which is not in the election`);
      areas.set(code, { code, level, name, parent: null, path: [], index: 0, voters: null });
      parents.set(code, parent);
    }
  }
  for (const area of areas.values()) linkArea(area, areas, String(parents.get(area.code)), levels);
  demand([...areas.values()].filter((area) => area.parent === null).length === 1, 'R305', 'exactly one area holds all others');
  for (const area of areas.values()) for (let at = /** @type {Area | null} */ (area); at; at = at.parent) area.path.push(at);
  for (const [, shard] of shards) {
    for (const [code, voters] of shard.fields.voters) {
      const area = areas.get(code);
      if (!area) throw new Failure('R305', `voters are stated for area ${code}, which is not there`);
      area.voters = voters;
    }
  }
  [...areas.keys()].sort(byCode).forEach((code, i) => {
    /** @type {Area} */ (areas.get(code)).index = i;
  });
  return areas;
}

/** @param {Area} area @param {Map<string, Area>} areas @param {string} parent @param {Map<string, number>} levels */
function linkArea(area, areas, parent, levels) {
  if (parent === '-') return;
  const above = areas.get(parent);
  if (!above) throw new Failure('R305', `area ${parent} is named as holding another, and is not there`);
  const level = (/** @type {Area} */ one) => /** @type {number} */ (levels.get(one.level));
  demand(level(above) < level(area), 'R305', `area ${area.code} is held by an area that is not of a higher level`);
  area.parent = above;
}

/** @param {string} a @param {string} b */
export function byCode(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param {import('./tables.mjs').Tables} tables @param {string} hash @param {Map<string, Area>} areas @returns {Map<string, Station>} */
export function readStations(tables, hash, areas) {
  /** @type {Map<string, Station>} */
  const stations = new Map();
  for (const [shardCode, shard] of shardsOf(tables, hash, 'stations')) {
    demand(areas.has(shardCode), 'R305', `a shard is for area ${shardCode}, which is not in the register`);
    for (const [code, areaCode, voters, name] of shard.fields.station) {
      const area = areas.get(areaCode);
      if (!area || !holds(area.path, shardCode)) throw new Failure('R305', `station ${code} is not in the area of its shard`);
      demand(!stations.has(code), 'R305', `station ${code} stands twice`);
      const known = typeof voters === 'number' ? voters : null;
      stations.set(code, { code, name, area, voters: known, index: stations.size, closed: Infinity, closedWhy: '' });
    }
  }
  return stations;
}

/**
 * @param {import('./tables.mjs').Tables} tables @param {string} hash @param {Map<string, Area>} areas
 * @param {Map<string, unknown>} contests @returns {Map<string, Map<string, Ballot>>}
 */
export function readBallots(tables, hash, areas, contests) {
  /** @type {Map<string, Map<string, Ballot>>} */
  const ballots = new Map();
  for (const [, shard] of shardsOf(tables, hash, 'candidates')) {
    for (const [contest, area, number, party, name] of shard.fields.candidate) {
      demand(contests.has(contest), 'R302', `a candidate is for contest ${contest}`);
      demand(areas.has(area), 'R305', `a ballot is for area ${area}, which is not in the register`);
      const ofContest = ballots.get(contest) ?? new Map();
      ballots.set(contest, ofContest);
      const ballot = ofContest.get(area) ?? new Map();
      ofContest.set(area, ballot);
      demand(!ballot.has(number), 'R305', `candidate ${number} stands twice`);
      ballot.set(number, { number, party: party === '-' ? null : party, name, closed: Infinity });
    }
  }
  return ballots;
}
