/**
 * The rule of each kind: it throws a Failure, or returns what the record changes.
 */

import { ACT_RULES } from './rules-acts.mjs';
import { AMEND_RULES } from './rules-amend.mjs';
import { AUDIT_RULES } from './rules-audit.mjs';
import { CONDUCT_RULES } from './rules-conduct.mjs';
import { KEY_RULES } from './rules-keys.mjs';
import { PAPER_RULES } from './rules-papers.mjs';
import { REGISTER_RULES } from './rules-register.mjs';
import { SAID_RULES } from './rules-said.mjs';

/**
 * @typedef {object} Case what a rule judges
 * @property {import('./ledger.mjs').Ledger} ledger
 * @property {import('./record.mjs').Record} record
 * @property {import('./text.mjs').Fields} fields
 * @property {import('./roster.mjs').Holder[]} holders of the keys that signed
 * @property {boolean} held
 * @property {import('./tables.mjs').Tables} tables
 * @property {number} place
 */

/** @typedef {(given: Case) => () => void} Rule */

/** @type {Record<string, Rule>} */
export const RULES = {
  ...REGISTER_RULES, ...AMEND_RULES, ...KEY_RULES, ...PAPER_RULES, ...ACT_RULES, ...CONDUCT_RULES, ...AUDIT_RULES, ...SAID_RULES,
};
