/**
 * What people and machines did around the count, as the log has it: sessions, observations, authorised software, custody, challenges,
 * questions, and what is withheld.
 */

/** @typedef {import('./text.mjs').Fields} Fields */
/** @typedef {{place: number, fields: Fields}} Said */
/** @typedef {{place: number, at: number, fields: Fields, countersigned: boolean, end: {place: number, at: number} | null}} Session */

export class Conduct {
  constructor() {
    /** @type {Map<string, Session>} by the id of the record that began it */
    this.sessions = new Map();
    /** @type {{place: number, host: string, fields: Fields}[]} */
    this.observations = [];
    /** @type {Map<string, {sequence: number, id: string}>} the one with the largest sequence, by host */
    this.last = new Map();
    /** @type {Said[]} */
    this.software = [];
    /** @type {Said[]} */
    this.custody = [];
    /** @type {Said[]} */
    this.challenges = [];
    /** @type {Said[]} */
    this.answers = [];
    /** @type {(Said & {id: string})[]} */
    this.scrutiny = [];
    /** @type {Map<string, Said>} by hash */
    this.withheld = new Map();
  }

  /** The tables that may be read: what is withheld is as what is not here. @param {import('./tables.mjs').Tables} tables */
  withoutWithheld(tables) {
    if (this.withheld.size === 0) return tables;
    return new Map([...tables].filter(([hash]) => !this.withheld.has(hash)));
  }
}
