// The check of one record, of one station, and of a note from paper. Each gives sentences: a state, the key of the words
// and their values. The last sentence says what was not checked.

import { equal, hex } from '../bytes.mjs';
import { Failure } from '../failure.mjs';
import { parseRecord } from '../ledger/record.mjs';
import { bundles, LogFailure, readEntry } from '../log.mjs';
import { openReceipt } from '../receipt.mjs';
import { sha256 } from '../sha2.mjs';
import { verdictOf } from './front.mjs';
import { headsOf } from './open.mjs';

/** @typedef {{state: 'good' | 'bad' | 'open', key: string, values: Record<string, string | number>}} Item */

const item = (state, key, values = {}) => ({ state, key, values });
export const good = (key, values) => item('good', key, values);
export const bad = (key, values) => item('bad', key, values);
export const open = (key, values) => item('open', key, values);

/** Roles of which exactly one signs, by kind; each is enrolled for the station, or an area that holds it. */
const EXACTLY = new Map([
  ['form', ['kit', 'presiding']],
  ['turnout', ['kit', 'presiding']],
  ['intake', ['returning', 'second']],
]);
const BESIDES = new Map([['form', ['deputy', 'agent']]]);

/**
 * The place of a record id: by the log's or mirror's own receipt, which is checked, or else by looking through the log.
 * @param {import('./open.mjs').OpenLog} log
 * @param {string} id
 * @param {{onProgress?: (done: number, of: number) => void, signal?: AbortSignal}} [watch]
 * @returns {Promise<number | null>}
 */
export async function placeOf(log, id, watch = {}) {
  const bytes = await log.source.read(`receipt/${id}`).catch(() => null);
  if (bytes !== null) {
    try {
      const receipt = openReceipt(bytes, log.election.log);
      if (idOf(receipt.entry) === id && receipt.index < log.head.size) return receipt.index;
    } catch (refused) {
      if (!(refused instanceof Failure)) throw refused;
    }
  }
  for await (const { place, bytes: entry } of watched(log, watch)) if (idOf(entry) === id) return place;
  return null;
}

async function* watched(log, { onProgress = () => {}, signal }) {
  for await (const { first, entries } of bundles(log.source, log.head, { tiles: log.tiles })) {
    if (signal?.aborted) throw new LogFailure('L514', '', { place: first });
    for (let i = 0; i < entries.length; i++) yield { place: first + i, bytes: entries[i] };
    onProgress(first + entries.length, log.head.size);
  }
}

/** SHA-256 of the text of a note, which ends at its first empty line. @param {Uint8Array} bytes */
export function idOf(bytes) {
  let end = bytes.indexOf(0x0a);
  while (end >= 0 && bytes[end + 1] !== 0x0a) end = bytes.indexOf(0x0a, end + 1);
  return hex(sha256(end < 0 ? bytes : bytes.subarray(0, end + 1)));
}

/**
 * What the head says and who stands behind it, for the records up to `place`.
 * @param {import('./open.mjs').OpenLog} log
 * @param {number} place
 * @returns {Promise<Item[]>}
 */
export async function headItems(log, place) {
  const items = [good('head.signed', { size: log.head.size, origin: log.head.origin, root: hex(log.head.root) })];
  const policy = log.policyOf(log.head.size);
  const heads = await headsOf(log);
  for (const head of heads) {
    if (head.fits === false) items.push(bad('head.other', { path: head.path, size: head.size }));
  }
  const fitting = heads.filter((head) => head.fits === true);
  items.push(...behindItems(policy, fitting.filter((head) => head.size > place)), ...notGood(fitting));
  return items;
}

/**
 * Who stands behind heads: the quorum of witnesses, mirrors of two classes, or neither.
 * @param {import('../policy.mjs').ElectionPolicy} policy
 * @param {{size: number, state: ReturnType<typeof import('../policy.mjs').stateOf>}[]} covering
 * @returns {Item[]}
 */
export function behindItems(policy, covering) {
  const items = [];
  const cosigned = covering.find((head) => head.state.isCosigned);
  const held = covering.find((head) => head.state.isHeld);
  if (policy.quorum === 0) items.push(open('head.no-witness'));
  else if (cosigned) items.push(good('head.cosigned', { size: cosigned.size, who: listed(cosigned.state.witnesses) }));
  else items.push(open('head.not-cosigned', { quorum: policy.quorum, who: listed(bestOf(covering, 'witnesses')) || '–' }));
  if (policy.mirrors.length === 0) items.push(open('head.no-mirror'));
  else if (held) items.push(good('head.held', { size: held.size, who: listed(held.state.mirrors) }));
  else items.push(open('head.not-held', { who: listed(bestOf(covering, 'mirrors')) || '–' }));
  return items;
}

function bestOf(heads, list) {
  const count = (head) => head.state[list].filter((said) => said.state === 'good').length;
  return heads.reduce((best, head) => (count(head) > count(best) ? head : best)).state[list];
}

/** Names with their classes. */
function listed(said) {
  return said.filter(({ state }) => state === 'good').map(({ name, group }) => `${name} (${group})`).join(', ');
}

/** Lines that are no signature by the one named, and lines of a kind that is not checked here. */
function notGood(heads) {
  const items = new Map();
  for (const head of heads) {
    for (const said of [...head.state.witnesses, ...head.state.mirrors]) {
      if (said.state === 'bad') items.set(`bad ${said.name}`, open('head.bad-line', { who: said.name }));
      if (said.state === 'not-checked') items.set(`open ${said.name}`, open('head.unchecked-line', { who: said.name }));
    }
  }
  return [...items.values()];
}

/** Who signed the election record. @param {import('./open.mjs').OpenLog} log @returns {Item} */
export function electionItem(log) {
  return good('election.signed', { count: log.custodians.length, title: log.election.title });
}

/**
 * One record at a place: its bytes under the head, its form, its signatures.
 * @param {import('./open.mjs').OpenLog} log
 * @param {ReturnType<typeof import('./keys.mjs').keysOf>} keys
 * @param {number} place
 * @param {{id?: string | null, note?: Uint8Array | null}} [expected]
 */
export async function checkRecord(log, keys, place, expected = {}) {
  const bytes = await readEntry(log.source, log.head, place, log.tiles);
  const items = [good('record.in-log', { place, size: log.head.size })];
  let record = null;
  try {
    record = parseRecord(bytes);
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    items.push(bad('record.not-canonical', { code: refused.code }));
    return { place, bytes, record, holders: [], items };
  }
  if (expected.id && expected.id !== record.id) items.push(bad('record.other-id', { found: record.id, asked: expected.id }));
  if (expected.note) {
    items.push(equal(expected.note, bytes) ? good('note.same') : bad('note.other-bytes'));
  }
  items.push(good('record.canonical', { kind: record.kind, id: record.id }));
  if (record.election !== null && record.election !== log.election.fingerprint) items.push(bad('record.other-election'));
  const signed = await checkSigners(log, keys, record, place);
  return { place, bytes, record, ...signed, items: [...items, ...signed.items] };
}

/**
 * @param {import('./open.mjs').OpenLog} log
 * @param {ReturnType<typeof import('./keys.mjs').keysOf>} keys
 * @param {import('../ledger/record.mjs').Record} record
 * @param {number} [place] where it stands
 */
export async function checkSigners(log, keys, record, place = Infinity) {
  const hint = codeOf(record);
  const known = await keys.find(record.signers.map(({ name }) => name), hint);
  const register = record.kind === 'election' ? null : await keys.readRegister();
  const items = [];
  if (register !== null && !register.isSigned) items.push(bad('register.not-signed'));
  if (register !== null && !register.isFrozen) items.push(open('register.not-frozen'));
  const holders = [];
  for (const signer of record.signers) {
    const holder = known.get(signer.name);
    const verdict = verdictOf(record, signer, holder);
    const values = {
      name: signer.name, role: holder?.role ?? '', code: holder?.code ?? '', party: holder?.party ?? '', scope: holder?.scope ?? '',
    };
    holders.push({ signer, holder: holder ?? null, verdict });
    if (verdict === 'good') items.push(good(holder.code === null ? 'signer.good' : 'signer.good-for', values));
    else if (verdict === 'unknown') items.push(open('signer.unknown', values));
    else items.push(bad(verdict === 'bad' ? 'signer.bad' : 'signer.other-key', values));
    if (holder?.place !== undefined) items.push(open('signer.late', { name: signer.name, place: holder.place }));
    const gone = keys.goneAt(signer.name);
    if (gone !== null && gone < place) items.push(open('signer.gone', { name: signer.name, place: gone }));
  }
  items.push(...await rolesOf(keys, record, holders));
  return { holders, items };
}

/** The code by which a shard is found. */
function codeOf({ fields }) {
  return typeof fields.station === 'string' ? fields.station : typeof fields.area === 'string' ? fields.area : '';
}

/** Are those who signed the ones who must? Said of kinds that one station's officers sign. */
async function rolesOf(keys, record, holders) {
  const exactly = EXACTLY.get(record.kind);
  if (exactly === undefined) return [open('roles.not-checked', { kind: record.kind })];
  if (holders.some(({ holder }) => holder === null)) return [open('roles.not-known')];
  const { station } = record.fields;
  for (const { holder } of holders) {
    const isFor = holder.code === station || (holder.scope === 'area' && await holdsStation(keys, holder.code, station));
    if (!isFor) return [bad('roles.other-station', { name: holder.name, code: holder.code ?? '–', station })];
  }
  const allowed = [...exactly, ...(BESIDES.get(record.kind) ?? [])];
  const roles = holders.map(({ holder }) => holder.role);
  const isRight = exactly.every((role) => roles.filter((one) => one === role).length === 1)
    && roles.every((role) => allowed.includes(role));
  return [isRight ? good('roles.right', { kind: record.kind, station }) : bad('roles.wrong', { kind: record.kind })];
}

async function holdsStation(keys, area, station) {
  const row = await keys.station(station);
  return row !== null && (row.shard === area || row.area === area || keys.isWithin(row.area, area));
}

/**
 * Every record of a station, by reading the whole log; or those at the places that a link names, and no other.
 * @param {import('./open.mjs').OpenLog} log
 * @param {ReturnType<typeof import('./keys.mjs').keysOf>} keys
 * @param {string} station
 * @param {string | null} contest
 * @param {{onProgress?: (done: number, of: number) => void, signal?: AbortSignal}} [watch]
 */
export async function checkStation(log, keys, station, contest, watch = {}) {
  const about = new Set();
  const places = [];
  const counts = { unread: 0 };
  for await (const { place, bytes } of watched(log, watch)) {
    let record;
    try {
      record = parseRecord(bytes);
    } catch (refused) {
      if (!(refused instanceof Failure)) throw refused;
      counts.unread += 1;
      continue;
    }
    const { fields } = record;
    if (record.kind === 'key') keys.learn(place, record);
    const isOfContest = contest === null || fields.contest === undefined || fields.contest === contest;
    if ((fields.station === station && isOfContest) || about.has(fields.of)) {
      about.add(record.id);
      places.push(place);
    }
  }
  const records = [];
  for (const place of places) records.push(await checkRecord(log, keys, place));
  return { row: await keys.station(station), records, counts };
}

/** Forms whose boxes differ, among the records of a station. @param {{record: any}[]} records */
export function differingForms(records) {
  const boxes = new Map();
  for (const { record } of records) {
    if (record === null || !['form', 'intake', 'transcript'].includes(record.kind)) continue;
    const written = JSON.stringify(boxesOf(record));
    boxes.set(record.fields.contest, (boxes.get(record.fields.contest) ?? new Set()).add(written));
  }
  return [...boxes].filter(([, sets]) => sets.size > 1).map(([contest]) => contest);
}

const BOXES = ['registered', 'valid', 'valid-counted', 'rejected', 'objected', 'disputed'];

/** The boxes of a paper, in its order. @param {import('../ledger/record.mjs').Record} record */
export function boxesOf({ fields }) {
  return {
    votes: fields.votes ?? [],
    boxes: BOXES.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
  };
}
