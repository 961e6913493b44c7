// Where the log's results are read from: the data files beside this page, or those in a folder or a ZIP that was chosen. Nothing but
// their addresses is ever asked for, and nothing is sent.

import { Failure } from '../src/failure.mjs';
import { inflateRaw } from '../src/inflate.mjs';

/** Unpacked, of one file: a nation's areas are 20 MB. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65535;

/** @typedef {{text: (path: string) => Promise<string | null>}} Source null where there is no such file */

/** @param {string} base ends with a slash @returns {Source} */
export function siteSource(base) {
  return {
    async text(path) {
      const answer = await fetch(base + path, { credentials: 'omit' }).catch(() => null);
      if (answer === null) throw new Failure('no-answer', path);
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Failure('refused', `${answer.status} ${path}`);
      return answer.text();
    },
  };
}

/** Files by the end of their path: a copy of the whole site, or a folder that holds one. @param {File[]} files @returns {Source} */
export function folderSource(files) {
  return {
    async text(path) {
      const isIt = ({ webkitRelativePath: own, name }) => `/${own || name}`.endsWith(`/${path}`);
      return (await files.find(isIt)?.text()) ?? null;
    },
  };
}

/** @param {File} file @returns {Promise<Source>} */
export async function zipSource(file) {
  const entries = await entriesOf(file);
  return {
    async text(path) {
      const found = entries.find(({ name }) => `/${name}`.endsWith(`/${path}`));
      return found === undefined ? null : new TextDecoder().decode(await unpacked(file, found));
    },
  };
}

const viewOf = async (file, from, to) => new DataView(await file.slice(from, to).arrayBuffer());

/** What the directory at the end of a ZIP names (APPNOTE 4.3.12); without ZIP64 and without passwords. */
async function entriesOf(file) {
  const from = Math.max(0, file.size - END_BYTES - COMMENT_BYTES_MAX);
  const tail = await viewOf(file, from, file.size);
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Failure('zip', file.name);
  const [size, offset] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const directory = await viewOf(file, offset, offset + size);
  const entries = [];
  for (let at = 0; at + 46 <= directory.byteLength && directory.getUint32(at, true) === 0x02014b50;) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => directory.getUint16(at + place, true));
    if (at + 46 + nameBytes > directory.byteLength) throw new Failure('zip', file.name);
    entries.push({
      name: new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, nameBytes)),
      method: directory.getUint16(at + 10, true), isLocked: (directory.getUint16(at + 8, true) & 1) === 1,
      packed: directory.getUint32(at + 20, true), size: directory.getUint32(at + 24, true), offset: directory.getUint32(at + 42, true),
    });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

async function unpacked(file, { name, method, isLocked, packed, size, offset }) {
  if (isLocked || size > FILE_BYTES_MAX || ![0, 8].includes(method)) throw new Failure('zip', name);
  const local = await viewOf(file, offset, offset + 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== 0x04034b50) throw new Failure('zip', name);
  const from = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const bytes = new Uint8Array(await file.slice(from, from + packed).arrayBuffer());
  if (method === 0) return bytes;
  if (typeof DecompressionStream === 'undefined') return inflateRaw(bytes, FILE_BYTES_MAX);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
