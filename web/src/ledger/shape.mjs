/**
 * What a record must be beyond the grammar of its lines, and what can be said without any other record.
 */

import { unbase64 } from '../bytes.mjs';
import { demand } from '../failure.mjs';
import { parseVkey } from '../note.mjs';
import { valueReader } from './values.mjs';

/** The codes with which a submission can be refused. */
const REFUSAL_CODES = new Set(['R101', 'R102', 'R103', 'R104', 'R105', 'R106', 'R107', 'R201', 'R202', 'R203', 'R204', 'R205', 'R206',
  'R207', 'R208', 'R209', 'R301', 'R302', 'R303', 'R304', 'R305', 'R306', 'R307', 'R308', 'R401', 'R402', 'R403', 'R404', 'R405']);

const KEY_TYPES = new Set([0x01, 0x04, 0x06]);

/** @param {string} kind @param {import('./text.mjs').Fields} fields */
export function checkShape(kind, fields) {
  SHAPES[kind]?.(fields);
}

/** Events of which it must be said what was noted, and by which value. */
const WITH_SUBJECT = new Set(['configuration', 'dependencies', 'file', 'login', 'logout', 'package', 'program', 'quote', 'service-start',
  'service-stop', 'sudo']);
const WITH_VALUE = new Set(['configuration', 'dependencies', 'file', 'program', 'quote']);
const OF_A_PERSON = new Set(['login', 'logout', 'sudo']);
const ITEMS_MAX = 64;
const QUESTIONS = 62;
const CODE = valueReader('<code>');

/** @type {Record<string, (fields: import('./text.mjs').Fields) => void>} */
const SHAPES = {
  session({ action, session, ticket }) {
    demand((session !== undefined) === (action === 'end'), 'R105', '`session` stands in `end`, and only there');
    demand(ticket === undefined || action === 'begin', 'R105', '`ticket` stands in `begin` alone');
  },
  observed({ sequence, event, subject, value, origin, moved }) {
    demand(sequence >= 1, 'R105', 'observations are numbered from 1');
    demand(subject !== undefined || !WITH_SUBJECT.has(event), 'R105', `${event} has a subject`);
    demand(value !== undefined || !WITH_VALUE.has(event), 'R105', `${event} has a value`);
    demand(origin === undefined || event === 'login', 'R105', '`origin` is of a login');
    demand((moved !== undefined) === (event === 'clock'), 'R105', '`moved` is of the clock');
    const isCode = subject === undefined || OF_A_PERSON.has(event) || CODE.read(subject) !== undefined;
    demand(isCode, 'R105', `the subject of ${event} is a code`);
  },
  custody({ item, serials }) {
    demand(item.length <= ITEMS_MAX, 'R105', `${item.length} items, at most ${ITEMS_MAX}`);
    if (serials === undefined) return;
    const [first, last] = serials;
    demand(item.length === 1 && item[0][0] === 'form-book', 'R105', '`serials` are of one form book');
    demand(first.length === last.length && first <= last, 'R105', 'the serials are of one length, the first not behind the last');
  },
  scrutiny({ says, number, question, report }) {
    const isNumber = number === undefined || (says === 'asked' && number >= 1 && number <= QUESTIONS);
    demand(isNumber, 'R105', `\`number\` stands in \`asked\` alone, from 1 to ${QUESTIONS}`);
    demand((question !== undefined) === (says !== 'asked'), 'R105', '`question` stands if it does not say `asked`');
    demand(report === undefined || says === 'answered', 'R105', '`report` stands in `answered` alone');
  },
  'audit-plan'({ outcome, candidate, method, stake, expected }) {
    const wanted = outcome === 'elected' ? 1 : 2;
    demand(candidate.length === wanted, 'R105', `${candidate.length} candidates, ${outcome} is of ${wanted}`);
    demand((stake !== undefined) === (method === 'betting'), 'R105', '`stake` stands with `betting`, and only there');
    demand((expected !== undefined) === (method === 'alpha'), 'R105', '`expected` stands with `alpha`, and only there');
  },
  'audit-seed'({ digits }) {
    demand(/^[0-9]{20,}$/.test(digits), 'R105', 'a seed is 20 or more digits in one row');
  },
  key({ action, old, new: enrolled }) {
    demand(enrolled === undefined || enrolled[4] !== null, 'R207', 'a key that signs records is of type 0x01');
    const fits = (action !== 'enrol') === (old !== undefined) && (action !== 'revoke') === (enrolled !== undefined);
    demand(fits, 'R105', `${action}: enrol has \`new\`, revoke has \`old\`, replace has both`);
  },
  ruling({ stands, disregarded }) {
    demand((stands === undefined) !== (disregarded === undefined), 'R105', 'a ruling has either `stands` or `disregarded`');
  },
  refusal({ code }) {
    demand(REFUSAL_CODES.has(code), 'R105', `${code} is no refusal code`);
  },
  head({ cosignature }) {
    for (const [, token] of cosignature) unbase64(token);
  },
  amend(fields) {
    for (const key of ['witness-in', 'mirror-in', 'intake-in']) for (const [token] of fields[key]) checkVkey(token);
  },
  election(fields) {
    checkVkey(fields.log);
    const contests = new Set(fields.contest.map((/** @type {[string]} */ [code]) => code));
    for (const key of ['spread', 'box', 'cap', 'declared-at']) {
      for (const [contest] of fields[key]) demand(contests.has(contest), 'R302', `no contest ${contest} in this record`);
    }
    const spreads = new Set(fields.spread.map((/** @type {[string]} */ [code]) => code));
    for (const [code, rule] of fields.contest) {
      const fits = (rule === 'majority-with-spread') === spreads.has(code);
      demand(fits, 'R105', `${code}: a spread stands if the rule is majority-with-spread`);
    }
    for (const key of ['witness', 'mirror', 'intake']) for (const [token] of fields[key]) checkVkey(token);
  },
};

/** @param {string} token */
function checkVkey(token) {
  const { algorithm } = parseVkey(token);
  demand(KEY_TYPES.has(algorithm), 'R105', `key type ${algorithm} is not known`);
}
