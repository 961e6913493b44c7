/**
 * The facts of audits of the paper: plans, each with its seed and its counts by hand. What is drawn and which risk remains is no fact.
 */

/** @typedef {import('./text.mjs').Fields} Fields */

/** @typedef {{place: number, id: string, fields: Fields}} Fact */

/**
 * @typedef {object} Plan
 * @property {number} place
 * @property {string} id
 * @property {Fields} fields
 * @property {import('./register.mjs').Ballot | null} ballot of the area whose outcome is tested
 * @property {any[][]} rows of the table of batches: station, area, bound, valid, votes in words
 * @property {Set<string>} stations of the table
 * @property {Fact | null} seed
 * @property {Fact[]} counts in the order of the log
 */

export class Audits {
  constructor() {
    /** @type {Plan[]} in the order of the log */
    this.plans = [];
  }

  /** @param {string} id @returns {Plan | undefined} */
  plan(id) {
    return this.plans.find((plan) => plan.id === id);
  }

  /** The newest plan of a contest and area. @param {Fields} fields @returns {Plan | undefined} */
  newest({ contest, area }) {
    return this.plans.findLast(({ fields }) => fields.contest === contest && fields.area === area);
  }
}

/** The newest count of a station. @param {Plan} plan @param {string} station @returns {Fact | undefined} */
export function newestCount(plan, station) {
  return plan.counts.findLast(({ fields }) => fields.station === station);
}
