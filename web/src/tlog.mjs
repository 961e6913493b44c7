// The tree: RFC 6962 hashes, inclusion and consistency proofs, and the tiles of c2sp.org/tlog-tiles.
// Sizes and places are integers below 2^53, so no bit operators stand here.

import { equal } from './bytes.mjs';
import { demand, Failure } from './failure.mjs';
import { sha256 } from './sha2.mjs';

/** Hashes in a full tile. */
export const TILE_WIDTH = 256;
const HASH = 32;

const half = (n) => Math.floor(n / 2);

/** @param {Uint8Array} entry */
export function leafHash(entry) {
  const bytes = new Uint8Array(entry.length + 1);
  bytes.set(entry, 1);
  return sha256(bytes);
}

/** @param {Uint8Array} left @param {Uint8Array} right */
export function nodeHash(left, right) {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

/** @returns {Uint8Array} the root of no entries */
export const emptyRoot = () => sha256(new Uint8Array(0));

/** The largest power of two below n; n > 1. */
function splitOf(n) {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

/** @param {Uint8Array[]} leaves leaf hashes, or roots of perfect subtrees of one height; @returns {Uint8Array} */
export function rootOf(leaves) {
  if (leaves.length === 0) return emptyRoot();
  if (leaves.length === 1) return leaves[0];
  const split = splitOf(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/**
 * The root that an inclusion proof leads to.
 * @param {Uint8Array} leaf its hash
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array[]} proof from the leaf's sibling up
 */
export function rootOfInclusion(leaf, index, size, proof) {
  demand(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size,
    'L101', 'the place is not in a tree of this size');
  let node = index;
  let last = size - 1;
  let root = leaf;
  for (const sibling of proof) {
    demand(last > 0 && sibling.length === HASH, 'L102', 'the proof is too long');
    if (node % 2 === 1 || node === last) {
      root = nodeHash(sibling, root);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      root = nodeHash(root, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  demand(last === 0, 'L102', 'the proof is too short');
  return root;
}

/** @returns {boolean} */
export function verifyInclusion(leaf, index, size, proof, root) {
  try {
    return equal(rootOfInclusion(leaf, index, size, proof), root);
  } catch (refused) {
    if (refused instanceof Failure) return false;
    throw refused;
  }
}

/**
 * Does the tree of `newSize` continue that of `oldSize`? RFC 9162, 2.1.4.2; an empty tree is continued by every tree.
 * @param {number} oldSize
 * @param {number} newSize
 * @param {Uint8Array} oldRoot
 * @param {Uint8Array} newRoot
 * @param {Uint8Array[]} proof
 * @returns {boolean}
 */
export function verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof) {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize)) return false;
  if (oldSize < 0 || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0 && equal(oldRoot, emptyRoot());
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  if (path.length === 0) return false;
  let node = oldSize - 1;
  let last = newSize - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let first = path[0];
  let second = path[0];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      second = nodeHash(second, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(first, oldRoot) && equal(second, newRoot);
}

function isPowerOfTwo(n) {
  return n > 0 && Number.isInteger(Math.log2(n));
}

/** Three digits a group, all but the last with an `x`. @param {number} index */
function grouped(index) {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let left = Math.floor(index / 1000); left > 0; left = Math.floor(left / 1000)) {
    groups.unshift(`x${String(left % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

/**
 * @param {number | 'entries'} level
 * @param {number} index
 * @param {number} width 1 to 256
 */
export function tilePath(level, index, width) {
  return `tile/${level}/${grouped(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** How many hashes level `level` has in a tree of `size`. @param {number} level @param {number} size */
export function hashesAt(level, size) {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The width of a tile in a tree of `size`; 0 if there is none. */
export function tileWidth(level, index, size) {
  return Math.max(0, Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH));
}

/** @param {Uint8Array} tile @param {number} at */
export function hashAt(tile, at) {
  return tile.subarray(HASH * at, HASH * at + HASH);
}

/** The hashes of a tile. @param {Uint8Array} tile */
export function hashesOf(tile) {
  return Array.from({ length: tile.length / HASH }, (_, i) => hashAt(tile, i));
}

/**
 * The root of a tree of `size` from its last, partial tiles: one a level, `undefined` where the level ends at a full tile.
 * @param {number} size
 * @param {(Uint8Array | undefined)[]} edge by level
 */
export function rootOfEdge(size, edge) {
  if (size === 0) return emptyRoot();
  /** From the right: roots of perfect subtrees, each higher than the one before it. */
  let root = null;
  for (const tile of edge) {
    if (tile === undefined) continue;
    for (const peak of peaksOf(hashesOf(tile)).reverse()) root = root === null ? peak : nodeHash(peak, root);
  }
  return root;
}

/** The roots of the perfect subtrees into which a row of hashes falls, highest first. */
function peaksOf(hashes) {
  const peaks = [];
  let at = 0;
  for (let width = TILE_WIDTH; width >= 1; width = half(width)) {
    if (hashes.length - at < width) continue;
    peaks.push(rootOf(hashes.slice(at, at + width)));
    at += width;
  }
  return peaks;
}

/**
 * The entries of a bundle: big-endian uint16 length, then the entry, `width` times, and no byte behind.
 * A longer bundle may be read for its beginning.
 * @param {Uint8Array} bundle
 * @param {number} width
 * @param {boolean} isLonger does the bundle hold more than `width` entries
 * @returns {Uint8Array[]}
 */
export function entriesOf(bundle, width, isLonger = false) {
  const entries = [];
  let at = 0;
  while (entries.length < width) {
    demand(at + 2 <= bundle.length, 'L103', 'an entry bundle ends too early');
    const end = at + 2 + bundle[at] * 256 + bundle[at + 1];
    demand(end <= bundle.length, 'L103', 'an entry bundle ends within an entry');
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  demand(isLonger || at === bundle.length, 'L103', 'bytes stand behind the last entry of a bundle');
  return entries;
}

/**
 * The inclusion proof of a place, from any source of subtree roots.
 * @param {number} index
 * @param {number} size
 * @param {(height: number, index: number) => Promise<Uint8Array>} perfect root of the perfect subtree of 2^height leaves
 * @returns {Promise<Uint8Array[]>} from the leaf's sibling up
 */
export async function inclusionProof(index, size, perfect) {
  const proof = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const split = start + splitOf(end - start);
    if (index < split) {
      proof.unshift(await rangeRoot(split, end, perfect));
      end = split;
    } else {
      proof.unshift(await rangeRoot(start, split, perfect));
      start = split;
    }
  }
  return proof;
}

/** The root of leaves [start, end), where start is a multiple of the largest power of two in the range. */
export async function rangeRoot(start, end, perfect) {
  const count = end - start;
  if (isPowerOfTwo(count)) return perfect(Math.log2(count), start / count);
  const split = start + splitOf(count);
  return nodeHash(await rangeRoot(start, split, perfect), await rangeRoot(split, end, perfect));
}

/** The consistency proof between two sizes; 0 < old < new. */
export async function consistencyProof(oldSize, newSize, perfect) {
  const proof = [];
  let [start, end, isWhole] = [0, newSize, true];
  while (end !== oldSize) {
    const split = start + splitOf(end - start);
    if (oldSize <= split) {
      proof.unshift(await rangeRoot(split, end, perfect));
      end = split;
    } else {
      proof.unshift(await rangeRoot(start, split, perfect));
      start = split;
      isWhole = false;
    }
  }
  if (!isWhole) proof.unshift(await rangeRoot(start, end, perfect));
  return proof;
}

