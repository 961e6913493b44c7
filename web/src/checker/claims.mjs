// What a copy says of an area in its own files (docs/reference/portal-data.md): where its records stand, and their sums. Nothing
// of it is believed; it says where to look and what to compare with.

import { text } from '../bytes.mjs';
import { Failure } from '../failure.mjs';
import { DATA_BYTES_MAX } from '../source.mjs';

/** A file of an area holds so many stations at most. */
const STATIONS_OF_A_FILE = 1000;
const CODE = /^[A-Za-z0-9._-]{1,64}$/;
const ID = /^[0-9a-f]{64}$/;
const UNREAD = new Set(['blank', 'dash', 'illegible']);
const STATES = new Set(['not_expected', 'missing', 'standing', 'contested', 'disregarded']);

/**
 * @typedef {{code: string, state: string, registered: number | null, place: number | null, record: string | null, kind: string | null,
 *   numbers: number[] | null, votes: (number | string | null)[] | null, boxes: Record<string, number | string>}} StationClaim
 *   `votes` by `numbers`, or by the station's own ballot where these are null; null for a station on another ballot than its file's
 * @typedef {{path: string, isWhole: boolean, size: number, root: string, stations: StationClaim[]}} ListClaim
 *   `isWhole`: the list of the whole register, as there was none of the area
 * @typedef {{path: string, size: number, root: string, stations: Record<string, number>, valid: number,
 *   candidates: {number: number, votes: number}[] | null, call: {not: boolean, reason: string} | null}} SumClaim
 *   `call`: not to be called, and the code of the reason; `null` if the copy does not say
 */

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isBox = (value) => isCount(value) || UNREAD.has(value);
const KINDS = { kit: 'form', intake: 'intake', transcript: 'transcript' };

async function readJson(source, path, schema) {
  const bytes = await source.read(path, DATA_BYTES_MAX);
  if (bytes === null) return null;
  try {
    const read = JSON.parse(text(bytes));
    if (read.schema === schema) return read;
  } catch {
    // Said below.
  }
  throw new Failure('L804', path);
}

/** @param {boolean} isRight @param {string} path */
function expect(isRight, path) {
  if (!isRight) throw new Failure('L804', path);
}

function headOf(read, path) {
  const { size, root } = read.head ?? {};
  expect(isCount(size) && ID.test(root), path);
  return { path, size, root };
}

/**
 * The files in which the area's stations may stand, the likeliest first: its own; that of the area above, for one that holds no areas;
 * those of the areas in it, for one with many stations; that of all.
 * @param {string} contest @param {import('./area-register.mjs').AreaRegister} register
 */
function* filesOf(contest, { area, areas, stations }) {
  const of = ({ code }) => `data/${contest}/${code}/stations.json`;
  const within = [...areas.values()].filter(({ parent }) => parent === area);
  if (area.parent !== null) yield [of(area)];
  if (area.parent !== null && area.parent.parent !== null && within.length === 0) yield [of(area.parent)];
  if (area.parent !== null && within.length > 0 && stations.length > STATIONS_OF_A_FILE) yield within.map(of);
  yield [`data/${contest}/stations.json`];
}

/**
 * The rows of the area's stations.
 * @param {import('../source.mjs').Source} source @param {string} contest @param {import('./area-register.mjs').AreaRegister} register
 * @returns {Promise<ListClaim | null>}
 */
export async function readList(source, contest, register) {
  const codes = new Set(register.stations.map(({ code }) => code));
  const own = `data/${contest}/${register.area.code}/stations.json`;
  for (const paths of filesOf(contest, register)) {
    const read = await Promise.all(paths.map((path) => readJson(source, path, 'hakiki/stations@v1')));
    if (read.includes(null)) continue;
    const lists = read.map((one, i) => listOf(one, paths[i], contest, paths[i] === own ? null : codes));
    const { size, root } = lists[0];
    if (!lists.every((one) => one.size === size && one.root === root)) continue;
    const stations = lists.flatMap((one) => one.stations);
    expect(new Set(stations.map(({ code }) => code)).size === stations.length, paths[0]);
    return { path: paths.join(', '), isWhole: register.area.parent !== null && paths[0] === `data/${contest}/stations.json`, size, root, stations };
  }
  return null;
}

/** @param {any} read @param {string} path @param {string} contest @param {Set<string> | null} codes of the rows that are asked for */
function listOf(read, path, contest, codes) {
  const { candidates } = read;
  expect(Array.isArray(read.stations) && read.contest?.code === contest, path);
  expect(candidates === null || Array.isArray(candidates), path);
  const numbers = candidates?.map((candidate) => candidate?.number) ?? null;
  expect(numbers === null || numbers.every(isCount), path);
  const rows = codes === null ? read.stations : read.stations.filter((row) => codes.has(row?.code));
  return { ...headOf(read, path), stations: rows.map((row) => stationOf(row, numbers, path)) };
}

/** @returns {StationClaim} */
function stationOf(row, numbers, path) {
  const { code, state, registered = null } = row ?? {};
  expect(CODE.test(code) && STATES.has(state) && (registered === null || isCount(registered)), path);
  const form = row.form ?? null;
  const base = { code, state, registered, place: null, record: null, kind: null, numbers, votes: null, boxes: {} };
  if (form === null) return base;
  const { place, record, votes = null, boxes } = form;
  expect(isCount(place) && ID.test(record) && form.class in KINDS, path);
  const isVotes = Array.isArray(votes) && votes.every((box) => box === null || isBox(box)) && (numbers === null || votes.length === numbers.length);
  expect(votes === null || isVotes, path);
  expect(boxes !== null && typeof boxes === 'object' && Object.values(boxes).every(isBox), path);
  return { ...base, place, record, kind: KINDS[form.class], votes, boxes };
}

/**
 * What the copy says on air of the area.
 * @param {import('../source.mjs').Source} source @param {string} contest @param {string} area @param {boolean} isRoot it holds all others
 * @returns {Promise<SumClaim | null>}
 */
export async function readSums(source, contest, area, isRoot) {
  const path = isRoot ? `air/${contest}.json` : `air/${contest}/${area}.json`;
  const read = await readJson(source, path, 'hakiki/air@v1');
  if (read === null) return null;
  expect(read.area?.code === area && read.contest?.code === contest && isCount(read.valid_votes), path);
  const { expected, standing, missing, contested, disregarded } = read.stations ?? {};
  expect([expected, standing, missing, contested, disregarded].every(isCount), path);
  const { candidates } = read;
  expect(candidates === null || (Array.isArray(candidates) && candidates.every((one) => isCount(one?.number) && isCount(one?.votes))), path);
  const { do_not_call: not = null, do_not_call_reason: why } = read;
  expect(not === null || (typeof not === 'boolean' && CODE.test(why?.code)), path);
  return {
    call: not === null ? null : { not, reason: why.code },
    ...headOf(read, path), stations: { expected, standing, missing, contested, disregarded }, valid: read.valid_votes,
    candidates: candidates?.map(({ number, votes }) => ({ number, votes })) ?? null,
  };
}
