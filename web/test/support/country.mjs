// An invented country of a few stations, with every kind of key, for tests of admission and of the fold.

import { Key, idOf, put, putTable, record } from './logs.mjs';

const KINDS = ['amend', 'attest', 'collation', 'declaration', 'election', 'form', 'head', 'image', 'intake', 'key', 'missing', 'notice',
  'poll', 'refusal', 'register', 'ruling', 'transcript', 'turnout', 'zero'];

/**
 * @typedef {object} Options
 * @property {string} [authority]
 * @property {string[]} [contestLines] `contest`, `spread`, `box`, `cap`, `declared-at` lines, instead of the usual
 * @property {string[]} [candidates] rows of the candidates table, instead of the usual
 * @property {string} [mode]
 * @property {(string | number)[]} [voters] registered voters of the stations, in turn
 * @property {string[]} [areas] rows of the areas table behind the usual
 * @property {Record<string, string>} [places] area by station, instead of the usual
 */

/** A country: entry 0, registers, zero, poll; `add` appends what a test makes up. */
export class Country {
  /** @param {Options} [options] */
  constructor(options = {}) {
    this.options = options;
    this.blobs = /** @type {Map<string, Uint8Array>} */ (new Map());
    this.entries = /** @type {Buffer[]} */ ([]);
    this.keys = /** @type {Record<string, Key>} */ ({});
    this.logKey = new Key('log.mfano.example/test');
    this.custodians = [1, 2, 3].map((n) => new Key(`k/custodian-${n}`));
    this.roots = { bridge: new Key('k/root-bridge'), circle: new Key('k/root-circle') };
    this.press = new Key('k/press');
    this.witness = new Key('w/press');
    this.areaOf = options.places ?? { s1: 'c01-1', s2: 'c01-1', s3: 'c02-1', s4: 'c02-1', s5: 'c02-2', s6: 'c02-2' };
    this.stations = Object.keys(this.areaOf);
    this.entries.push(record(this.electionLines(), this.custodians.slice(0, 2)));
    this.fingerprint = idOf(this.entries[0]);
  }

  electionLines() {
    const { authority = 'commission.mfano.example', mode = 'rehearsal', contestLines = CONTESTS } = this.options;
    const origin = this.logKey.name;
    const acceptance = `hakiki/acceptance@v1\norigin ${origin}\nname ${this.press.name}\nkey ${this.press.hash}\nclass press\n`;
    return [
      'hakiki/election@v1', 'title Mfano, a test', `mode ${mode}`, `authority ${authority}`, `log ${this.logKey.vkey}`,
      'polling-day 2031-03-04', 'counting-from 2031-03-04T17:00:00+03:00', 'merge-delay 600', 'head-age 300',
      `rules 1 sha256:${'29a6'.repeat(16)}`, ...KINDS.map((kind) => `admits ${kind}@v1`),
      'level 0 nation', 'level 1 county', 'level 2 constituency', ...contestLines,
      ...this.custodians.map((key) => `custodian ${key.name} ${key.written} commission ${key.proof('origin', origin)}`),
      ...['amend', 'election', 'key', 'notice', 'poll', 'register', 'ruling', 'zero'].map((kind) => `quorum ${kind} 2`),
      ...Object.entries(this.roots).map(([party, key]) => `party ${party} ${key.name} ${key.written} ${key.proof('origin', origin)}`),
      `organisation ${this.press.name} ${this.press.written} press ${this.press.sign(acceptance).toString('base64')}`,
      `witness-quorum 0`,
    ];
  }

  /** @param {string[]} lines behind header and election @param {string} kind @param {Key[]} keys */
  make(kind, lines, keys) {
    return record([`hakiki/${kind}@v1`, `election ${this.fingerprint}`, ...lines], keys);
  }

  /** Appends a record; returns its place. @param {Buffer} note */
  add(note) {
    this.entries.push(note);
    return this.entries.length - 1;
  }

  /** Key of a role at a station or area, which the registers enrol. @param {string} name */
  key(name) {
    this.keys[name] ??= new Key(`k/${name}`);
    return this.keys[name];
  }

  quorum() {
    return this.custodians.slice(0, 2);
  }

  /** @param {string} name @param {string} rest role, `station` or `area`, code @param {string} [party] */
  keyRow(name, rest, party) {
    const key = this.key(name);
    return `key ${key.name} ${rest} ${key.written} ${key.proof('election', this.fingerprint)}${party ? ` ${party}` : ''}`;
  }

  keyRows() {
    const rows = ['commissioner', 'compiler', 'host', 'observer', 'reader', 'registrar']
      .map((role) => this.keyRow(role, `${role} area MF`));
    rows.push(this.keyRow('commissioner-2', 'commissioner area MF'));
    for (const area of ['c01-1', 'c02-1', 'c02-2', 'c02']) {
      for (const role of ['returning', 'second']) rows.push(this.keyRow(`${role}-${area}`, `${role} area ${area}`));
    }
    for (const station of this.stations) {
      for (const role of ['deputy', 'kit', 'presiding']) rows.push(this.keyRow(`${role}-${station}`, `${role} station ${station}`));
      for (const party of ['bridge', 'circle']) rows.push(this.keyRow(`agent-${party}-${station}`, `agent station ${station}`, party));
    }
    return rows.sort((a, b) => (a.split(' ')[1] < b.split(' ')[1] ? -1 : 1));
  }

  /** Registers, zero report and opened poll. */
  open() {
    const { candidates = CANDIDATES, voters = ['600'], contestLines = CONTESTS } = this.options;
    const areas = putTable(this.blobs, 'areas', { MF: [...AREAS, ...this.options.areas ?? []] });
    const ballots = putTable(this.blobs, 'candidates', { MF: candidates });
    /** @type {Record<string, string[]>} */
    const shards = {};
    let sum = 0;
    this.stations.forEach((station, i) => {
      const count = voters[i % voters.length];
      if (count !== 'blank') sum += Number(count);
      const area = /** @type {any} */ (this.areaOf)[station];
      (shards[area] ??= []).push(`station ${station} ${area} ${count} Station ${station}`);
    });
    const stations = putTable(this.blobs, 'stations', shards);
    const keys = putTable(this.blobs, 'keys', { MF: this.keyRows() });
    const first = this.make('register', [`table areas sha256:${areas}`, `table candidates sha256:${ballots}`,
      `table stations sha256:${stations}`], this.quorum());
    const second = this.make('register', [`table keys sha256:${keys}`], this.quorum());
    this.add(first);
    this.add(second);
    const registers = [first, second].map(idOf).sort().map((id) => `register ${id}`);
    this.add(this.make('zero', [...registers, `stations ${this.stations.length}`, `voters ${sum}`, 'counted 0'], this.quorum()));
    const contests = contestLines.filter((line) => line.startsWith('contest ')).map((line) => `contest ${line.split(' ')[1]}`);
    this.add(this.make('poll', ['state opened', ...contests, 'area MF'], this.quorum()));
    return this;
  }

  /**
   * @param {string} station @param {Record<string, string | number>} boxes numbers are candidates
   * @param {{contest?: string, serial?: string, keys?: Key[], onPaper?: string[], sealed?: string, closed?: string}} [more]
   */
  form(station, boxes, more = {}) {
    const { contest = 'president', serial, onPaper = ['on-paper bridge signed 2031-03-04', 'on-paper circle signed 2031-03-04'] } = more;
    const { closed = '2031-03-04T17:04:00+03:00', sealed = '2031-03-04T18:52:00+03:00' } = more;
    return this.make('form', [`contest ${contest}`, `station ${station}`, ...(serial ? [`serial ${serial}`] : []), 'kit kit-1',
      `closed ${closed}`, `sealed ${sealed}`, 'seen-head 5', ...boxLines(boxes), ...onPaper],
    more.keys ?? [this.key(`kit-${station}`), this.key(`presiding-${station}`)]);
  }

  /** What a fold takes. @param {number} [size] */
  log(size = this.entries.length) {
    return {
      entries: this.entries.slice(0, size).map((entry) => new Uint8Array(entry)),
      blob: (/** @type {string} */ hash) => this.blobs.get(hash) ?? null,
    };
  }

  /** Words as a blob. @param {string} text */
  words(text) {
    return put(this.blobs, `hakiki/words@v1\nwords comment ${text}\n`);
  }
}

/** Box lines in the order of the paper. @param {Record<string, string | number>} boxes */
export function boxLines(boxes) {
  const numbers = Object.keys(boxes).filter((name) => /^[0-9]+$/.test(name)).sort((a, b) => Number(a) - Number(b));
  const line = (/** @type {string} */ name) => (name in boxes ? [`${name} ${boxes[name]}`] : []);
  return [...line('registered'), ...numbers.map((number) => `votes ${number} ${boxes[number]}`),
    ...['valid', 'valid-counted', 'rejected', 'objected', 'disputed'].flatMap(line)];
}

export const CONTESTS = ['contest president majority-with-spread President of Mfano', 'spread president 1/2 1/4 2 county',
  'box president registered', 'box president rejected', 'box president valid', 'cap president 700', 'declared-at president nation'];
const CANDIDATES = ['candidate president MF 1 circle Neema Tofali', 'candidate president MF 2 bridge Kito Rusha',
  'candidate president MF 3 - Sifa Ngazi'];
const AREAS = ['area MF nation - Mfano', 'area c01 county MF County 1', 'area c01-1 constituency c01 Constituency 1',
  'area c02 county MF County 2', 'area c02-1 constituency c02 Constituency 2', 'area c02-2 constituency c02 Constituency 3'];
