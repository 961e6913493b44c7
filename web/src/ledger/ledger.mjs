/**
 * The ledger: a fold over the records in the order of the log. The same records in the same order give the same ledger.
 *
 * `append` reads, verifies and applies one entry. In bulk these are three steps: `parseRecord` and `gatherTables`; `signatureJobs` and
 * `proofJobs` (see jobs.mjs), whose answers go into `verdicts`; and `apply`, in the order of the log.
 */

import { demand, Failure } from '../failure.mjs';
import { Audits } from './audits.mjs';
import { Conduct } from './conduct.mjs';
import { checkElection, firstRoster, readElection } from './election.mjs';
import { parseRecord } from './record.mjs';
import { Register } from './register.mjs';
import { RULES } from './rules.mjs';
import { Said } from './said.mjs';
import { checkSignatures, demandQuorum } from './signers.mjs';
import { gatherTables, tablesOf } from './tables.mjs';

/** @typedef {import('./record.mjs').Record} Record */
/** @typedef {import('./tables.mjs').Tables} Tables */
/** @typedef {{place: number, admission: string, detail: string}} Judgement `admitted`, `held`, or the code of the refusal */

/**
 * @typedef {object} Paper one form, intake or transcript that was taken in
 * @property {number} place
 * @property {string} id
 * @property {string} kind
 * @property {string} contest
 * @property {import('./register.mjs').Station} station
 * @property {import('./text.mjs').Fields} fields
 * @property {string} boxes every box in one text: equal texts, equal boxes
 * @property {boolean} held
 * @property {boolean} late a signer's key was enrolled after the zero report
 */

/** @typedef {{place: number, id: string, rank: string, stands: string | undefined, disregarded: string | undefined}} Ruling */
/** @typedef {{place: number, counts: boolean, state: string, areas: string[], stations: string[]}} Poll */

/**
 * @typedef {object} Race what the log holds for one contest
 * @property {import('./election.mjs').Contest} contest
 * @property {Map<string, Paper[]>} papers by station
 * @property {Map<string, Ruling[]>} rulings by station
 * @property {Poll[]} polls
 * @property {{place: number, record: Record, holders: import('./roster.mjs').Holder[], missing: string[]}[]} declarations
 * @property {{place: number, record: Record, rows: [string, string, string | undefined][]}[]} collations
 * @property {Map<string, {place: number, reason: string}[]>} missing reasons by station
 */

export class Ledger {
  /** @param {Record} record the election record @param {(boolean | undefined)[]} [proofs] whether its proofs verify, if that is known */
  constructor(record, proofs) {
    this.election = readElection(record);
    checkElection(record.fields, this.election);
    this.roster = firstRoster(record.fields, this.election, proofs);
    this.register = new Register();
    /** The policy of witnesses, mirrors and intakes, and from behind which place on. */
    this.policies = [{ place: 0, cosigners: this.election.cosigners }];
    this.size = 1;
    /** Place of the zero report. @type {number | null} */
    this.zero = null;
    /** @type {Map<string, {place: number, kind: string, paper: Paper | null}>} what stands in the log, by id */
    this.ids = new Map([[record.id, { place: 0, kind: 'election', paper: null }]]);
    /** What people and machines did. */
    this.conduct = new Conduct();
    /** Audits of the paper. */
    this.audits = new Audits();
    /** What others claim and say. */
    this.said = new Said();
    /** Hashes of the tables that admitted records are computed from. @type {Set<string>} */
    this.tableBlobs = new Set();
    /** @type {Map<string, Race>} */
    this.races = new Map([...this.election.contests].map(([code, contest]) => [code, {
      contest, papers: new Map(), rulings: new Map(), polls: [], declarations: [], collations: [], missing: new Map(),
    }]));
    /** @type {string[]} ids of the register records that stand */
    this.registers = [];
    /** @type {Map<string, {place: number, device: number, manual: number, final: boolean, held: boolean}[]>} by station */
    this.turnouts = new Map();
    /** @type {{place: number, fields: import('./text.mjs').Fields, paper: Paper}[]} */
    this.images = [];
    /** @type {{place: number, fields: import('./text.mjs').Fields, paper: Paper, holder: import('./roster.mjs').Holder}[]} */
    this.attests = [];
    /** @type {{place: number, size: number, root: string, times: {name: string, witness: boolean, seconds: number}[]}[]} */
    this.heads = [];
    /** @type {{place: number, kind: string, fields: import('./text.mjs').Fields}[]} notices and refusals */
    this.listed = [];
    /** @type {{place: number, text: string}[]} changes since the fingerprint */
    this.changes = [];
    /** @type {{place: number, name: string}[]} keys enrolled or replaced after the zero report */
    this.lateKeys = [];
    /** @type {Judgement[]} entries that the rules refuse */
    this.inadmissible = [];
  }

  /**
   * A ledger that holds entry 0.
   * @param {Uint8Array | Record} entry0
   * @param {{proofs?: (boolean | undefined)[]}} [verdicts] whether the proofs in it verify, if that is known
   * @returns {Ledger}
   */
  static begin(entry0, verdicts = {}) {
    const record = entry0 instanceof Uint8Array ? parseRecord(entry0) : entry0;
    demand(record.kind === 'election', 'R106', 'the first record of a log is its election record');
    const ledger = new Ledger(record, verdicts.proofs);
    const { holders } = checkSignatures(record, ledger.roster);
    demandQuorum(holders, ledger.election.quorums, 'election');
    return ledger;
  }

  /**
   * Reads, verifies and applies one entry.
   * @param {number} place @param {Uint8Array} bytes @param {import('./tables.mjs').ReadBlob} read @returns {Promise<Judgement>}
   */
  async append(place, bytes, read) {
    const parsed = parseEntry(bytes);
    const tables = parsed instanceof Failure ? new Map() : await gatherTables(parsed, read);
    return this.apply(place, parsed, tables);
  }

  /**
   * Applies an entry that was parsed, in the order of the log. What is refused leaves the ledger as it was, but for its size.
   * @param {number} place @param {Record | Failure} parsed @param {Tables} tables @returns {Judgement}
   */
  apply(place, parsed, tables) {
    if (place !== this.size) throw new Error(`place ${place} after ${this.size} entries`);
    try {
      if (parsed instanceof Failure) throw parsed;
      const { held, effect } = this.admit(parsed, tables);
      effect();
      this.size += 1;
      return { place, admission: held ? 'held' : 'admitted', detail: '' };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.size += 1;
      const judgement = { place, admission: error.code, detail: error.detail };
      this.inadmissible.push(judgement);
      return judgement;
    }
  }

  /**
   * Judges a record at the next place without changing anything.
   * @param {Record} record @param {Tables} tables @returns {{held: boolean, effect: () => void}}
   */
  admit(record, tables) {
    const { fingerprint, admits } = this.election;
    demand(record.kind === 'election' || record.election === fingerprint, 'R301', `the record is of another election than ${fingerprint}`);
    demand(admits.has(record.kindVersion), 'R106', `this election does not admit ${record.kindVersion}`);
    demand(!this.ids.has(record.id), 'R308', 'a record of this id stands already');
    const { holders, held } = checkSignatures(record, this.roster);
    demand(record.kind !== 'election', 'R308', 'the election record stands once, at place 0');
    const place = this.size;
    const here = this.conduct.withoutWithheld(tables);
    const effect = RULES[record.kind]({ ledger: this, record, fields: record.fields, holders, held, tables: here, place });
    return {
      held,
      effect: () => {
        this.ids.set(record.id, { place, kind: record.kind, paper: null });
        for (const [hash] of tablesOf(record)) this.keepTable(hash, tables);
        effect();
      },
    };
  }

  /** A table that the ledger is computed from, and the shards of an index. @param {string} hash @param {Tables} tables */
  keepTable(hash, tables) {
    this.tableBlobs.add(hash);
    const table = tables.get(hash);
    if (!table || table instanceof Failure || table.name !== 'index') return;
    for (const [, shard] of table.fields.shard) this.tableBlobs.add(shard);
  }

  /** @param {string} code @returns {Race} */
  race(code) {
    const race = this.races.get(code);
    if (!race) throw new Failure('R302', `there is no contest ${code} in this election`);
    return race;
  }

  /** The form, intake or transcript of an id. @param {string} id @returns {Paper} */
  paper(id) {
    const paper = this.ids.get(id)?.paper;
    if (!paper) throw new Failure('R304', `the log holds no form ${id}`);
    return paper;
  }
}

/** A record, or why the bytes are none. @param {Uint8Array} bytes @returns {Record | Failure} */
export function parseEntry(bytes) {
  try {
    return parseRecord(bytes);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
