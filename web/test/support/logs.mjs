// Small logs for tests: keys from seeds, signed records, tables as blobs, and the log as a directory that any verifier reads.

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string | Uint8Array} bytes */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest();
}

/** @param {string | Uint8Array} bytes */
export function sha256Hex(bytes) {
  return sha256(bytes).toString('hex');
}

/** A signing key whose secret follows from its name. */
export class Key {
  /** @param {string} name @param {string} [seed] */
  constructor(name, seed = name) {
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha256(`seed of ${seed}`)]);
    this.name = name;
    this.secret = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    this.public = createPublicKey(this.secret).export({ format: 'der', type: 'spki' }).subarray(-32);
    this.typed = Buffer.concat([Buffer.from([1]), this.public]);
    this.written = this.typed.toString('base64');
    this.hash = sha256Hex(this.typed);
    this.keyId = sha256(Buffer.concat([Buffer.from(`${name}\n`), this.typed])).subarray(0, 4);
  }

  /** @param {string | Uint8Array} message */
  sign(message) {
    return sign(null, Buffer.from(message), this.secret);
  }

  /** @param {string} text */
  line(text) {
    return `\u2014 ${this.name} ${Buffer.concat([this.keyId, this.sign(text)]).toString('base64')}\n`;
  }

  get vkey() {
    return `${this.name}+${this.keyId.toString('hex')}+${this.written}`;
  }

  /** Proof of possession. @param {'origin' | 'election'} word @param {string} value */
  proof(word, value) {
    return this.sign(`hakiki/possession@v1\n${word} ${value}\nname ${this.name}\nkey ${this.hash}\n`).toString('base64');
  }
}

/** A note: the lines, the signer lines, and the signatures. @param {string[]} lines @param {Key[]} keys */
export function record(lines, keys) {
  const signers = [...keys].sort((a, b) => (a.name < b.name ? -1 : 1));
  const text = [...lines, ...signers.map((key) => `signer ${key.name} ${key.hash}`)].map((line) => `${line}\n`).join('');
  return Buffer.from(`${text}\n${signers.map((key) => key.line(text)).join('')}`);
}

/** @param {Uint8Array} note */
export function idOf(note) {
  const text = Buffer.from(note).toString();
  return sha256Hex(text.slice(0, text.lastIndexOf('\n\n') + 1));
}

/** @param {string} header @param {string[]} rows */
export function table(header, rows) {
  return `hakiki/${header}@v1\n${rows.map((row) => `${row}\n`).join('')}`;
}

/** Index and shards of one table. @param {Map<string, Uint8Array>} blobs @param {string} kind @param {Record<string, string[]>} shards */
export function putTable(blobs, kind, shards) {
  const rows = Object.keys(shards).sort().map((area) => `shard ${area} sha256:${put(blobs, table(kind, shards[area]))}`);
  return put(blobs, table('index', rows));
}

/** @param {Map<string, Uint8Array>} blobs @param {string | Uint8Array} content */
export function put(blobs, content) {
  const bytes = Buffer.from(content);
  blobs.set(sha256Hex(bytes), bytes);
  return sha256Hex(bytes);
}

/** @param {Buffer[]} hashes @returns {Buffer} */
function root(hashes) {
  if (hashes.length === 0) return sha256('');
  if (hashes.length === 1) return hashes[0];
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return node(root(hashes.slice(0, split)), root(hashes.slice(split)));
}

/** @param {Buffer} left @param {Buffer} right */
function node(left, right) {
  return sha256(Buffer.concat([Buffer.from([1]), left, right]));
}

/** @param {number} index */
function tileName(index) {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = /** @type {string[]} */ (digits.match(/.../g));
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** Writes tiles of one level. @param {string} folder @param {Buffer[]} items */
function writeTiles(folder, items) {
  for (let at = 0; at < items.length; at += 256) {
    const part = items.slice(at, at + 256);
    const path = join(folder, tileName(at / 256) + (part.length < 256 ? `.p/${part.length}` : ''));
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, Buffer.concat(part));
  }
}

/**
 * The log in the form in which nodes publish it.
 * @param {string} folder @param {Buffer[]} entries @param {Map<string, Uint8Array>} blobs @param {Key} logKey
 * @param {Record<number, string>} [results] results text by size
 */
export function writeLog(folder, entries, blobs, logKey, results = {}) {
  mkdirSync(join(folder, 'blob'), { recursive: true });
  for (const [name, bytes] of blobs) writeFileSync(join(folder, 'blob', name), bytes);
  const framed = entries.map((entry) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    return Buffer.concat([length, entry]);
  });
  writeTiles(join(folder, 'tile', 'entries'), framed);
  let hashes = entries.map((entry) => sha256(Buffer.concat([Buffer.from([0]), entry])));
  const whole = root(hashes);
  for (let level = 0; hashes.length > 0; level++) {
    writeTiles(join(folder, 'tile', String(level)), hashes);
    const full = Math.floor(hashes.length / 256);
    hashes = Array.from({ length: full }, (_, i) => root(hashes.slice(i * 256, (i + 1) * 256)));
  }
  const text = `${logKey.name}\n${entries.length}\n${whole.toString('base64')}\n`;
  writeFileSync(join(folder, 'checkpoint'), `${text}\n${logKey.line(text)}`);
  for (const [size, content] of Object.entries(results)) {
    mkdirSync(join(folder, 'results'), { recursive: true });
    writeFileSync(join(folder, 'results', size), content);
  }
}
