// One audit to play with: forms that all say the same, a plan, a seed, and hand counts as a test gives them.

import { auditOf } from '../../src/audit/audit.mjs';
import { auditsText } from '../../src/audit/text.mjs';
import { Audited, rowText } from './audited.mjs';

const PLURALITY = ['contest president plurality President', 'cap president 700'];
export const SPREAD = ['contest president majority-with-spread President', 'spread president 1/2 1/4 2 county', 'cap president 700'];

/** A log with forms that all say the same, a plan, and a seed if it is asked for. @param {any} [given] */
export async function audited(given = {}) {
  const { stations = 30, votes = [80, 20], contestLines = PLURALITY, leaves, seed = true, change = () => {}, last, ...plan } = given;
  const country = new Audited({ stations, candidates: votes.length, contestLines, voters: ['100'], leaves }).open();
  for (const station of country.stations) country.add(country.form(station, Object.fromEntries(votes.map((count, i) => [2 * i + 1, count]))));
  await country.fold();
  const rows = country.rowsNow();
  change(rows);
  const id = country.plan({ head: country.headNow(), spread: [], limit: '1/2', rows: rows.map(rowText), last, ...plan });
  await country.fold();
  if (seed) country.seed(id);
  await country.fold();
  return new Bench(country, id);
}

class Bench {
  constructor(country, id) {
    Object.assign(this, { country, id });
  }

  get plan() {
    return this.country.ledger.audits.plan(this.id);
  }

  get audit() {
    return auditOf(this.country.ledger, this.plan, this.country.ledger.size);
  }

  get stage() {
    const { stage } = this.audit;
    return stage === null ? null : `${stage.word} ${stage.number}`;
  }

  get lines() {
    return auditsText(this.country.ledger, this.country.ledger.size).split('\n');
  }

  drawn() {
    return [...new Set(this.audit.sample.draws.map(({ at }) => this.plan.rows[at][0]))];
  }

  rest() {
    return this.country.stations.filter((station) => !this.drawn().includes(station));
  }

  async count(stations, votes, last = []) {
    const lines = votes.map((count, i) => `votes ${2 * i + 1} ${count}`);
    const ids = stations.map((station) => this.country.say('audit-count',
      [`plan ${this.id}`, `station ${station}`, 'at 2031-03-12T10:00:00+03:00', ...lines, ...last], ['auditor-1', 'auditor-2']));
    await this.country.fold();
    return ids[0];
  }
}
