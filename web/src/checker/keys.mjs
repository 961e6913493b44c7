// Who is behind a key: the election record, and the register's keys tables as the log names them.

import { parseTable } from '../ledger/tables.mjs';
import { LogFailure, readBlob } from '../log.mjs';
import { founding, readFront } from './front.mjs';

/** Shards of a table that are asked for at a time. */
const AT_ONCE = 4;

/** How many first characters two codes share. */
function shared(a, b) {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/**
 * @param {import('./open.mjs').OpenLog} log
 * @param {(done: number, of: number) => void} [onShard]
 */
export function keysOf(log, onShard = () => {}) {
  const known = founding(log);
  let register = null;
  const readRegister = () => (register ??= readFront(log));
  const parsed = new Map();

  /** @returns {Promise<import('../ledger/tables.mjs').Table>} */
  async function table(hash) {
    if (!parsed.has(hash)) {
      parsed.set(hash, readBlob(log.source, hash).then((bytes) => {
        if (bytes === null) throw new LogFailure('L513', `blob/${hash}`, { path: `blob/${hash}` });
        return parseTable(bytes);
      }));
    }
    return parsed.get(hash);
  }

  /** The shards of a table, those whose area's code is most like the hint first. */
  async function* shards(name, hint) {
    const indices = await Promise.all(((await readRegister()).tables.get(name) ?? []).map(table));
    const rows = indices.flatMap(({ fields }) => fields.shard);
    const ordered = rows.map(([area, shard]) => ({ area, shard, near: shared(area, hint) }));
    ordered.sort((a, b) => b.near - a.near || (a.area < b.area ? -1 : 1));
    for (let i = 0; i < ordered.length; i++) {
      for (const next of ordered.slice(i, i + (i === 0 ? 1 : AT_ONCE))) table(next.shard).catch(() => {});
      onShard(i, ordered.length);
      yield { area: ordered[i].area, table: await table(ordered[i].shard) };
    }
  }

  const gone = new Map();
  return {
    readRegister,
    /** What a `key` record says; whether its signers may say so is not judged. @param {number} place */
    learn(place, { fields }) {
      if (fields.new !== undefined) {
        const [name, role, scope, code, key, , party] = fields.new;
        if (!known.has(name)) known.set(name, { name, key, role, scope, code, party: party ?? null, place });
      }
      if (fields.old !== undefined && !gone.has(fields.old)) gone.set(fields.old, place);
    },
    /** The place of the record that replaced or revoked this key, if one was read. @param {string} name */
    goneAt: (name) => gone.get(name) ?? null,
    /**
     * @param {string[]} names of keys
     * @param {string} hint code of a station or area
     * @returns {Promise<Map<string, import('./front.mjs').Holder>>} those that were found
     */
    async find(names, hint) {
      const wanted = new Set(names.filter((name) => !known.has(name)));
      if (wanted.size > 0) {
        for await (const shard of shards('keys', hint)) {
          for (const [name, role, scope, code, key, , party] of shard.table.fields.key) {
            known.set(name, { name, key, role, scope, code, party: party ?? null });
            wanted.delete(name);
          }
          if (wanted.size === 0) break;
        }
      }
      return known;
    },
    /** The row of a station, with the area of its shard. @param {string} code */
    async station(code) {
      for await (const shard of shards('stations', code)) {
        const row = shard.table.fields.station.find(([of]) => of === code);
        if (row !== undefined) return { code, area: row[1], registered: row[2], name: row[3], shard: shard.area };
      }
      return null;
    },
    /** Names of the candidates of a contest, by number, of the ballots whose area's code is most like the station's. */
    async candidates(contest, code) {
      const names = new Map();
      let nearest = -1;
      for await (const shard of shards('candidates', code)) {
        for (const [of, area, number, party, name] of shard.table.fields.candidate) {
          if (of !== contest) continue;
          const near = code.startsWith(area) ? area.length : 0;
          if (near > nearest) names.clear();
          if (near >= nearest) names.set(number, { name, party });
          nearest = Math.max(nearest, near);
        }
        if (names.size > 0) break;
      }
      return names;
    },
    /** Is `above` the area, or one that holds it? Reads the areas table. */
    async isWithin(code, above) {
      const parents = new Map();
      for await (const shard of shards('areas', code)) {
        for (const [of, , parent] of shard.table.fields.area) parents.set(of, parent);
      }
      for (let at = code; at !== undefined; at = parents.get(at)) if (at === above) return true;
      return false;
    },
  };
}
