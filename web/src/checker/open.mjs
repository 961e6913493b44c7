// Opening a log: its first entry, its head under the key that this entry names, and who stands behind the head.

import { equal, hex } from '../bytes.mjs';
import { openCheckpoint } from '../checkpoint.mjs';
import { verifyStrict } from '../ed25519.mjs';
import { demand, Failure } from '../failure.mjs';
import { readElection } from '../ledger/election.mjs';
import { parseRecord } from '../ledger/record.mjs';
import { LogFailure, readEntry, readUncheckedHead, tilesOf } from '../log.mjs';
import { ED25519, keyIdOf } from '../note.mjs';
import { electionPolicy, stateOf } from '../policy.mjs';
import { hashAt, hashesOf, rangeRoot, rootOf, TILE_WIDTH } from '../tlog.mjs';

/**
 * @typedef {object} OpenLog
 * @property {import('../source.mjs').Source} source
 * @property {import('../checkpoint.mjs').Checkpoint} head signed by the log
 * @property {ReturnType<typeof tilesOf>} tiles
 * @property {Uint8Array} entry0
 * @property {import('../ledger/record.mjs').Record} first the election record
 * @property {import('../ledger/election.mjs').Election} election
 * @property {(size: number) => import('../policy.mjs').ElectionPolicy} policyOf by which a head of this size is judged: that of the
 *   election record, as long as the amendments behind it were not read
 * @property {string[]} custodians names of those who signed the election record, each signature good
 */

/**
 * @param {import('../source.mjs').Source} source
 * @returns {Promise<OpenLog>}
 */
export async function openLog(source) {
  const unchecked = await readUncheckedHead(source);
  demand(unchecked.size > 0, 'L510', '');
  const tiles = tilesOf(source, unchecked);
  const entry0 = await readEntry(source, unchecked, 0, tiles);
  let first;
  try {
    first = parseRecord(entry0);
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    throw new LogFailure('L511', refused.message, { place: 0 });
  }
  demand(first.kind === 'election', 'L511', first.kind);
  const election = readElection(first);
  const head = openCheckpoint(unchecked.bytes, election.log);
  const custodians = signedByCustodians(first);
  const policy = electionPolicy(first.fields);
  return { source, head, tiles, entry0, first, election, policyOf: () => policy, custodians };
}

/**
 * As many custodians as the record itself says, and perhaps organisations besides. The keys stand in the record; that
 * they are the right ones is what the fingerprint on paper is for.
 * @returns {string[]} names of the custodians
 */
export function signedByCustodians(record) {
  const { custodian, organisation, quorum } = record.fields;
  const keys = new Map([...custodian, ...organisation].map(([name, key]) => [name, key]));
  for (const { name, keyId, signature } of record.signers) {
    const key = keys.get(name);
    const isGood = key !== undefined && equal(keyId, keyIdOf(name, ED25519, key))
      && verifyStrict(key, record.textBytes, signature);
    if (!isGood) throw new LogFailure('L512', name, { place: 0 });
  }
  const custodians = new Set(custodian.map(([name]) => name));
  const signed = record.signers.map(({ name }) => name).filter((name) => custodians.has(name));
  const needed = new Map(quorum).get('election') ?? 1;
  if (signed.length < needed) throw new LogFailure('L512', `${signed.length} < ${needed}`, { place: 0 });
  return signed;
}

/**
 * The root of the first `size` entries, from tiles under a larger head.
 * @param {ReturnType<typeof tilesOf>} tiles
 * @param {number} size at least 1
 */
export function rootAt(tiles, size) {
  return rangeRoot(0, size, async (height, index) => {
    const level = Math.floor(height / 8);
    const width = 2 ** (height - 8 * level);
    const start = index * width;
    const tile = await tiles.tile(level, Math.floor(start / TILE_WIDTH));
    const at = start % TILE_WIDTH;
    return width === 1 ? hashAt(tile, at) : rootOf(hashesOf(tile).slice(at, at + width));
  });
}

/**
 * Is a copy's file of the same history as the head in hand? `null`: it speaks of a later head, or of none.
 * @param {OpenLog} log @param {{size: number, root: string}} claim
 */
export async function fitsHead(log, { size, root }) {
  if (size === 0 || size > log.head.size) return null;
  return hex(size === log.head.size ? log.head.root : await rootAt(log.tiles, size)) === root;
}

/**
 * What is known of who stands behind the log: the newest head, and the newest cosigned and held ones where they are served.
 * @param {OpenLog} log
 * @returns {Promise<{path: string, note: import('../checkpoint.mjs').Checkpoint, size: number, root: string, state: ReturnType<typeof stateOf>, fits: boolean | null}[]>}
 *   `fits`: this head is of the same history as the newest; null where it is larger than that
 */
export async function headsOf(log) {
  const found = [{
    path: 'checkpoint', note: log.head, size: log.head.size, root: hex(log.head.root), state: stateOf(log.head, log.policyOf(log.head.size)), fits: true,
  }];
  for (const path of ['cosigned', 'held']) {
    const bytes = await log.source.read(path).catch(() => null);
    if (bytes === null) continue;
    let head;
    try {
      head = openCheckpoint(bytes, log.election.log);
    } catch (refused) {
      if (!(refused instanceof Failure)) throw refused;
      continue;
    }
    const isLarger = head.size > log.head.size;
    const fits = isLarger || head.size === 0 ? null : equal(await rootAt(log.tiles, head.size), head.root);
    found.push({ path, note: head, size: head.size, root: hex(head.root), state: stateOf(head, log.policyOf(head.size)), fits });
  }
  return found;
}

/** The fingerprint in groups of four hex digits. @param {string} fingerprint */
export function groupsOf(fingerprint) {
  return fingerprint.match(/.{4}/g) ?? [];
}

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';

/** Six words, each of 16 bits. @param {string} fingerprint 64 hex digits */
export function wordsOf(fingerprint) {
  return groupsOf(fingerprint).slice(0, 6).map((group) => {
    const bits = parseInt(group, 16);
    return CONSONANTS[bits >> 12] + VOWELS[(bits >> 10) & 3] + CONSONANTS[(bits >> 6) & 15]
      + VOWELS[(bits >> 4) & 3] + CONSONANTS[bits & 15];
  }).join(' ');
}
