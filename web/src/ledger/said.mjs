/**
 * What others claim and say of an election, as a log of its own has it. It counts nowhere.
 */

/** @typedef {import('./text.mjs').Fields} Fields */

/**
 * @typedef {object} Saying a claim, a statement, or a test or ruling of a claim
 * @property {number} place
 * @property {string} id
 * @property {string} signer name of the key
 * @property {boolean} asPublishedBy a press desk signed it: shown "as published by", not as said by the signer
 * @property {Fields} fields
 * @property {string[]} followedBy ids of what replaces the claim, or corrects the statement, in the order of the log
 */

/** @typedef {{before?: number, record?: string, area?: string, claim?: string}} Asked */

export class Said {
  constructor() {
    /** @type {Map<string, Saying>} by id, in the order of the log */
    this.claims = new Map();
    /** @type {Map<string, Saying>} by id, in the order of the log */
    this.statements = new Map();
    /** @type {Map<string, Saying>} by id, in the order of the log */
    this.tests = new Map();
    /** @type {Map<string, Saying>} by id, in the order of the log */
    this.rulings = new Map();
  }

  /** @param {number} [before] as of this size @returns {Saying[]} */
  claimsBefore(before = Infinity) {
    return asOf(this.claims, before);
  }

  /**
   * Statements, of whatever or of a record, an area and a claim.
   * @param {Asked} [asked] @returns {Saying[]}
   */
  statementsOf({ before = Infinity, record, area, claim } = {}) {
    const speaksOf = (/** @type {string[]} */ named, /** @type {string | undefined} */ one) => one === undefined || named.includes(one);
    return asOf(this.statements, before).filter(({ fields }) => (
      speaksOf(fields['of-record'], record) && speaksOf(fields['of-area'], area) && speaksOf(fields['of-claim'], claim)));
  }
}

/** @param {Map<string, Saying>} sayings @param {number} before @returns {Saying[]} */
function asOf(sayings, before) {
  const stands = (/** @type {string} */ id) => Number(sayings.get(id)?.place) < before;
  return [...sayings.values()].filter(({ id }) => stands(id))
    .map((saying) => ({ ...saying, followedBy: saying.followedBy.filter(stands) }));
}
