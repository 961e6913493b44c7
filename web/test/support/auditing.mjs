// An invented country whose paper is audited: plan, seed and counts, with a usual value for each line that a test does not give.

import { Country } from './country.mjs';
import { idOf, put, table } from './logs.mjs';

const KINDS = ['audit-count', 'audit-plan', 'audit-seed', 'withhold'];
const QUORUMS = ['audit-plan', 'withhold'];

/** Six stations, two in the first county; candidate 1 has 300 of 420 in each. */
export const ROWS = ['s1', 's2', 's3', 's4', 's5', 's6']
  .map((station) => `${station} ${station < 's3' ? 'c01' : 'c02'} 600 420 300 100 20`);

export class Auditing extends Country {
  electionLines() {
    const lines = super.electionLines();
    const of = (/** @type {string} */ word) => lines.filter((line) => line.startsWith(`${word} `));
    const admits = [...of('admits'), ...KINDS.map((kind) => `admits ${kind}@v1`)].sort();
    const quorums = [...of('quorum'), ...QUORUMS.map((kind) => `quorum ${kind} 2`)].sort();
    const rest = lines.filter((line) => !/^(?:admits|quorum) /.test(line));
    const at = rest.findIndex((line) => line.startsWith('level '));
    const then = rest.findLastIndex((line) => line.startsWith('custodian ')) + 1;
    return [...rest.slice(0, at), ...admits, ...rest.slice(at, then), ...quorums, ...rest.slice(then)];
  }

  keyRows() {
    const rows = [this.keyRow('auditor-1', 'auditor area MF'), this.keyRow('auditor-2', 'auditor area MF'),
      this.keyRow('auditor-3', 'auditor area c01'), this.keyRow('auditor-4', 'auditor station s1')];
    return [...super.keyRows(), ...rows].sort((a, b) => (a.split(' ')[1] < b.split(' ')[1] ? -1 : 1));
  }

  /** @param {string} kind @param {string[]} lines @param {string[]} who */
  say(kind, lines, who) {
    const keyOf = (/** @type {string} */ name) => (name.startsWith('custodian-') ? this.custodians[Number(name.at(-1)) - 1] : this.key(name));
    const note = this.make(kind, lines, who.map(keyOf));
    this.add(note);
    return idOf(note);
  }

  /** A table of batches as a blob. @param {string[]} rows */
  batches(rows) {
    return `sha256:${put(this.blobs, table('audit-batches', rows.map((row) => `batch ${row}`)))}`;
  }

  /**
   * @param {{who?: string[], contest?: string, area?: string, head?: string, outcome?: string[], spread?: string[], limit?: string,
   *   method?: string[], rows?: string[], batches?: string, last?: string[]}} [given]
   */
  plan(given = {}) {
    const { who = ['custodian-1', 'custodian-2'], contest = 'president', area = 'MF', outcome = ['outcome elected', 'candidate 1'] } = given;
    const { head = `${this.entries.length} ${'5a'.repeat(32)}`, spread = ['c01', 'c02'], limit = '1/20' } = given;
    const { method = ['method kaplan-markov'], rows = ROWS, batches = this.batches(rows), last = [] } = given;
    return this.say('audit-plan', [`contest ${contest}`, `area ${area}`, `head ${head}`, ...outcome, ...spread.map((code) => `spread-area ${code}`),
      `risk-limit ${limit}`, ...method, `batches ${batches}`, ...last], who);
  }

  /** @param {string} plan @param {{who?: string[], digits?: string}} [given] */
  seed(plan, { who = ['commissioner', 'observer'], digits = '31415926535897932384' } = {}) {
    return this.say('audit-seed', [`plan ${plan}`, `digits ${digits}`, 'thrown 2031-03-11T10:00:00+03:00'], who);
  }

  /** @param {string} plan @param {string} station @param {number[]} votes @param {{who?: string[], last?: string[]}} [given] */
  count(plan, station, votes = [300, 100, 20], { who = ['auditor-1', 'auditor-2'], last = [] } = {}) {
    return this.say('audit-count', [`plan ${plan}`, `station ${station}`, 'at 2031-03-12T10:00:00+03:00',
      ...votes.map((count, i) => `votes ${i + 1} ${count}`), ...last], who);
  }
}
