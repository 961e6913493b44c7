// Reads a published log from a directory, without checking tiles: for tests of the fold alone.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} folder @returns {{size: number, entries: Uint8Array[], blob: (hash: string) => Uint8Array | null}} */
export function readLog(folder) {
  const size = Number(readFileSync(join(folder, 'checkpoint'), 'utf8').split('\n')[1]);
  const entries = [];
  for (let tile = 0; tile * 256 < size; tile++) {
    const width = Math.min(256, size - tile * 256);
    const bytes = readTile(join(folder, 'tile', 'entries'), tile, width);
    for (let at = 0, n = 0; n < width; n++) {
      const length = (bytes[at] << 8) | bytes[at + 1];
      entries.push(bytes.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  const blob = (/** @type {string} */ hash) => {
    const path = join(folder, 'blob', hash);
    return existsSync(path) ? new Uint8Array(readFileSync(path)) : null;
  };
  return { size, entries, blob };
}

/** @param {string} folder @param {number} tile @param {number} width */
function readTile(folder, tile, width) {
  const digits = String(tile).padStart(Math.ceil(String(tile).length / 3) * 3, '0');
  const groups = /** @type {string[]} */ (digits.match(/.../g));
  const path = join(folder, groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/'));
  if (existsSync(path)) return new Uint8Array(readFileSync(path));
  const widths = readdirSync(`${path}.p`).map(Number).filter((found) => found >= width).sort((a, b) => a - b);
  return new Uint8Array(readFileSync(join(`${path}.p`, String(widths[0]))));
}

/**
 * A log in the form of vectors/ledger.json, as bytes.
 * @param {{entries: {note?: string, note_base64?: string}[], tables: Record<string, string>}} log
 * @returns {{entries: Uint8Array[], blob: (hash: string) => Uint8Array | null}}
 */
export function vectorLog({ entries, tables }) {
  return {
    entries: entries.map(({ note, note_base64: base64 }) => (
      new Uint8Array(note === undefined ? Buffer.from(String(base64), 'base64') : Buffer.from(note)))),
    blob: (hash) => (tables[hash] === undefined ? null : new Uint8Array(Buffer.from(tables[hash]))),
  };
}

/** The logs of a file, one JSON a line. @param {URL} url @returns {any[]} */
export function jsonLines(url) {
  return readFileSync(url, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
}
