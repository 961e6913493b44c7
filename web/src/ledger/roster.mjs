/**
 * Keys: who ever stood in this election, in which role, for which place, and from where in the log on.
 */

import { hex, utf8 } from '../bytes.mjs';
import { isTorsionFree, verifyStrict } from '../ed25519.mjs';
import { demand, Failure } from '../failure.mjs';
import { ED25519, keyIdOf } from '../note.mjs';
import { sha256 } from '../sha2.mjs';

/**
 * @typedef {object} Holder
 * @property {string} name
 * @property {string} hash SHA-256 of type byte and public key, in hex
 * @property {Uint8Array} key 32 bytes
 * @property {Uint8Array | null} keyId of its signature lines; computed when it first signs
 * @property {string} role one of the roles, or `custodian`, `party`, `organisation`, `log`
 * @property {'station' | 'area' | null} scope
 * @property {string | null} code of the station or area
 * @property {string | null} party
 * @property {number} since place of the record that enrolled it
 * @property {boolean} late enrolled after the zero report
 * @property {number} revoked place of the record that revoked it, Infinity if none did
 */

/** SHA-256 of the type byte of Ed25519 and the key, in hex. @param {Uint8Array} key */
export function keyHash(key) {
  const typed = new Uint8Array(33);
  typed[0] = ED25519;
  typed.set(key, 1);
  return hex(sha256(typed));
}

/**
 * What a key signs to prove that its owner holds it.
 * @param {'origin' | 'election'} word @param {string} value @param {string} name @param {string} hash
 */
export function possessionText(word, value, name, hash) {
  return utf8(`hakiki/possession@v1\n${word} ${value}\nname ${name}\nkey ${hash}\n`);
}

/** @param {string} origin @param {string} name @param {string} hash @param {string} group its class */
export function acceptanceText(origin, name, hash, group) {
  return utf8(`hakiki/acceptance@v1\norigin ${origin}\nname ${name}\nkey ${hash}\nclass ${group}\n`);
}

/**
 * A key to be enrolled must be of the prime-order group, and its proof must verify.
 * @param {Uint8Array} key @param {Uint8Array} message @param {Uint8Array} proof
 */
export function provesPossession(key, message, proof) {
  return isTorsionFree(key) && verifyStrict(key, message, proof);
}

export class Roster {
  constructor() {
    /** @type {Map<string, Holder>} */
    this.byName = new Map();
    /** @type {Map<string, string>} name that a public key stands under, by the key's hash */
    this.names = new Map();
  }

  /** @param {string} name @param {string} hash */
  isNew(name, hash) {
    return !this.byName.has(name) && !this.names.has(hash);
  }

  /**
   * @param {{name: string, key: Uint8Array, role: string, scope?: 'station' | 'area' | null, code?: string | null,
   *   party?: string | null, since: number, late?: boolean, hash?: string}} entry
   */
  enrol(entry) {
    const { name, key, role, scope = null, code = null, party = null, since, late = false, hash = keyHash(key) } = entry;
    demand(this.isNew(name, hash), 'R209', `${name} or its public key stands in the log already`);
    /** @type {Holder} */
    const holder = { name, hash, key, keyId: null, role, scope, code, party, since, late, revoked: Infinity };
    this.byName.set(name, holder);
    this.names.set(hash, name);
    return holder;
  }

  /** @param {Holder} holder @returns {Uint8Array} */
  static keyIdOf(holder) {
    holder.keyId ??= keyIdOf(holder.name, ED25519, holder.key);
    return holder.keyId;
  }

  /** @param {string} name @param {string} hash @returns {Holder} */
  find(name, hash) {
    const holder = this.byName.get(name);
    if (!holder || holder.hash !== hash) throw new Failure('R201', `${name} was never enrolled with this key`);
    return holder;
  }
}
