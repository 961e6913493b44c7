/**
 * The lines of every kind of record and of every table, version 1, as data.
 *
 * A row is how often a line stands, its key and its values: `1` once, `?` at most once, `*2` any number in strictly ascending order
 * of the first two values, `+1` the same and at least one. `election` behind the header and `signer` at the end are those of records.
 */

import { valueReader } from './values.mjs';

const ROLES = 'administrator|agent|auditor|claimant|commissioner|compiler|deputy|host|kit|observer|presiding|press-desk|publisher|reader|'
  + 'registrar|returning|second|storekeeper|vendor';
const EVENTS = 'boot|clock|configuration|dependencies|file|gap|login|logout|package|program|quote|service-start|service-stop|sudo';
const BOXES = 'disputed|objected|registered|rejected|valid|valid-counted';

const FIGURES = `\
?  registered <box>
*1 votes <number> <box>
?  valid <box>
?  valid-counted <box>
?  rejected <box>
?  objected <box>
?  disputed <box>`;

/**
 * @typedef {object} Line
 * @property {string} key
 * @property {boolean} many
 * @property {boolean} needed
 * @property {number} order how many first values give the order
 * @property {import('./values.mjs').ValueReader[]} values
 * @property {number} least how many values at least
 */

export const KINDS = compile({
  election: `
1  title <words>
1  mode live|rehearsal
1  authority <code>
1  log <token>
1  polling-day <date>
1  counting-from <time>
1  merge-delay <number>
1  head-age <number>
1  rules <number> <blob>
?  follows <id>
+1 admits <kind@version>
+1 level <number> <code>
*1 contest <code> majority-with-spread|plurality|totals-only <words>
*1 spread <code> <fraction> <fraction> <number> <code>
*2 box <code> ${BOXES}
*1 cap <code> <number>
*1 declared-at <code> <code>
+1 custodian <key name> <public key> <code> <signature>
+1 quorum <code> <number>
*1 party <code> <key name> <public key> <signature>
*1 organisation <key name> <public key> commission|court|observers|party|press <signature>
*1 witness <token> <key name>
1  witness-quorum <number>
*1 mirror <token> <key name>
*1 intake <token> <key name>`,
  register: `
*1 table areas|candidates|keys|stations <blob>
*1 close-station <code> <code>
*2 close-candidate <code> <number> <code>
?  words <blob>`,
  amend: `
*1 custodian-out <key name>
*1 custodian-in <key name> <public key> <code> <signature>
*1 witness-out <key name>
*1 witness-in <token> <key name>
?  witness-quorum <number>
*1 mirror-out <key name>
*1 mirror-in <token> <key name>
*1 intake-out <key name>
*1 intake-in <token> <key name>
*1 quorum <code> <number>
*1 admits <kind@version>
?  rules <number> <blob>
1  reason <code>
?  words <blob>`,
  key: `
1  action enrol|replace|revoke
?  old <key name>
?  new <key name> ${ROLES} area|station <code> <public key> <signature> [<code>]
1  reason <code>
?  words <blob>`,
  poll: `
1  state closed|not-held|opened|postponed|relocated
+1 contest <code>
*1 area <code>
*1 station <code>
?  reason <code>
?  words <blob>`,
  zero: `
+1 register <id>
1  stations <place>
1  voters <place>
1  counted 0`,
  head: `
1  size <place>
1  root <id>
1  log-signature <signature>
*1 cosignature <key name> <token>`,
  form: `
1  contest <code>
1  station <code>
?  serial <code>
1  kit <code>
1  closed <time>
1  sealed <time>
1  seen-head <place>
${FIGURES}
*1 on-paper <code> absent|refused|signed|unstated [<date>]
?  words <blob>`,
  image: `
1  of <id>
1  shows agent-copy|door|original
1  page <blob>
?  agents-table <blob>
1  taken <time>`,
  intake: `
1  contest <code>
1  station <code>
?  serial <code>
1  taken <time>
1  reason <code>
${FIGURES}
*1 on-paper <code> absent|refused|signed|unstated [<date>]
?  words <blob>`,
  transcript: `
1  contest <code>
1  station <code>
1  source <blob>
?  line <place>
?  serial <code>
?  time <time>
${FIGURES}
*1 derived ${BOXES}`,
  attest: `
1  of <id>
1  says observation|own-copy|refused|signed
*1 observed <code>
${FIGURES}
?  page <blob>
?  words <blob>`,
  turnout: `
1  station <code>
1  device <number>
1  manual <number>
1  final no|yes`,
  missing: `
1  contest <code>
1  station <code>
1  reason <code>
?  words <blob>`,
  ruling: `
1  contest <code>
1  station <code>
1  rank commission|court|returning
+1 considered <id>
?  stands <id>
?  disregarded <code>
*1 notified <code>
?  order <blob>
?  words <blob>`,
  collation: `
1  contest <code>
1  area <code>
1  children <blob>
1  submitted <number>
1  received <number>
${FIGURES}
?  words <blob>`,
  declaration: `
1  contest <code>
1  area <code>
1  head <place> <id>
1  says declared|dissent
${FIGURES}
?  missing <blob>
?  words <blob>`,
  refusal: `
1  note <id>
1  code <code>`,
  notice: `
1  about incident|outage|pause|resume
1  from <time>
1  reason <code>
?  words <blob>`,
  session: `
1  action begin|end
1  person <key name>
1  machine <key name>
1  at <time>
?  ticket <code>
?  session <id>
1  reason <code>
?  words <blob>`,
  observed: `
1  sequence <number>
1  previous <id>
1  at <time>
1  event ${EVENTS}
?  subject <key name>
?  value <id>
?  origin elsewhere|inside
?  moved ahead|back <number>
?  details <id>`,
  software: `
1  component <code>
1  version <code>
1  program <id>
?  configuration <id>
?  dependencies <id>
?  source <id>
1  reason <code>
?  words <blob>`,
  custody: `
+2 item box|form-book|kit|parcel|seal <code>
?  serials <code> <code>
?  station <code>
1  from <key name>
1  to <key name>
1  at <time>
1  reason <code>
?  words <blob>`,
  challenge: `
1  record <id>
?  box ${BOXES}
1  reason <code>
?  words <blob>`,
  answer: `
1  challenge <id>
1  reason <code>
?  words <blob>`,
  scrutiny: `
1  says answered|asked|refused
?  number <number>
?  question <id>
?  report <id>
1  reason <code>
?  words <blob>`,
  withhold: `
1  blob <blob>
1  by <code>
?  order <blob>
1  reason <code>
?  words <blob>`,
  'audit-plan': `
1  contest <code>
1  area <code>
1  head <place> <id>
1  outcome elected|run-off
+1 candidate <number>
*1 spread-area <code>
1  risk-limit <fraction>
1  method alpha|betting|kaplan-markov
?  stake <fraction>
?  expected <fraction> <number>
1  batches <blob>
*1 outside <code> <number>
?  words <blob>`,
  'audit-seed': `
1  plan <id>
1  digits <token>
1  thrown <time>
*1 present <code>
?  words <blob>`,
  'audit-count': `
1  plan <id>
1  station <code>
1  at <time>
+1 votes <number> <number>
?  rejected <number>
?  seal <code>
?  page <blob>
?  replaces <id>
?  words <blob>`,
  claim: `
1  of-election <id>
1  claimant <code>
1  contest <code>
1  of-area <code>
1  granularity area|national|station
${FIGURES}
?  table <blob>
?  mapping <blob>
?  published <time>
?  address <token>
?  words <blob>
?  replaces <id>`,
  statement: `
1  of-election <id>
1  publisher <code>
?  said-by <code>
?  happened <time>
?  published <time>
1  language <code>
1  text <blob>
?  address <token>
*1 of-record <id>
*1 of-area <code>
*1 of-claim <id>
?  corrects <id>`,
  'claim-test': `
1  claim <id>
1  tester <code>
1  head <place> <id>
1  found consistent|differs|not-comparable
?  comparison <blob>
?  published <time>
?  address <token>
?  words <blob>
?  replaces <id>`,
  'claim-ruling': `
1  claim <id>
1  court <code>
1  case <token>
1  decided <date>
1  held accepted|in-part|not-accepted|not-decided
1  text <blob>
?  address <token>
?  replaces <id>`,
});

export const TABLES = compile({
  index: `
+1 shard <code> <blob>`,
  areas: `
+1 area <code> <code> <code> <words>
*1 voters <code> <number>`,
  stations: `
+1 station <code> <code> <box> <words>`,
  candidates: `
+3 candidate <code> <code> <number> <code> <words>`,
  keys: `
+1 key <key name> ${ROLES} area|station <code> <public key> <signature> [<code>]`,
  children: `
+1 child <code> <id> [<words>]`,
  'missing-set': `
+1 station <code>`,
  'audit-batches': `
+1 batch <code> <code> <number> <number> [<words>]`,
  words: `
+1 words <code> <words>`,
});

export const ELECTION_LINE = compileLine('1  election <id>');
export const SIGNER_LINE = compileLine('+1 signer <key name> <id>');
export const ALL_BOXES = BOXES.split('|');
export const ALL_ROLES = ROLES.split('|');

/** @param {Record<string, string>} source @returns {Map<string, Line[]>} */
function compile(source) {
  return new Map(Object.entries(source).map(([name, lines]) => [name, lines.trim().split('\n').map(compileLine)]));
}

/** @param {string} row @returns {Line} */
function compileLine(row) {
  const [, often, order, key, rest] = /** @type {RegExpExecArray} */ (/^([1?*+])(\d?) +([a-z-]+) (.*)$/.exec(row));
  const notations = rest.match(/\[<[^>]*>\]|<[^>]*>|[^ ]+/g) ?? [];
  return {
    key,
    many: often === '*' || often === '+',
    needed: often === '1' || often === '+',
    order: Number(order),
    values: notations.map((notation) => valueReader(notation.replace(/^\[|\]$/g, ''))),
    least: notations.filter((notation) => !notation.startsWith('[')).length,
  };
}
