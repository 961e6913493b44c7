// The files in a ZIP (APPNOTE 4.3), as a folder that was chosen would give them; without ZIP64 and without passwords. A file is unpacked
// when it is asked for, and its sum checked: damaged figures are no figures.

import { Failure } from '../src/failure.mjs';
import { inflate } from '../src/inflate.mjs';

const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65535;
const STORED = 0;
const DEFLATED = 8;

const SUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

/** CRC-32. @param {Uint8Array} bytes */
function sumOf(bytes) {
  let sum = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) sum = (sum >>> 8) ^ SUMS[(sum ^ bytes[i]) & 0xff];
  return (sum ^ 0xffffffff) >>> 0;
}

const viewOf = async (file, from, to) => new DataView(await file.slice(from, to).arrayBuffer());
const damaged = (name) => new Failure('zip-damaged', name);

/** @param {File} file @returns {Promise<{name: string, webkitRelativePath: string, size: number, arrayBuffer: () => Promise<ArrayBuffer>}[]>} */
export async function filesOfZip(file) {
  const from = Math.max(0, file.size - END_BYTES - COMMENT_BYTES_MAX);
  const tail = await viewOf(file, from, file.size);
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Failure('zip', file.name);
  const [count, size, offset] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const directory = await viewOf(file, offset, offset + size);
  const files = [];
  let at = 0;
  while (files.length < count) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== 0x02014b50) throw damaged(file.name);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => directory.getUint16(at + place, true));
    if (at + 46 + nameBytes > directory.byteLength) throw damaged(file.name);
    files.push(fileOf(file, new DataView(directory.buffer, at, 46), new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, nameBytes))));
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return files;
}

/** @param {File} file @param {DataView} head its entry of the directory @param {string} name */
function fileOf(file, head, name) {
  const [isLocked, method] = [(head.getUint16(8, true) & 1) === 1, head.getUint16(10, true)];
  const [sum, packed, size, offset] = [16, 20, 24, 42].map((place) => head.getUint32(place, true));
  return {
    name, webkitRelativePath: name, size,
    async arrayBuffer() {
      if (isLocked || ![STORED, DEFLATED].includes(method)) throw new Failure('zip', name);
      const local = await viewOf(file, offset, offset + 30);
      if (local.byteLength < 30 || local.getUint32(0, true) !== 0x04034b50) throw damaged(name);
      const from = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
      const held = new Uint8Array(await file.slice(from, from + packed).arrayBuffer());
      const bytes = method === STORED ? held : await inflate(held, size).catch(() => { throw damaged(name); });
      if (bytes.length !== size || sumOf(bytes) !== sum) throw damaged(name);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    },
  };
}
