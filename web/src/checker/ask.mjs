// From what is asked to a report as plain data. No page and no words here.

import { hex } from '../bytes.mjs';
import { Failure } from '../failure.mjs';
import { parseRecord } from '../ledger/record.mjs';
import { sha256 } from '../sha2.mjs';
import { checkArea } from './area.mjs';
import { areaReport } from './area-report.mjs';
import { fileItems, imagesOf } from './files.mjs';
import { keysOf } from './keys.mjs';
import { openLog } from './open.mjs';
import {
  bad, checkRecord, checkSigners, checkStation, differingForms, electionItem, good, headItems, open, placeOf,
} from './record.mjs';
import { electionOf } from './whole-report.mjs';

/**
 * @typedef {{source: import('../source.mjs').Source, onProgress?: (done: number, of: number, phase?: string) => void,
 *   onOpen?: (log: import('./open.mjs').OpenLog) => void, signal?: AbortSignal}} Asking
 * @typedef {{key: string, values: object, items: any[], sections: any[], rest: string, election: any, mirrors: any[]}} Report
 */

async function opened({ source, onOpen = () => {} }) {
  const log = await openLog(source);
  onOpen(log);
  return { log, keys: keysOf(log) };
}

/** What a page shows of a record, with the names of its candidates. */
async function section(keys, { place, bytes, record, items }) {
  const { contest, station } = record?.fields ?? {};
  const names = contest !== undefined && station !== undefined && record.fields.votes !== undefined
    ? await keys.candidates(contest, station).catch(() => new Map()) : new Map();
  return { place, bytes, record, items, names: [...names].map(([number, { name }]) => [number, name]) };
}

/** @param {Asking} asking @param {{id: string | null, place: number | null}} which @returns {Promise<Report>} */
export async function askRecord(asking, { id, place }) {
  const { log, keys } = await opened(asking);
  const at = place ?? await placeOf(log, id, asking);
  const common = { sections: [], rest: 'rest.record', ...electionOf(log) };
  if (at === null) {
    const items = [electionItem(log), ...await headItems(log, log.head.size - 1), bad('record.not-found', { size: log.head.size })];
    return { ...common, key: 'report.title', values: {}, items };
  }
  const checked = await checkRecord(log, keys, at, { id });
  const items = [electionItem(log), ...await headItems(log, at), ...checked.items, ...await rowItems(keys, checked.record)];
  return { ...common, key: 'report.of-record', values: { place: at }, items, sections: [await section(keys, { ...checked, items: [] })] };
}

async function rowItems(keys, record) {
  const station = record?.fields.station;
  if (typeof station !== 'string') return [];
  const row = await keys.station(station);
  return [row === null ? bad('station.no-row') : good('station.row', { name: row.name, registered: row.registered })];
}

/** @param {Asking} asking @param {{station: string, contest: string | null}} which @returns {Promise<Report>} */
export async function askStation(asking, { station, contest }) {
  const { log, keys } = await opened(asking);
  const { row, records, counts } = await checkStation(log, keys, station, contest, asking);
  const items = [electionItem(log), ...await headItems(log, log.head.size - 1)];
  items.push(good('station.read', { size: log.head.size, count: records.length }));
  if (counts.unread > 0) items.push(bad('station.unread', { count: counts.unread }));
  items.push(row === null ? bad('station.no-row') : good('station.row', { name: row.name, registered: row.registered }));
  for (const of of differingForms(records)) items.push(bad('station.differ', { contest: of }));
  const sections = [];
  for (const one of records) sections.push(await section(keys, one));
  const images = imagesOf(sections);
  return { key: 'report.of-station', values: { code: station }, items, sections, images, rest: 'rest.station', ...electionOf(log) };
}

/**
 * @param {Asking & {pool: ReturnType<typeof import('./pool.mjs').poolOf>, now: () => number}} asking `now` in milliseconds
 * @param {{area: string, contest: string | null}} which @returns {Promise<Report>}
 */
export async function askArea(asking, which) {
  const began = asking.now();
  const effort = { bytes: 0, requests: 0 };
  const { log } = await opened({ ...asking, source: counted(asking.source, effort) });
  const found = await checkArea(log, which, asking);
  const { first, ...report } = await areaReport(log, found);
  const seconds = Math.ceil((asking.now() - began) / 1000);
  return { ...report, sections: first === null ? [] : [first], areaEffort: { ...effort, seconds } };
}

/**
 * Files that the reader has, each by itself; and by the log, if there is one.
 * @param {Asking | null} asking @param {import('./files.mjs').Held[]} held
 * @param {{known: import('./files.mjs').Known | null, images: Map<string, number>, mlDsa44?: any}} about @returns {Promise<Report>}
 */
export async function askFiles(asking, held, { known, images, mlDsa44 = null }) {
  const at = asking === null ? { log: null, keys: null } : await opened(asking);
  const of = { ...at, known: at.log ?? known, images, mlDsa44, watch: asking ?? {} };
  const groups = [];
  for (const file of held) groups.push({ title: file.name, items: await fileItems(file, of) });
  const common = { key: 'report.of-files', values: { count: held.length }, groups, sections: [], rest: 'rest.files' };
  if (at.log === null) return { ...common, items: [], whenGood: 'report.files-alone', election: null, mirrors: [] };
  const items = [electionItem(at.log), ...await headItems(at.log, at.log.head.size - 1)];
  return { ...common, items, ...electionOf(at.log) };
}

/** How much is read. */
function counted(source, effort) {
  return {
    ...source,
    async read(path, bytesMax) {
      effort.requests += 1;
      const bytes = await source.read(path, bytesMax);
      effort.bytes += bytes?.length ?? 0;
      return bytes;
    },
  };
}

/** A note from paper, without a log. @param {Uint8Array} bytes @returns {Report} */
export function askNoteOffline(bytes) {
  const { items, record } = noteItems(bytes);
  if (record !== null) {
    const who = record.signers.map(({ name }) => name).join(', ');
    items.push(open('note.signatures-offline', { count: record.signers.length, who }), open('note.log-offline'));
  }
  const sections = [{ place: null, bytes, record, items: [], names: [] }];
  return { key: 'report.of-note', values: {}, items, sections, rest: 'rest.note', election: null, mirrors: [] };
}

function noteItems(bytes) {
  try {
    const record = parseRecord(bytes);
    return { record, items: [good('note.canonical', { kind: record.kind, id: record.id })] };
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    return { record: null, items: [bad('note.not-canonical', { code: refused.code, hash: hex(sha256(bytes)) })] };
  }
}

/** The same, and whether the log holds it. @param {Asking} asking @param {Uint8Array} bytes @returns {Promise<Report>} */
export async function askNote(asking, bytes) {
  const { items, record } = noteItems(bytes);
  if (record === null) return askNoteOffline(bytes);
  const { log, keys } = await opened(asking);
  items.push(electionItem(log));
  const place = await placeOf(log, record.id, asking);
  items.push(...await headItems(log, place ?? log.head.size - 1));
  let checked = { place, bytes, record, items: [] };
  if (place === null) {
    if (record.election !== null && record.election !== log.election.fingerprint) items.push(bad('record.other-election'));
    items.push(...(await checkSigners(log, keys, record)).items, open('note.not-in-log', { size: log.head.size }));
  } else {
    checked = await checkRecord(log, keys, place, { id: record.id, note: bytes });
    items.push(...checked.items);
  }
  items.push(...await rowItems(keys, record));
  const sections = [await section(keys, { ...checked, items: [] })];
  return { key: 'report.of-note', values: {}, items, sections, rest: 'rest.note', ...electionOf(log) };
}
