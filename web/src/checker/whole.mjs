// The check of a whole log: every tile, entry, signature and rule, to the totals; and where they part from a results file.

import { text } from '../bytes.mjs';
import { Failure } from '../failure.mjs';
import { KeyBook, proofJobs, signatureJobs, tableJobs } from '../ledger/jobs.mjs';
import { Ledger, parseEntry } from '../ledger/ledger.mjs';
import { resultsText } from '../ledger/results.mjs';
import { policyAt } from '../ledger/rules-acts.mjs';
import { gatherTables } from '../ledger/tables.mjs';
import { bundles, LogFailure, readBlob } from '../log.mjs';
import { policyInForce } from '../policy.mjs';
import { RESULTS_BYTES_MAX } from '../source.mjs';
import { tableChecks } from './audits.mjs';
import { openLog } from './open.mjs';
import { wholeProspects } from './prospects.mjs';

/** Bundles that are parsed and verified ahead of the one that is applied. */
const AHEAD = 8;
/** Keys of the register whose proofs are verified together. */
const KEYS_AT_ONCE = 4096;
/** Shards that are asked for ahead of the one that is parsed. */
const BLOBS_AHEAD = 16;

/**
 * @typedef {object} Whole
 * @property {import('./open.mjs').OpenLog} log with the policies that the log's own amendments leave in force
 * @property {Ledger} ledger
 * @property {string} text the results as of the head
 * @property {Map<string, number>} kinds how many entries of each kind
 * @property {number} signatures how many were verified
 * @property {import('../ledger/ledger.mjs').Judgement[]} inadmissible entries that the rules refuse (F204)
 * @property {Comparison} comparison
 * @property {import('./record.mjs').Item[]} prospects whether the outcomes can still change
 * @property {import('./audits.mjs').TableCheck[]} tables of the plans of audits, in the order of the log
 */

/**
 * @typedef {{kind: 'same', lines: number, size: number} | {kind: 'none', size: number} | {kind: 'other-size', size: number}
 *   | {kind: 'differs', size: number, line: number, ours: string, theirs: string, contest: string, area: string}} Comparison
 */

/**
 * @param {{source: import('../source.mjs').Source, pool: ReturnType<typeof import('./pool.mjs').poolOf>,
 *   results?: Uint8Array, onProgress?: (phase: 'tables' | 'keys' | 'entries' | 'totals', done: number, of: number) => void,
 *   signal?: AbortSignal}} asked `results`: a file to compare with, instead of the source's own
 * @returns {Promise<Whole>}
 */
export async function wholeCheck({ source, pool, results, onProgress = () => {}, signal }) {
  const log = await openLog(source);
  const fold = new Fold(log, pool, onProgress);
  const ahead = [];
  for await (const bundle of bundles(source, log.head, { tiles: log.tiles })) {
    if (signal?.aborted) throw new LogFailure('L514', '', { place: bundle.first });
    ahead.push(await fold.prepare(bundle));
    if (ahead.length > AHEAD) await fold.apply(ahead.shift());
  }
  for (const prepared of ahead) await fold.apply(prepared);
  onProgress('totals', log.head.size, log.head.size);
  const { ledger, kinds, signatures } = fold;
  const whole = resultsText(ledger, log.head.size);
  const comparison = await compare(log, ledger, whole, results);
  const prospects = await wholeProspects(log, ledger);
  const tables = await tableChecks(log, ledger);
  const policyOf = (size) => policyInForce(policyAt(ledger, size), ledger.election.organisations);
  return {
    log: { ...log, policyOf }, ledger, text: whole, kinds, signatures, inadmissible: ledger.inadmissible, comparison, prospects, tables,
  };
}

/** The three steps of each bundle: parse, verify (by the pool), apply in order. */
class Fold {
  constructor(log, pool, onProgress) {
    Object.assign(this, { log, pool, onProgress });
    this.book = new KeyBook();
    this.kinds = new Map();
    this.signatures = 0;
    this.read = tableReader(log.source, onProgress);
    /** @type {Ledger | null} */
    this.ledger = null;
  }

  async verify(jobs) {
    this.signatures += jobs.length;
    return this.pool.verify(jobs);
  }

  /** Parses a bundle and begins to verify it: first what brings keys, then the signatures. */
  async prepare({ first, entries }) {
    const parsed = entries.map(parseEntry);
    const tables = new Map();
    const lacking = new Map();
    for (const [i, record] of parsed.entries()) {
      if (record instanceof Failure) continue;
      this.kinds.set(record.kind, (this.kinds.get(record.kind) ?? 0) + 1);
      this.book.learn(record);
      const named = await this.tablesOf(record, (hash) => lacking.set(i, hash));
      if (named.size > 0) tables.set(i, named);
    }
    const done = Promise.all([this.verifyRecords(parsed), ...[...tables.values()].map((named) => this.verifyTables(named))]);
    done.catch(() => {});
    return { first, parsed, tables, lacking, done };
  }

  async tablesOf(record, onLacking) {
    const tables = await gatherTables(record, async (hash) => {
      const bytes = await this.read(hash);
      if (bytes === null) onLacking(hash);
      return bytes;
    });
    for (const table of tables.values()) if (!(table instanceof Failure)) this.book.learnTable(table);
    return tables;
  }

  async verifyRecords(parsed) {
    const jobs = [];
    const settle = [];
    for (const record of parsed) {
      if (record instanceof Failure) continue;
      signatureJobs(record, this.book).forEach((job, i) => {
        if (job === null) return;
        jobs.push(job);
        settle.push((verdict) => { record.verdicts[i] = verdict; });
      });
      if (record.kind === 'election') continue;
      proofJobs(record).forEach((job, i) => {
        jobs.push(job);
        settle.push((verdict) => { (record.proofVerdicts ??= [])[i] = verdict; });
      });
    }
    (await this.verify(jobs)).forEach((verdict, i) => settle[i](verdict));
  }

  /** The keys of all shards together: many at once cost less than many times few. */
  async verifyTables(tables) {
    const rows = [];
    for (const table of tables.values()) {
      if (table instanceof Failure) continue;
      tableJobs(table, this.log.election.fingerprint).forEach((job, i) => rows.push({ job, table, i }));
    }
    let keys = 0;
    const batches = [];
    for (let at = 0; at < rows.length; at += KEYS_AT_ONCE) batches.push(rows.slice(at, at + KEYS_AT_ONCE));
    await Promise.all(batches.map(async (batch) => {
      const verdicts = await this.verify(batch.map(({ job }) => job));
      batch.forEach(({ table, i }, at) => { table.verdicts[i] = verdicts[at]; });
      keys += batch.length;
      this.onProgress('keys', keys, rows.length);
    }));
  }

  async apply({ first, parsed, tables, lacking, done }) {
    await done;
    parsed.forEach((record, i) => {
      if (lacking.has(i)) this.demandWithheld(lacking.get(i), first + i);
      if (first + i === 0) {
        this.ledger = Ledger.begin(record);
        return;
      }
      this.ledger.apply(first + i, record, tables.get(i) ?? new Map());
    });
    this.onProgress('entries', first + parsed.length, this.log.head.size);
  }

  /** A table that is not here: nothing behind it can be judged, unless the log itself said before that it is served no longer. */
  demandWithheld(hash, place) {
    if (this.ledger?.conduct.withheld.has(hash)) return;
    throw new LogFailure('L513', `blob/${hash}`, { path: `blob/${hash}`, place });
  }
}

/** Reads tables; where one is an index, its shards are asked for ahead. */
function tableReader(source, onProgress) {
  const asked = new Map();
  let line = [];
  let done = 0;
  const ask = (hash) => {
    if (!asked.has(hash)) {
      const reading = readBlob(source, hash);
      reading.catch(() => {});
      asked.set(hash, reading);
    }
    return asked.get(hash);
  };
  return async (hash) => {
    const bytes = await ask(hash);
    asked.delete(hash);
    if (bytes === null) return null;
    done += 1;
    if (bytes.length < 1 << 20 && startsWith(bytes, 'hakiki/index@v1\n')) {
      line = [...text(bytes).matchAll(/^shard \S+ sha256:([0-9a-f]{64})$/gm)].map((match) => match[1]);
    }
    line.splice(0, line.indexOf(hash) + 1);
    line.slice(0, BLOBS_AHEAD).forEach(ask);
    onProgress('tables', done, done + line.length);
    return bytes;
  };
}

function startsWith(bytes, written) {
  for (let i = 0; i < written.length; i++) if (bytes[i] !== written.charCodeAt(i)) return false;
  return true;
}

/** Our text beside a results file. @returns {Promise<Comparison>} */
async function compare(log, ledger, whole, given) {
  const size = log.head.size;
  const theirs = given ?? await log.source.read(`results/${size}`, RESULTS_BYTES_MAX);
  if (theirs === null) return { kind: 'none', size };
  const written = text(theirs);
  const of = Number(/^size ([0-9]{1,15})$/m.exec(written.slice(0, 400))?.[1] ?? size);
  if (of > size) return { kind: 'other-size', size: of };
  const ours = of === size ? whole : resultsText(ledger, of);
  return ours === written
    ? { kind: 'same', lines: ours.split('\n').length - 1, size: of }
    : { ...firstDifference(ours, written), size: of };
}

/** @param {string} ours @param {string} theirs */
export function firstDifference(ours, theirs) {
  const [a, b] = [ours.split('\n'), theirs.split('\n')];
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  const above = a.slice(0, i + 1);
  const last = (word) => above.findLast((line) => line.startsWith(`${word} `))?.split(' ')[1] ?? '';
  return { kind: 'differs', line: i + 1, ours: a[i] ?? '', theirs: b[i] ?? '', contest: last('contest'), area: last('area') };
}

/** The totals of the whole, for people: read from our own results text. @param {Whole} whole */
export function totalsOf({ ledger, text: written }) {
  const root = [...ledger.register.areas.values()].find((area) => area.parent === null)?.code;
  const found = [];
  let contest = null;
  let area = null;
  for (const line of written.split('\n')) {
    const [word, ...rest] = line.split(' ');
    if (word === 'contest') {
      contest = { code: rest[0], title: ledger.election.contests.get(rest[0])?.title ?? rest[0], stations: null, votes: [], boxes: [] };
      found.push(contest);
    }
    if (word === 'area') area = rest[0];
    if (area !== root || contest === null) continue;
    const numbers = rest.slice(1).map(Number);
    if (word === 'area') {
      const [expected, missing, standing, contested, disregarded, registered] = numbers;
      contest.stations = { expected, missing, standing, contested, disregarded, registered };
    }
    if (word === 'votes') {
      const candidate = ledger.register.ballots.get(contest.code)?.get(root)?.get(Number(rest[0]));
      contest.votes.push({ number: Number(rest[0]), name: candidate?.name ?? '', party: candidate?.party ?? '', sum: numbers[0], least: numbers[1], most: numbers[2] });
    }
    if (word === 'box') contest.boxes.push({ name: rest[0], sum: numbers[0], written: numbers[1], unread: numbers[2] });
  }
  return found;
}

