// Reading a log under a head: every tile against the root, every entry against its tile. What does not fit is named.

import { equal, hex } from './bytes.mjs';
import { openCheckpoint, parseCheckpoint } from './checkpoint.mjs';
import { demand, Failure } from './failure.mjs';
import { sha256 } from './sha2.mjs';
import {
  entriesOf, hashAt, hashesAt, hashesOf, leafHash, rootOf, rootOfEdge, TILE_WIDTH, tilePath, tileWidth,
} from './tlog.mjs';

/** Bundles that are asked for ahead of the one in hand. */
const AHEAD = 6;
/** Bundles that are kept for whoever reads one entry after another. */
const BUNDLES_KEPT = 4;
/** No tree below 2^53 is higher. */
const LEVELS = 7;
const HASH = 32;
const BLOB_BYTES_MAX = 8 * 1024 * 1024;

/** Where in the log something does not fit. */
export class LogFailure extends Failure {
  /** @param {string} code @param {string} detail @param {{path?: string, place?: number}} at */
  constructor(code, detail, at) {
    super(code, detail);
    this.path = at.path ?? null;
    this.place = at.place ?? null;
  }
}

/**
 * The tiles of a source under one head, each checked before a hash of it is used.
 * @param {import('./source.mjs').Source} source
 * @param {{size: number, root: Uint8Array}} checkpoint
 */
export function tilesOf(source, checkpoint) {
  const { size, root } = checkpoint;
  /** @type {Map<string, Promise<Uint8Array>>} */
  const kept = new Map();

  /** @param {number} level @param {number} index @returns {Promise<Uint8Array>} */
  async function fetchTile(level, index) {
    const width = tileWidth(level, index, size);
    const bytes = await readWidth(source, level, index, width);
    const path = tilePath(level, index, width);
    if (bytes === null) throw new LogFailure('L501', path, { path });
    const isWhole = bytes.length === HASH * width || (width < TILE_WIDTH && bytes.length === HASH * TILE_WIDTH);
    if (!isWhole) throw new LogFailure('L502', path, { path });
    return bytes.slice(0, HASH * width);
  }

  /** The last, partial tile of each level; together they give the root. */
  const edge = once(async () => {
    const tiles = await Promise.all(Array.from({ length: LEVELS }, async (_, level) => {
      const count = hashesAt(level, size);
      return count % TILE_WIDTH === 0 ? undefined : fetchTile(level, Math.floor(count / TILE_WIDTH));
    }));
    if (!equal(rootOfEdge(size, tiles) ?? new Uint8Array(0), root)) {
      const paths = tiles.flatMap((tile, level) => (tile === undefined
        ? [] : [tilePath(level, Math.floor(hashesAt(level, size) / TILE_WIDTH), tile.length / HASH)]));
      throw new LogFailure('L502', paths.join(', '), { path: paths.join(', ') });
    }
    return tiles;
  });

  async function checked(level, index) {
    if (tileWidth(level, index, size) < TILE_WIDTH) return (await edge())[level];
    const [bytes, above] = await Promise.all([fetchTile(level, index), tile(level + 1, Math.floor(index / TILE_WIDTH))]);
    if (!equal(rootOf(hashesOf(bytes)), hashAt(above, index % TILE_WIDTH))) {
      const path = tilePath(level, index, TILE_WIDTH);
      throw new LogFailure('L502', path, { path });
    }
    return bytes;
  }

  /** @param {number} level @param {number} index @returns {Promise<Uint8Array>} a tile that the head commits to */
  function tile(level, index) {
    const name = `${level}/${index}`;
    if (!kept.has(name)) kept.set(name, checked(level, index));
    return kept.get(name);
  }

  /** @type {Map<number, ReturnType<typeof readBundle>>} */
  const bundlesKept = new Map();
  return { size, tile, edge, bundlesKept };
}

function once(make) {
  let made = null;
  return () => (made ??= make());
}

/** A tile or bundle of some width; where the partial one is gone, the full one. */
async function readWidth(source, level, index, width) {
  const bytes = await source.read(tilePath(level, index, width));
  if (bytes !== null || width === TILE_WIDTH) return bytes;
  return source.read(tilePath(level, index, TILE_WIDTH));
}

/** The entries of one bundle, each checked against its tile; the last few are kept. */
function bundleOf(source, tiles, index) {
  const { bundlesKept } = tiles;
  if (!bundlesKept.has(index)) {
    const reading = readBundle(source, tiles, index);
    reading.catch(() => {});
    bundlesKept.set(index, reading);
    if (bundlesKept.size > BUNDLES_KEPT) bundlesKept.delete(bundlesKept.keys().next().value);
  }
  return bundlesKept.get(index);
}

async function readBundle(source, tiles, index) {
  const width = tileWidth(0, index, tiles.size);
  const [tile, partial] = await Promise.all([tiles.tile(0, index), source.read(tilePath('entries', index, width))]);
  const isLonger = partial === null && width < TILE_WIDTH;
  const bytes = isLonger ? await source.read(tilePath('entries', index, TILE_WIDTH)) : partial;
  const path = tilePath('entries', index, width);
  if (bytes === null) throw new LogFailure('L503', path, { path, place: index * TILE_WIDTH });
  let entries;
  try {
    entries = entriesOf(bytes, width, isLonger);
  } catch (refused) {
    throw new LogFailure('L504', path, { path, place: firstWrong(bytes, tile, index) });
  }
  for (let i = 0; i < width; i++) {
    if (equal(leafHash(entries[i]), hashAt(tile, i))) continue;
    throw new LogFailure('L504', path, { path, place: index * TILE_WIDTH + i });
  }
  return { first: index * TILE_WIDTH, entries };
}

/** The place of the first entry of a broken bundle that is not what its tile says. */
function firstWrong(bytes, tile, index) {
  const width = tile.length / HASH;
  for (let i = 0; i < width; i++) {
    try {
      if (!equal(leafHash(entriesOf(bytes, i + 1, true)[i]), hashAt(tile, i))) return index * TILE_WIDTH + i;
    } catch {
      return index * TILE_WIDTH + i;
    }
  }
  return index * TILE_WIDTH + width;
}

/**
 * All entries by bundles, in order.
 * @param {import('./source.mjs').Source} source
 * @param {{size: number, root: Uint8Array}} checkpoint
 * @param {{from?: number, to?: number, ahead?: number, tiles?: ReturnType<typeof tilesOf>}} [part] `from` is a bundle's first place
 * @returns {AsyncGenerator<{first: number, entries: Uint8Array[]}>}
 */
export async function* bundles(source, checkpoint, part = {}) {
  const tiles = part.tiles ?? tilesOf(source, checkpoint);
  await tiles.edge();
  const start = Math.floor((part.from ?? 0) / TILE_WIDTH);
  const end = Math.ceil(Math.min(part.to ?? checkpoint.size, checkpoint.size) / TILE_WIDTH);
  const waiting = [];
  let next = start;
  const ask = () => {
    if (next >= end) return;
    const asked = bundleOf(source, tiles, next++);
    waiting.push(asked);
  };
  for (let i = 0; i < (part.ahead ?? AHEAD); i++) ask();
  while (waiting.length > 0) {
    const bundle = await waiting.shift();
    if (part.ahead !== 1) ask();
    yield bundle;
    if (part.ahead === 1) ask();
  }
}

/**
 * All entries in order, each under the head.
 * @param {import('./source.mjs').Source} source
 * @param {{size: number, root: Uint8Array}} checkpoint
 * @returns {AsyncGenerator<{place: number, bytes: Uint8Array}>}
 */
export async function* entries(source, checkpoint) {
  for await (const { first, entries: all } of bundles(source, checkpoint)) {
    for (let i = 0; i < all.length; i++) yield { place: first + i, bytes: all[i] };
  }
}

/**
 * One entry, proved by the tiles from its leaf to the head's root.
 * @param {import('./source.mjs').Source} source
 * @param {{size: number, root: Uint8Array}} checkpoint
 * @param {number} place
 * @param {ReturnType<typeof tilesOf>} [tiles]
 * @returns {Promise<Uint8Array>}
 */
export async function readEntry(source, checkpoint, place, tiles = tilesOf(source, checkpoint)) {
  demand(Number.isSafeInteger(place) && place >= 0 && place < checkpoint.size, 'L508', `${place}`);
  const { first, entries: all } = await bundleOf(source, tiles, Math.floor(place / TILE_WIDTH));
  return all[place - first];
}

/**
 * The log's own head, under the key that the election record names.
 * @param {import('./source.mjs').Source} source
 * @param {import('./checkpoint.mjs').Vkey} log
 * @param {string} [path] `checkpoint`, `cosigned` or `held`
 */
export async function readHead(source, log, path = 'checkpoint') {
  const bytes = await source.read(path);
  return bytes === null ? null : openCheckpoint(bytes, log);
}

/** The newest head as it is written, its signature unchecked: the key stands in the first entry under it. */
export async function readUncheckedHead(source) {
  const bytes = await source.read('checkpoint');
  if (bytes === null) throw new LogFailure('L507', source.where, { path: 'checkpoint' });
  return parseCheckpoint(bytes);
}

/** A blob, by its hash; null if it is not here. @param {import('./source.mjs').Source} source @param {string} id */
export async function readBlob(source, id) {
  const path = `blob/${id}`;
  const bytes = await source.read(path, BLOB_BYTES_MAX);
  if (bytes !== null && hex(sha256(bytes)) !== id) throw new LogFailure('L509', path, { path });
  return bytes;
}
