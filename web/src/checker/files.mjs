// Files that a person holds: receipts, stamps, records, pictures. Checked by what is in them and by the election record, if one is at
// hand; and by the log, if there is one.

import { equal, hex, text } from '../bytes.mjs';
import { cosignatureOf, openCheckpoint, parseCheckpoint } from '../checkpoint.mjs';
import { Failure } from '../failure.mjs';
import { readElection } from '../ledger/election.mjs';
import { parseRecord } from '../ledger/record.mjs';
import { readEntry } from '../log.mjs';
import { parseNote, parseVkey } from '../note.mjs';
import { electionPolicy, parsePolicy, policyHolds, stateOf } from '../policy.mjs';
import { parseReceipt } from '../receipt.mjs';
import { sha256 } from '../sha2.mjs';
import { openStamp } from '../stamp.mjs';
import { leafHash, verifyInclusion } from '../tlog.mjs';
import { headsOf, rootAt, signedByCustodians } from './open.mjs';
import { bad, behindItems, checkSigners, good, idOf, open, placeOf } from './record.mjs';

/** @typedef {{name: string, bytes: Uint8Array, kind: 'receipt' | 'stamp' | 'election' | 'record' | 'policy' | 'picture'}} Held */
/**
 * An election record whose custodians signed it: of a log that was opened, or of a file.
 * @typedef {{election: import('../ledger/election.mjs').Election, first: import('../ledger/record.mjs').Record}} Known
 */

const POLICY_BYTES_MAX = 256 * 1024;
const BEGINNINGS = [
  ['receipt', 'c2sp.org/tlog-proof@v1\n'],
  ['stamp', 'hakiki/stamp@v1\n'],
  ['election', 'hakiki/election@v1\n'],
  ['record', 'hakiki/'],
];

/** By its first bytes, whatever its name is. @param {string} name @param {Uint8Array} bytes @returns {Held} */
export function heldFile(name, bytes) {
  const begins = (written) => bytes.length >= written.length && [...written].every((character, i) => bytes[i] === character.charCodeAt(0));
  const kind = BEGINNINGS.find(([, written]) => begins(written))?.[0] ?? (isPolicy(bytes) ? 'policy' : 'picture');
  return { name, bytes, kind };
}

/** A list of witnesses of one's own (c2sp.org/tlog-policy). */
function isPolicy(bytes) {
  try {
    return bytes.length <= POLICY_BYTES_MAX && /^quorum /m.test(text(bytes));
  } catch {
    return false;
  }
}

/** @param {Uint8Array} bytes of the election record @returns {Known} */
export function knownElection(bytes) {
  const first = parseRecord(bytes);
  const election = readElection(first);
  signedByCustodians(first);
  return { election, first };
}

/**
 * The sentences on one file.
 * @param {Held} file
 * @param {{known: Known | null, images: Map<string, number>, log: import('./open.mjs').OpenLog | null,
 *   keys: ReturnType<typeof import('./keys.mjs').keysOf> | null, mlDsa44?: import('../checkpoint.mjs').MlDsa44 | null, watch?: any}} at `images`: place of the record that names a picture, of
 *   the records that were checked
 * @returns {Promise<import('./record.mjs').Item[]>}
 */
export async function fileItems(file, at) {
  try {
    return await READERS[file.kind](file, at);
  } catch (refused) {
    if (!(refused instanceof Failure) || refused.code.startsWith('L5')) throw refused;
    return [bad('file.refused', { name: file.name, reason: refused.code })];
  }
}

const READERS = { receipt, stamp, election, record, policy, picture };

async function receipt({ name, bytes }, at) {
  const { entry, index, proof, checkpointBytes } = parseReceipt(bytes);
  const head = parseCheckpoint(checkpointBytes);
  const values = { name, place: index, size: head.size };
  const leads = verifyInclusion(leafHash(entry), index, head.size, proof, head.root);
  const items = [leads ? good('receipt.proof', values) : bad('receipt.no-proof', values)];
  items.push(...recordItems(entry, at.known));
  items.push(...headItems(checkpointBytes, head, at.known));
  if (at.log !== null) items.push(...await receiptInLog(at.log, { entry, index, head, name }));
  return at.keys === null ? items : [...items, ...await signerItems(entry, at, index)];
}

/** Signed by the log that the election record names, and by whom besides? */
function headItems(bytes, { origin, size }, known) {
  if (known === null) return [open('receipt.no-key', { origin })];
  try {
    const head = openCheckpoint(bytes, known.election.log);
    const policy = electionPolicy(known.first.fields);
    return [good('receipt.head', { origin, size }), ...behindItems(policy, [{ size, state: stateOf(head, policy) }])];
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    return [bad('receipt.other-head', { origin })];
  }
}

async function receiptInLog(log, { entry, index, head, name }) {
  const values = { name, place: index, size: log.head.size };
  if (head.size > log.head.size) return [open('receipt.newer', { name, size: head.size })];
  const isSame = equal(head.size === log.head.size ? log.head.root : await rootAt(log.tiles, head.size), head.root);
  const isThere = index < log.head.size && equal(await readEntry(log.source, log.head, index, log.tiles), entry);
  return [isSame && isThere ? good('receipt.in-log', values) : bad('receipt.not-in-log', values)];
}

/** What the record in it says of itself. */
function recordItems(bytes, known) {
  try {
    const parsed = parseRecord(bytes);
    const items = [good('file.holds', { kind: parsed.kind, id: parsed.id })];
    const isOther = known !== null && parsed.election !== null && parsed.election !== known.election.fingerprint;
    return isOther ? [...items, bad('record.other-election')] : items;
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    return [bad('record.not-canonical', { code: refused.code })];
  }
}

async function signerItems(bytes, { log, keys }, place) {
  try {
    return (await checkSigners(log, keys, parseRecord(bytes), place ?? Infinity)).items;
  } catch (refused) {
    if (!(refused instanceof Failure) || refused.code.startsWith('L')) throw refused;
    return [];
  }
}

async function record({ bytes }, at) {
  const items = recordItems(bytes, at.known);
  if (at.log === null) return items;
  const place = await placeOf(at.log, idOf(bytes), at.watch);
  if (place === null) items.push(open('note.not-in-log', { size: at.log.head.size }));
  else {
    const there = await readEntry(at.log.source, at.log.head, place, at.log.tiles);
    items.push(good('record.in-log', { place, size: at.log.head.size }), equal(there, bytes) ? good('file.same') : bad('file.other-bytes'));
  }
  return [...items, ...await signerItems(bytes, at, place)];
}

async function election({ name, bytes }, { known }) {
  const { election: own, first } = knownElection(bytes);
  if (known !== null && known.election.fingerprint !== own.fingerprint) return [bad('file.other-election', { name })];
  return [good('file.whole', { name, title: own.title, count: first.signers.length })];
}

async function stamp({ name, bytes }, { known, log, watch }) {
  const note = parseNote(bytes, { bytesMax: 1024, signaturesMax: 1 });
  const by = note.signatures[0].name;
  if (known === null) return [open('stamp.no-key', { name, by })];
  const intake = known.election.cosigners.intake.get(by);
  if (intake === undefined) return [open('stamp.unknown', { name, by })];
  let said;
  try {
    said = openStamp(bytes, parseVkey(intake.token));
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    return [bad('stamp.not-signed', { name, by })];
  }
  const group = known.election.organisations.get(intake.organisation) ?? '';
  const items = [good('stamp.signed', { by, group, id: said.record, time: said.time.text })];
  if (said.election !== known.election.fingerprint) return [...items, bad('record.other-election')];
  return log === null ? [...items, open('stamp.log-not-asked')] : [...items, ...await stampInLog(log, said, known, watch)];
}

async function stampInLog(log, said, known, watch) {
  const place = await placeOf(log, said.record, watch);
  if (place === null) {
    return [open('stamp.not-in-log', { size: log.head.size, seconds: known.first.fields['merge-delay'], time: said.time.text })];
  }
  const entry = await readEntry(log.source, log.head, place, log.tiles);
  const isSame = hex(sha256(entry)) === said.note;
  return [good('stamp.in-log', { place, size: log.head.size }), ...(isSame ? [] : [open('stamp.other-signatures')])];
}

/** Does the quorum of one's own list stand behind the newest head that it cosigned? */
async function policy({ bytes }, { log, mlDsa44 = null }) {
  const own = parsePolicy(bytes);
  if (log === null) return [open('policy.log-not-asked', { count: own.witnesses.size })];
  if (own.logs.length > 0 && !own.logs.some(({ key }) => key.vkey === log.election.log.vkey)) return [bad('policy.other-log')];
  const heads = [];
  for (const { fits, note: checkpoint } of await headsOf(log)) {
    if (fits !== true) continue;
    const said = [...own.witnesses].map(([name, { key }]) => ({ name, key, ...cosignatureOf(checkpoint, key, mlDsa44) }));
    heads.push({ size: checkpoint.size, said, holds: policyHolds(own, new Set(said.filter(({ state }) => state === 'good').map(({ name }) => name))) });
  }
  const lines = ({ said }) => said.filter(({ state }) => state !== 'absent').length;
  const [best] = heads.sort((a, b) => Number(b.holds) - Number(a.holds) || (a.holds ? b.size - a.size : lines(b) - lines(a)));
  const who = (state) => best.said.filter((one) => one.state === state).map(({ key }) => key.name).join(', ');
  const values = { size: best.size, who: who('good') || '–' };
  const items = [best.holds ? good('policy.holds', values) : open('policy.not-held', values)];
  if (who('bad') !== '') items.push(open('head.bad-line', { who: who('bad') }));
  if (who('not-checked') !== '') items.push(open('head.unchecked-line', { who: who('not-checked') }));
  return items;
}

async function picture({ name, bytes }, { images }) {
  const hash = hex(sha256(bytes));
  const place = images.get(hash);
  return [place === undefined ? open('picture.not-named', { name, hash }) : good('picture.named', { name, place, hash })];
}

/** The pictures that records name: `image` records, and the copies of one's own in `attest`. @param {any[]} sections @returns {[string, number][]} */
export function imagesOf(sections) {
  return sections.filter(({ record: one, place }) => one !== null && place !== null && ['image', 'attest'].includes(one.kind) && one.fields.page !== undefined)
    .map(({ record: one, place }) => [one.fields.page, place]);
}
