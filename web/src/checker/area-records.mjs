// The bytes of many records under one head: by their receipts, where the copy has them, since one is a few thousand bytes; else by
// the entry bundles in which they stand. A receipt's own head counts if it is the head in hand, or is of the same history.

import { equal, hex } from '../bytes.mjs';
import { Failure } from '../failure.mjs';
import { LogFailure, readEntry } from '../log.mjs';
import { openReceipt } from '../receipt.mjs';
import { hashAt, leafHash, TILE_WIDTH } from '../tlog.mjs';
import { rootAt } from './open.mjs';
import { idOf } from './record.mjs';

const AT_ONCE = 6;
const BUNDLES_AT_ONCE = 2;
/** A source without a receipt for so many records in a row is not asked again. */
const MISSES_MAX = 2;

/** @typedef {{place: number, bytes: Uint8Array, by: 'receipt' | 'bundle'}} Proved */

/** @param {import('./open.mjs').OpenLog} log */
function receiptsOf(log) {
  let misses = log.source.kind === 'folder' ? MISSES_MAX : 0;
  const fitting = new Map();
  /** Is it the head in hand, or the root of its first entries? */
  const fits = ({ size, root }) => {
    const name = `${size} ${hex(root)}`;
    if (!fitting.has(name)) {
      const isOurs = size === log.head.size && equal(root, log.head.root);
      fitting.set(name, isOurs || size >= log.head.size ? Promise.resolve(isOurs)
        : rootAt(log.tiles, size).then((ours) => equal(ours, root)));
    }
    return fitting.get(name);
  };
  return async (id) => {
    if (misses >= MISSES_MAX) return null;
    const bytes = await log.source.read(`receipt/${id}`);
    if (bytes === null) {
      misses += 1;
      return null;
    }
    try {
      const { entry, index, checkpoint } = openReceipt(bytes, log.election.log);
      if (idOf(entry) !== id) return null;
      if (await fits(checkpoint) || await isUnderHead(log, entry, index)) return { place: index, bytes: entry, by: 'receipt' };
    } catch (refused) {
      if (!(refused instanceof Failure) || refused instanceof LogFailure) throw refused;
    }
    return null;
  };
}

/** For a receipt under a newer head than the one in hand. */
async function isUnderHead(log, entry, place) {
  if (place >= log.head.size) return false;
  const tile = await log.tiles.tile(0, Math.floor(place / TILE_WIDTH));
  return equal(leafHash(entry), hashAt(tile, place % TILE_WIDTH));
}

/**
 * @param {import('./open.mjs').OpenLog} log
 * @param {{place: number, record: string}[]} wanted
 * @param {{onProgress?: (done: number, of: number) => void, signal?: AbortSignal}} [watch]
 * @returns {Promise<Map<string, Proved | null>>} by record id, `place` as it was proved; null where the log's entry at the place is another
 */
export async function proveRecords(log, wanted, { onProgress = () => {}, signal } = {}) {
  const receipt = receiptsOf(log);
  const found = new Map();
  const lacking = [];
  const told = () => onProgress(found.size, wanted.length);
  await eachOf(wanted, AT_ONCE, async (one) => {
    if (signal?.aborted) throw new LogFailure('L514', '', { place: one.place });
    const proved = await receipt(one.record);
    if (proved === null) lacking.push(one);
    else found.set(one.record, proved);
    told();
  });
  lacking.sort((a, b) => a.place - b.place);
  await eachOf(lacking, BUNDLES_AT_ONCE, async ({ place, record }) => {
    if (signal?.aborted) throw new LogFailure('L514', '', { place });
    const bytes = place < log.head.size ? await readEntry(log.source, log.head, place, log.tiles) : null;
    found.set(record, bytes !== null && idOf(bytes) === record ? { place, bytes, by: 'bundle' } : null);
    told();
  });
  return found;
}

/** Each in its turn, so many at a time. */
async function eachOf(list, atOnce, act) {
  let next = 0;
  const line = async () => {
    while (next < list.length) await act(list[next++]);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, line));
}
