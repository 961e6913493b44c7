/**
 * The rules of what others claim and say: `claim`, `statement`, and what is found of a claim: `claim-test`, `claim-ruling`.
 */

import { demand, Failure } from '../failure.mjs';
import { demandOne } from './signers.mjs';

/** @typedef {import('./rules.mjs').Case} Case */
/** @typedef {import('./said.mjs').Saying} Saying */

/** @type {Record<string, import('./rules.mjs').Rule>} */
export const SAID_RULES = { claim, statement, 'claim-test': claimTest, 'claim-ruling': claimRuling };

const DESK = 'press-desk';

/** An authority's log holds its own results, and nobody else's. @param {Case} given */
function demandNoAuthority({ ledger: { election } }) {
  demand(election.authority === 'none', 'R307', 'claims and statements stand in a log without an authority');
}

/** What a saying takes the place of. @param {Map<string, Saying>} sayings @param {string | undefined} id @param {Case} given */
function earlier(sayings, id, { record: { kind }, holders: [{ name }] }) {
  if (id === undefined) return null;
  const before = sayings.get(id);
  if (!before) throw new Failure('R304', `the log holds no ${kind} ${id}`);
  demand(before.signer === name, 'R202', `${id} was signed by another key`);
  return before;
}

/** @param {Map<string, Saying>} sayings @param {Saying | null} before @param {Case} given */
function list(sayings, before, { record: { id }, fields, holders: [{ name, role }], place }) {
  sayings.set(id, { place, id, signer: name, asPublishedBy: role === DESK, fields, followedBy: [] });
  before?.followedBy.push(id);
}

/** @param {Case} given */
function claim(given) {
  const { ledger: { said: { claims } }, fields, holders } = given;
  demandNoAuthority(given);
  demand(fields.votes.length > 0 || fields.table !== undefined, 'R105', 'a claim has `votes` or a `table`');
  demand(fields.mapping === undefined || fields.table !== undefined, 'R105', '`mapping` stands beside a `table`');
  demandOne(holders, ['claimant', DESK]);
  const before = earlier(claims, fields.replaces, given);
  return () => list(claims, before, given);
}

/** @param {Case} given */
function statement(given) {
  const { ledger: { said: { claims, statements } }, fields, holders } = given;
  demandNoAuthority(given);
  demandOne(holders, ['publisher', DESK]);
  for (const id of fields['of-claim']) demand(claims.has(id), 'R304', `the log holds no claim ${id}`);
  const before = earlier(statements, fields.corrects, given);
  return () => list(statements, before, given);
}

/** @param {Case} given */
function claimTest(given) {
  demandNoAuthority(given);
  demandOne(given.holders, ['claimant', 'publisher', DESK]);
  return ofClaim(given.ledger.said.tests, given);
}

/** @param {Case} given */
function claimRuling(given) {
  demandNoAuthority(given);
  demandOne(given.holders, ['registrar', DESK]);
  return ofClaim(given.ledger.said.rulings, given);
}

/** What is found of a claim stands beside it. @param {Map<string, Saying>} sayings @param {Case} given */
function ofClaim(sayings, given) {
  const { ledger: { said: { claims } }, fields, record: { kind } } = given;
  demand(claims.has(fields.claim), 'R304', `the log holds no claim ${fields.claim}`);
  const before = sayings.get(fields.replaces);
  demand(before === undefined || before.fields.claim === fields.claim, 'R304', `${fields.replaces} is a ${kind} of another claim`);
  const replaced = earlier(sayings, fields.replaces, given);
  return () => list(sayings, replaced, given);
}
