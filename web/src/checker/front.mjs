// The front of a log: the records up to the zero report, which names the register records in force. And who is behind the keys that
// stand in the election record.

import { equal } from '../bytes.mjs';
import { encodingFault, verifyStrict } from '../ed25519.mjs';
import { Failure } from '../failure.mjs';
import { parseRecord } from '../ledger/record.mjs';
import { keyHash } from '../ledger/roster.mjs';
import { bundles } from '../log.mjs';
import { ED25519, keyIdOf } from '../note.mjs';

/** The register stands near the front of a log, before the zero report; so many entries are looked through for it. */
const REGISTER_PLACES_MAX = 2048;

/**
 * @typedef {{name: string, key: Uint8Array, role: string, scope: 'station' | 'area' | null, code: string | null,
 *   party: string | null, place?: number}} Holder `place`: of the record that enrolled it after the register
 */

/** Keys that stand in the election record. @param {import('./open.mjs').OpenLog} log @returns {Map<string, Holder>} */
export function founding(log) {
  const { fields } = log.first;
  const found = new Map();
  const put = (name, key, role, party = null) => {
    found.set(name, { name, key, role, scope: null, code: null, party });
  };
  put(log.election.origin, log.election.log.key, 'log');
  for (const [name, key] of fields.custodian) put(name, key, 'custodian');
  for (const [party, name, key] of fields.party) put(name, key, 'party', party);
  for (const [name, key] of fields.organisation) put(name, key, 'organisation');
  return found;
}

/**
 * @typedef {object} Front
 * @property {Map<string, string[]>} tables hashes of the indices that register records in force name: several of `keys`, one of the others
 * @property {boolean} isFrozen the zero report was found, signed by the custodians
 * @property {boolean} isSigned all register records that it names stand before it, signed by the custodians; without one: true
 * @property {number | null} zero its place
 * @property {number} count of register records in force
 * @property {number | null} amended place of an amendment before it
 * @property {Map<string, Holder>} holders of keys that `key` records in what was read bring
 * @property {Map<string, number>} gone place of the record there that replaced or revoked a key
 */

/**
 * What the custodians did not sign is as if it were not there: the rules refuse it, and the log may hold it all the same.
 * @param {import('./open.mjs').OpenLog} log @returns {Promise<Front>}
 */
export async function readFront(log) {
  const found = { registers: [], zero: null, amended: null, changes: [] };
  for await (const { first, entries } of bundles(log.source, log.head, { to: REGISTER_PLACES_MAX, ahead: 1, tiles: log.tiles })) {
    entries.forEach((bytes, i) => note(log, found, first + i, bytes));
    if (found.zero !== null) break;
  }
  const named = found.zero?.record.fields.register ?? found.registers.map(({ id }) => id);
  const inForce = found.registers.filter(({ id }) => named.includes(id));
  return {
    tables: tablesOf(inForce), isFrozen: found.zero !== null, isSigned: inForce.length === named.length,
    zero: found.zero?.place ?? null, count: inForce.length, amended: found.amended, ...changesOf(found.changes),
  };
}

function tablesOf(registers) {
  const tables = new Map();
  for (const [name, hash] of registers.flatMap(({ fields }) => fields.table)) tables.set(name, [...(tables.get(name) ?? []), hash]);
  return tables;
}

const OF_CUSTODIANS = new Set(['register', 'zero', 'amend']);

/** What one entry says of register and keys. */
function note(log, found, place, bytes) {
  const record = parsedOrNull(bytes);
  if (record?.kind === 'key') found.changes.push({ place, record });
  if (record === null || found.zero !== null || !OF_CUSTODIANS.has(record.kind) || !hasQuorum(log, record)) return;
  if (record.kind === 'register') found.registers.push(record);
  if (record.kind === 'zero') found.zero = { place, record };
  if (record.kind === 'amend') found.amended = place;
}

function changesOf(changes) {
  const holders = new Map();
  const gone = new Map();
  for (const { place, record: { fields } } of changes) {
    if (fields.new !== undefined) {
      const [name, role, scope, code, key, , party] = fields.new;
      if (!holders.has(name)) holders.set(name, { name, key, role, scope, code, party: party ?? null, place });
    }
    if (fields.old !== undefined && !gone.has(fields.old)) gone.set(fields.old, place);
  }
  return { holders, gone };
}

/** Signed by as many custodians as the election record asks for this kind, and by nobody but organisations besides? */
function hasQuorum(log, record) {
  const holders = founding(log);
  const quorum = new Map(log.first.fields.quorum).get(record.kind);
  const roles = record.signers.map((signer) => {
    const holder = holders.get(signer.name);
    return verdictOf(record, signer, holder) === 'good' ? holder.role : '';
  });
  return record.election === log.election.fingerprint && quorum !== undefined
    && roles.every((role) => role === 'custodian' || role === 'organisation')
    && roles.filter((role) => role === 'custodian').length >= quorum;
}

/** @param {Uint8Array} bytes */
function parsedOrNull(bytes) {
  try {
    return parseRecord(bytes);
  } catch (refused) {
    if (refused instanceof Failure) return null;
    throw refused;
  }
}

/**
 * One signer's signature under the key that was found for its name.
 * @param {import('../ledger/record.mjs').Record} record
 * @param {import('../ledger/record.mjs').Signer} signer
 * @param {{name: string, key: Uint8Array} | undefined} holder
 * @returns {'good' | 'unknown' | 'other-key' | 'bad'}
 */
export function verdictOf(record, signer, holder) {
  if (holder === undefined) return 'unknown';
  if (keyHash(holder.key) !== signer.hash || !equal(signer.keyId, keyIdOf(signer.name, ED25519, holder.key))) return 'other-key';
  if (encodingFault(holder.key, signer.signature) !== '') return 'bad';
  return verifyStrict(holder.key, record.textBytes, signer.signature) ? 'good' : 'bad';
}
