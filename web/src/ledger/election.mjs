/**
 * The election record: what entry 0 lays down.
 */

import { utf8 } from '../bytes.mjs';
import { decompress, encodingFault, isGoodEncoding, isTorsionFree } from '../ed25519.mjs';
import { demand, Failure } from '../failure.mjs';
import { COSIGNATURE_ED25519, ED25519, parseVkey } from '../note.mjs';
import { KINDS } from './grammar.mjs';
import { acceptanceText, keyHash, possessionText, provesPossession, Roster } from './roster.mjs';

/**
 * @typedef {object} Spread
 * @property {[number, number]} more more than this share of all valid votes
 * @property {[number, number]} least at least this share
 * @property {number} areas in at least so many areas
 * @property {string} level of this level
 */

/**
 * @typedef {object} Contest
 * @property {string} code
 * @property {string} rule
 * @property {string} title
 * @property {Set<string>} boxes besides the candidates'
 * @property {Spread | null} spread
 * @property {number | null} cap
 * @property {string | null} declaredAt
 */

/**
 * @typedef {object} Election
 * @property {string} fingerprint
 * @property {string} title
 * @property {string} mode
 * @property {string} authority
 * @property {string} origin
 * @property {ReturnType<typeof parseVkey>} log
 * @property {string} pollingDay
 * @property {{text: string, seconds: number}} countingFrom
 * @property {Map<string, number>} levels number by code
 * @property {Map<string, Contest>} contests
 * @property {Set<string>} admits
 * @property {Map<string, number>} quorums
 * @property {Map<string, string>} parties root key's name by party
 * @property {Map<string, string>} organisations class by key name
 * @property {Cosigners} cosigners
 */

/** @typedef {Map<string, {token: string, organisation: string, key: Uint8Array, algorithm: number}>} CosignerList by name */
/**
 * Whose signatures under a head count.
 * @typedef {{witness: CosignerList, mirror: CosignerList, intake: CosignerList, quorum: number}} Cosigners
 */

/** A job of verification. @typedef {{key: Uint8Array, message: Uint8Array, signature: Uint8Array, enrols?: boolean}} Job */

/** @param {import('./record.mjs').Record} record @returns {Election} */
export function readElection(record) {
  const { fields } = record;
  const log = parseVkey(fields.log);
  return {
    fingerprint: record.id,
    title: fields.title,
    mode: fields.mode,
    authority: fields.authority,
    origin: log.name,
    log,
    pollingDay: fields['polling-day'],
    countingFrom: fields['counting-from'],
    levels: new Map(fields.level.map((/** @type {[number, string]} */ [number, code]) => [code, number])),
    contests: readContests(fields),
    admits: new Set(fields.admits),
    quorums: new Map(fields.quorum),
    parties: new Map(fields.party.map((/** @type {any[]} */ [party, name]) => [party, name])),
    organisations: new Map(fields.organisation.map((/** @type {any[]} */ [name, , group]) => [name, group])),
    cosigners: {
      witness: readCosigners(fields.witness), mirror: readCosigners(fields.mirror), intake: readCosigners(fields.intake),
      quorum: fields['witness-quorum'],
    },
  };
}

/** @param {[string, string][]} lines @returns {CosignerList} */
function readCosigners(lines) {
  return new Map(lines.map(([token, organisation]) => {
    const { name, key, algorithm } = parseVkey(token);
    return [name, { token, organisation, key, algorithm }];
  }));
}

/** @param {import('./text.mjs').Fields} fields @returns {Map<string, Contest>} */
function readContests(fields) {
  /** @type {Map<string, Contest>} */
  const contests = new Map();
  for (const [code, rule, title] of fields.contest) {
    contests.set(code, { code, rule, title, boxes: new Set(), spread: null, cap: null, declaredAt: null });
  }
  const of = (/** @type {string} */ code) => /** @type {Contest} */ (contests.get(code));
  for (const [code, box] of fields.box) of(code).boxes.add(box);
  for (const [code, more, least, areas, level] of fields.spread) of(code).spread = { more, least, areas, level };
  for (const [code, cap] of fields.cap) of(code).cap = cap;
  for (const [code, level] of fields['declared-at']) of(code).declaredAt = level;
  return contests;
}

/**
 * The keys that stand in the election record behind the log's, each with what proves it.
 * @param {import('./text.mjs').Fields} fields
 */
function foundingKeys(fields) {
  const origin = parseVkey(fields.log).name;
  const own = (/** @type {string} */ name, /** @type {Uint8Array | null} */ key) => (
    key === null ? utf8('') : possessionText('origin', origin, name, keyHash(key)));
  const accepted = (/** @type {string} */ name, /** @type {Uint8Array | null} */ key, /** @type {string} */ group) => (
    key === null ? utf8('') : acceptanceText(origin, name, keyHash(key), group));
  return [
    ...fields.custodian.map((/** @type {any[]} */ [name, key, , proof]) => (
      { name, key, role: 'custodian', party: null, proof, message: own(name, key) })),
    ...fields.party.map((/** @type {any[]} */ [party, name, key, proof]) => (
      { name, key, role: 'party', party, proof, message: own(name, key) })),
    ...fields.organisation.map((/** @type {any[]} */ [name, key, group, proof]) => (
      { name, key, role: 'organisation', party: null, proof, message: accepted(name, key, group) })),
  ];
}

/** The proofs that stand in the election record, to be verified. @param {import('./record.mjs').Record} record @returns {Job[]} */
export function electionProofs({ fields }) {
  return foundingKeys(fields).filter(({ key }) => key !== null)
    .map(({ key, proof, message }) => ({ key, message, signature: proof, enrols: true }));
}

/**
 * Who stands in the roster from entry 0 on.
 * @param {import('./text.mjs').Fields} fields @param {Election} election
 * @param {(boolean | undefined)[]} [verdicts] whether the proofs verify, if that is known
 * @returns {Roster}
 */
export function firstRoster(fields, { log }, verdicts = []) {
  const roster = new Roster();
  demand(log.algorithm === ED25519 && isPoint(log.key), 'R207', "the log's key is not in its one encoding");
  demand(isTorsionFree(log.key), 'R208', "the log's key has a torsion part");
  roster.enrol({ name: log.name, key: log.key, role: 'log', since: 0 });
  foundingKeys(fields).forEach(({ name, key, role, party, proof, message }, i) => {
    demand(key !== null && isPoint(key), 'R207', `the key of ${name} is not in its one encoding`);
    if (!(verdicts[i] ?? provesPossession(key, message, proof))) {
      demand(!isTorsionFree(key) || encodingFault(key, proof) === '', 'R207', `the proof of ${name} is not in its one encoding`);
      throw new Failure('R208', `${name}: the key has torsion, or the proof does not verify`);
    }
    roster.enrol({ name, key, role, party, since: 0 });
  });
  return roster;
}

/** What must fit within the record. @param {import('./text.mjs').Fields} fields @param {Election} election */
export function checkElection(fields, election) {
  demand(!election.origin.startsWith('hakiki/'), 'R308', 'the origin looks like the first line of a record');
  for (const admitted of election.admits) demand(KNOWN.has(admitted), 'R106', `${admitted} is no kind that is known here`);
  demand(fields.rules[0] === RULES_VERSION, 'R106', 'these rules are not known here');
  const numbers = fields.level.every((/** @type {[number]} */ [number], /** @type {number} */ i) => number === i);
  demand(numbers, 'R308', 'levels are numbered 0, 1, 2');
  for (const { spread } of election.contests.values()) {
    demand(!spread || election.levels.has(spread.level), 'R308', `no level ${spread?.level}`);
  }
  demandQuorums(election.quorums, fields.custodian.length);
  demand(election.quorums.has('election'), 'R308', 'no quorum for the election record');
  for (const kind of COSIGNER_KINDS) {
    demand(election.cosigners[kind].size === fields[kind].length, 'R209', `two lines of ${kind} have one name`);
  }
  demandPolicy(election, election.cosigners);
}

/** The version of the rules of admission and findings that this implementation has. */
export const RULES_VERSION = 1;
const KNOWN = new Set([...KINDS.keys()].map((kind) => `${kind}@v1`));

/** @param {Map<string, number>} quorums @param {number} custodians */
export function demandQuorums(quorums, custodians) {
  for (const [kind, count] of quorums) {
    demand(count >= 1 && count <= custodians, 'R308', `a quorum of ${count} for ${kind} cannot be of ${custodians} custodians`);
  }
}

/** Is it the one encoding of a point? @param {Uint8Array} key */
function isPoint(key) {
  return isGoodEncoding(key) && decompress(key) !== null;
}

export const COSIGNER_KINDS = /** @type {const} */ (['witness', 'mirror', 'intake']);

/** The witness policy can be one. @param {Election} election @param {Cosigners} cosigners */
export function demandPolicy({ mode, authority, organisations }, { witness, mirror, intake, quorum }) {
  for (const { organisation } of [...witness.values(), ...mirror.values(), ...intake.values()]) {
    demand(organisations.has(organisation), 'R201', `no organisation ${organisation}`);
  }
  for (const { algorithm } of [...witness.values(), ...mirror.values()]) {
    demand(algorithm === COSIGNATURE_ED25519, 'R207', 'no key for cosignatures');
  }
  for (const { algorithm } of intake.values()) demand(algorithm === ED25519, 'R207', 'no key for stamps');
  demand(quorum > 0 || mode !== 'live' || authority === 'none', 'R307', 'a live election of an authority has witnesses');
  const meets = quorum === 0 || (quorum <= witness.size && 2 * quorum - witness.size >= 2);
  demand(meets, 'R307', `two quorums of ${quorum} of ${witness.size} witnesses can meet in fewer than two`);
}
