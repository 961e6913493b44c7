/**
 * Signatures to be verified, apart from the fold: whoever has workers verifies them there and hands the answers back.
 *
 * What a signature must verify under follows from the record alone, since a signer line holds the hash of the key: a key book maps
 * hashes to keys, whoever enrolled them and whenever. Whether a key may sign is judged in the fold.
 */

import { electionProofs } from './election.mjs';
import { keyHash, possessionText } from './roster.mjs';
import { parseVkey } from '../note.mjs';

/**
 * `enrols`: the key must besides be free of torsion.
 * @typedef {{key: Uint8Array, message: Uint8Array, signature: Uint8Array, enrols?: boolean}} Job
 */

/** Every key that records and tables bring, by the hash under which signer lines name it. */
export class KeyBook {
  constructor() {
    /** @type {Map<string, Uint8Array>} */
    this.keys = new Map();
  }

  /** A key of a type that signs no records is `null`, and of no use here. @param {Uint8Array | null} key */
  add(key) {
    if (key !== null) this.keys.set(keyHash(key), key);
  }

  /** @param {import('./record.mjs').Record} record */
  learn({ kind, fields }) {
    if (kind === 'election') {
      this.add(parseVkey(fields.log).key);
      for (const [, key] of [...fields.custodian, ...fields.organisation]) this.add(key);
      for (const [, , key] of fields.party) this.add(key);
    }
    if (kind === 'amend') for (const [, key] of fields['custodian-in']) this.add(key);
    if (kind === 'key' && fields.new) this.add(fields.new[4]);
  }

  /** @param {import('./tables.mjs').Table} table */
  learnTable({ name, fields }) {
    if (name === 'keys') for (const row of fields.key) this.add(row[4]);
  }
}

/**
 * The signatures of a record, in the order of its signers; `null` where no key of this hash is known. The answers go into
 * `record.verdicts`; where there is no job, leave `undefined`.
 * @param {import('./record.mjs').Record} record @param {KeyBook} roster @returns {(Job | null)[]}
 */
export function signatureJobs(record, roster) {
  return record.signers.map(({ hash, signature }) => {
    const key = roster.keys.get(hash);
    return key ? { key, message: record.textBytes, signature } : null;
  });
}

/**
 * The proofs of possession that a record brings. The answers go into `record.proofVerdicts`; those of the election record are handed to
 * `Ledger.begin`.
 * @param {import('./record.mjs').Record} record @returns {Job[]}
 */
export function proofJobs(record) {
  const { kind, fields, election } = record;
  if (kind === 'election') return electionProofs(record);
  if (kind === 'key' && fields.new) {
    const [name, , , , key, signature] = fields.new;
    return [{ key, message: possessionText('election', String(election), name, keyHash(key)), signature, enrols: true }];
  }
  return [];
}

/**
 * The proofs of possession in a keys table; none in any other, and none where a row's key is of a wrong type, since the ledger asks that
 * first. The answers go into `table.verdicts`.
 * @param {import('./tables.mjs').Table} table @param {string} fingerprint @returns {Job[]}
 */
export function tableJobs({ name, fields }, fingerprint) {
  if (name !== 'keys' || fields.key.some((/** @type {any[]} */ row) => row[4] === null)) return [];
  return fields.key.map((/** @type {any[]} */ [keyName, , , , key, signature]) => (
    { key, message: possessionText('election', fingerprint, keyName, keyHash(key)), signature, enrols: true }));
}

