// The register of one area, without the whole log: the records up to the zero report, which names exactly those that bring the
// register, and of their tables the lists that are cut for this area, for areas in it and for those that hold it.

import { Failure } from '../failure.mjs';
import { holds, readAreas, readBallots, readStations } from '../ledger/register.mjs';
import { parseTable } from '../ledger/tables.mjs';
import { LogFailure, readBlob } from '../log.mjs';
import { readFront } from './front.mjs';
import { bad, good, open } from './record.mjs';

/**
 * @typedef {object} AreaRegister
 * @property {import('../ledger/register.mjs').Area} area
 * @property {Map<string, import('../ledger/register.mjs').Area>} areas
 * @property {import('../ledger/register.mjs').Station[]} stations of the area, in byte order of their codes
 * @property {Map<string, Map<string, import('../ledger/register.mjs').Ballot>>} ballots by contest and area
 * @property {Map<string, any[]>} keys rows of the keys tables, by key name
 * @property {import('./front.mjs').Front} front
 * @property {import('./record.mjs').Item[]} items what the zero report says of the register
 */

/** @param {import('./front.mjs').Front} front */
function frontItems({ isFrozen, isSigned, zero, amended, count }) {
  if (amended !== null) return [open('area.amended', { place: amended })];
  if (!isFrozen) return [open('register.not-frozen')];
  return [isSigned ? good('area.register', { count, place: zero }) : bad('area.register-other', { place: zero })];
}

/** A table, by its hash. */
async function table(log, hash) {
  const bytes = await readBlob(log.source, hash);
  if (bytes === null) throw new LogFailure('L513', `blob/${hash}`, { path: `blob/${hash}` });
  return parseTable(bytes);
}

/**
 * The tables that the rules of the ledger read, with an index that names no more shards than were asked for.
 * @param {import('./open.mjs').OpenLog} log @param {string} hash of the index @param {(code: string) => boolean} isWanted
 * @param {() => void} onShard
 */
async function cut(log, hash, isWanted, onShard) {
  const index = await table(log, hash);
  if (index.name !== 'index') throw new Failure('R305', `the table sha256:${hash} is no index`);
  const wanted = index.fields.shard.filter(([code]) => isWanted(code));
  const shards = await Promise.all(wanted.map(async ([, shard]) => {
    const read = await table(log, shard);
    onShard();
    return [shard, read];
  }));
  return new Map([...shards, [hash, { ...index, fields: { ...index.fields, shard: wanted } }]]);
}

/**
 * @param {import('./open.mjs').OpenLog} log
 * @param {string} code of the area
 * @param {(done: number) => void} [onShard] lists read so far
 * @returns {Promise<AreaRegister>}
 */
export async function registerOfArea(log, code, onShard = () => {}) {
  let done = 0;
  const one = () => onShard(++done);
  const front = await readFront(log);
  for (const name of ['areas', 'candidates', 'keys', 'stations']) if (!front.tables.has(name)) throw new Failure('L802', name);
  const hashOf = (name) => front.tables.get(name)[0];
  const areas = readAreas(await cut(log, hashOf('areas'), () => true, one), hashOf('areas'), log.election.levels);
  const area = areas.get(code);
  if (area === undefined) throw new Failure('L801', code);
  const isNear = (of) => holds(area.path, of) || (areas.has(of) && holds(areas.get(of).path, code));
  const [candidates, stations, ...keys] = await Promise.all([hashOf('candidates'), hashOf('stations'), ...front.tables.get('keys')]
    .map((hash) => cut(log, hash, isNear, one)));
  const within = [...readStations(stations, hashOf('stations'), areas).values()].filter((station) => holds(station.area.path, code));
  const rows = keys.flatMap((found) => [...found.values()]).filter(({ name }) => name === 'keys').flatMap(({ fields }) => fields.key);
  return {
    area, areas, front, items: frontItems(front),
    stations: within.sort((a, b) => (a.code < b.code ? -1 : 1)),
    ballots: readBallots(candidates, hashOf('candidates'), areas, log.election.contests),
    keys: new Map(rows.map((row) => [row[0], row])),
  };
}

/** The ballot of the nearest area on a path. @param {AreaRegister} register @param {string} contest */
export function ballotOf({ ballots }, contest, path) {
  const of = ballots.get(contest);
  return path.map(({ code }) => of?.get(code)).find((ballot) => ballot !== undefined) ?? null;
}
