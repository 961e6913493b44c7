// Who signed the records of an area, by the register's lists: role, station, and every signature. Keys that the lists do not have
// are named, not guessed: only the whole log shows who enrolled them.

import { equal } from '../bytes.mjs';
import { Failure } from '../failure.mjs';
import { keyHash, possessionText } from '../ledger/roster.mjs';
import { demandAtStation } from '../ledger/signers.mjs';
import { ED25519, keyIdOf } from '../note.mjs';

/** Who signs each kind of paper: exactly one of each of these, and these besides. */
export const SIGNERS = new Map([
  ['form', [['kit', 'presiding'], ['deputy', 'agent']]],
  ['intake', [['returning', 'second'], []]],
  ['transcript', [[], ['compiler', 'reader']]],
]);

/** Signatures that are verified together, so that the page can tell how far it is. */
const AT_ONCE = 64;

/**
 * @param {import('./open.mjs').OpenLog} log
 * @param {import('./area.mjs').AreaCheck} found
 * @param {{pool: ReturnType<typeof import('./pool.mjs').poolOf>, onProgress: (done: number, of: number) => void}} how
 */
export async function signersOf(log, found, { pool, onProgress }) {
  const jobs = [];
  const proven = new Map();
  for (const paper of found.papers) jobs.push(...jobsOf(log, found, paper, proven));
  for (let at = 0; at < jobs.length; at += AT_ONCE) {
    onProgress(at, jobs.length);
    const batch = jobs.slice(at, at + AT_ONCE);
    const verdicts = await pool.verify(batch.map(({ job }) => job));
    batch.forEach(({ onBad }, i) => { if (!verdicts[i]) onBad(); });
    await new Promise((resolve) => { setTimeout(resolve, 0); });
  }
  found.proofs = proven.size;
  found.signatures = jobs.length - proven.size;
}

/** The fault of a paper: it is not counted. */
function faultOf(found, paper, key, values = {}) {
  paper.isSigned = false;
  found.faults.push({ key, values: { place: paper.place, code: paper.row.code, ...values }, place: paper.place });
}

function jobsOf(log, found, paper, proven) {
  const jobs = [];
  const holders = [];
  for (const signer of paper.record.signers) {
    const holder = holderOf(found.register, signer.name);
    if (holder === null) {
      found.unknown.set(signer.name, [...(found.unknown.get(signer.name) ?? []), paper.row.code]);
      continue;
    }
    if (holder.key === null || keyHash(holder.key) !== signer.hash || !equal(signer.keyId, keyIdOf(signer.name, ED25519, holder.key))) {
      faultOf(found, paper, 'area.other-key', { name: signer.name });
      continue;
    }
    holders.push(holder);
    const onBad = () => faultOf(found, paper, 'area.bad-signature', { name: signer.name });
    jobs.push({ job: { key: holder.key, message: paper.record.textBytes, signature: signer.signature }, onBad });
    const { name } = signer;
    if (holder.proof !== null && !proven.has(name)) {
      proven.set(name, []);
      jobs.push(proofOf(log, holder, () => proven.get(name).forEach((one) => faultOf(found, one, 'area.no-proof', { name }))));
    }
    proven.get(name)?.push(paper);
    if (found.register.front.gone.get(signer.name) < paper.place && !found.gone.includes(paper)) found.gone.push(paper);
  }
  if (holders.length === paper.record.signers.length) judge(found, paper, holders);
  return jobs;
}

/** Do those who signed fit the kind and the station? By the rules of the ledger. */
function judge(found, paper, holders) {
  try {
    const [exactly, besides] = SIGNERS.get(paper.kind);
    demandAtStation(holders, paper.station, exactly, besides);
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    faultOf(found, paper, 'area.refused', { reason: refused.code });
  }
}

/** Of the register's lists, or of a `key` record that was read on the way. */
function holderOf({ keys, front }, name) {
  const row = keys.get(name);
  if (row === undefined) return front.holders.has(name) ? { ...front.holders.get(name), proof: null } : null;
  const [, role, scope, code, key, proof] = row;
  return { name, role, scope, code, key, proof };
}

/** The proof that its owner holds the key: a signature over the fingerprint, the name and the key. */
function proofOf(log, { name, key, proof }, onBad) {
  const message = possessionText('election', log.election.fingerprint, name, keyHash(key));
  return { job: { key, message, signature: proof, enrols: true }, onBad };
}
