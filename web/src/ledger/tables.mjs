/**
 * Tables: blobs in the grammar of records. An index names the shards of a large one.
 */

import { hex, text as decode } from '../bytes.mjs';
import { demand, Failure } from '../failure.mjs';
import { sha256 } from '../sha2.mjs';
import { TABLES } from './grammar.mjs';
import { readLines, textLines } from './text.mjs';

/**
 * @typedef {object} Table
 * @property {string} name `areas`, `index`, …
 * @property {import('./text.mjs').Fields} fields
 * @property {(boolean | undefined)[]} verdicts of a keys table: whether each row's proof verifies; filled in by whoever verified them
 */

/**
 * Tables by the SHA-256 of their bytes, in hex; a Failure says what is wrong with the bytes.
 * @typedef {Map<string, Table | Failure>} Tables
 */

/** What reads a blob. @typedef {(hash: string) => Promise<Uint8Array | null> | Uint8Array | null | undefined} ReadBlob */

/** @param {Uint8Array} bytes @returns {Table} */
export function parseTable(bytes) {
  const text = decode(bytes);
  demand(text.endsWith('\n'), 'R107', 'the table does not end in a newline');
  const lines = textLines(text);
  const match = /^hakiki\/([a-z-]+)@v1$/.exec(lines[0]);
  const grammar = match && TABLES.get(match[1]);
  if (!match || !grammar) throw new Failure('R106', `${lines[0].slice(0, 80)} is no table that is known here`);
  return { name: match[1], fields: readLines(lines, 1, grammar), verdicts: [] };
}

/**
 * Hashes of the tables that a record names, with what each must be.
 * @param {import('./record.mjs').Record} record @returns {[string, string][]}
 */
export function tablesOf({ kind, fields }) {
  if (kind === 'register') return fields.table.map((/** @type {[string, string]} */ [, hash]) => [hash, 'index']);
  if (kind === 'collation') return [[fields.children, 'children']];
  if (kind === 'audit-plan') return [[fields.batches, 'audit-batches']];
  if (kind === 'declaration' && fields.missing !== undefined) return [[fields.missing, 'missing-set']];
  return [];
}

/**
 * Reads and parses the tables that a record names, and the shards of each index. What is not here is not in the map.
 * @param {import('./record.mjs').Record} record @param {ReadBlob} read @returns {Promise<Tables>}
 */
export async function gatherTables(record, read) {
  /** @type {Tables} */
  const tables = new Map();
  for (const [hash] of tablesOf(record)) {
    await gather(hash, read, tables);
    const index = tables.get(hash);
    if (!index || index instanceof Failure || index.name !== 'index') continue;
    for (const [, shard] of index.fields.shard) await gather(shard, read, tables);
  }
  return tables;
}

/** @param {string} hash @param {ReadBlob} read @param {Tables} tables */
async function gather(hash, read, tables) {
  if (tables.has(hash)) return;
  const bytes = await read(hash);
  if (!bytes || hex(sha256(bytes)) !== hash) return;
  try {
    tables.set(hash, parseTable(bytes));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tables.set(hash, error);
  }
}

/** @param {Tables} tables @param {string} hash @param {string} name @returns {Table} */
export function tableNamed(tables, hash, name) {
  const table = tables.get(hash);
  if (!table) throw new Failure('R305', `the table sha256:${hash} is not here`);
  if (table instanceof Failure) throw new Failure('R305', `the table sha256:${hash}: ${table.message}`);
  demand(table.name === name, 'R305', `the table sha256:${hash} is ${table.name}, not ${name}`);
  return table;
}

/**
 * The shards of an index, each with the code of its area.
 * @param {Tables} tables @param {string} hash @param {string} name @returns {[string, Table][]}
 */
export function shardsOf(tables, hash, name) {
  const index = tableNamed(tables, hash, 'index');
  return index.fields.shard.map((/** @type {[string, string]} */ [area, shard]) => [area, tableNamed(tables, shard, name)]);
}
