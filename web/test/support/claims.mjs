// What a copy writes beside a log (docs/reference/portal-data.md): the list of an area's stations, its sums on air, receipts.

import { base64, hex, utf8 } from '../../src/bytes.mjs';
import { parseCheckpoint } from '../../src/checkpoint.mjs';
import { idOf } from '../../src/checker/record.mjs';
import { partition } from '../../src/ledger/partition.mjs';
import { holds } from '../../src/ledger/register.mjs';
import { read, tallies } from '../../src/ledger/tally.mjs';
import { inclusionProof, leafHash, rootOf } from '../../src/tlog.mjs';

const CLASSES = { form: 'kit', intake: 'intake', transcript: 'transcript' };
const json = (value) => utf8(JSON.stringify(value));

/** @param {Map<string, Uint8Array>} files @param {any} ledger @param {string} contest @param {string} area */
export function addClaims(files, ledger, contest, area) {
  const head = parseCheckpoint(files.get('checkpoint'));
  const common = (schema) => ({ schema, contest: { code: contest }, head: { size: head.size, root: hex(head.root) } });
  const statuses = partition(ledger, contest, head.size).filter(({ station }) => holds(station.area.path, area));
  const tally = tallies(ledger, contest, head.size)[ledger.register.area(area).index];
  const numbers = [...tally.votes.keys()];
  const stations = statuses.map(({ station, state, paper }) => ({
    code: station.code, name: station.name, area: station.area.code, registered: station.voters, state: state.replace(' ', '_'),
    ...(paper === null ? {} : { form: formOf(paper, numbers) }),
  }));
  const valid = statuses.reduce((sum, { station, paper }) => sum + (paper === null ? 0 : read(paper, station, null).valid), 0);
  files.set(`data/${contest}/${area}/stations.json`, json({
    ...common('hakiki/stations@v1'), candidates: numbers.map((number) => ({ number, name: `${number}` })), stations,
  }));
  files.set(tally.area.parent === null ? `air/${contest}.json` : `air/${contest}/${area}.json`, json({
    ...common('hakiki/air@v1'), area: { code: area }, stations: tally.partition, valid_votes: valid,
    candidates: numbers.map((number) => ({ number, votes: tally.votes.get(number).sum })),
  }));
}

function formOf({ kind, place, id, fields }, numbers) {
  const votes = new Map(fields.votes);
  const boxes = ['disputed', 'objected', 'registered', 'rejected', 'valid', 'valid-counted'].filter((box) => fields[box] !== undefined);
  return {
    class: CLASSES[kind], place, record: id, votes: numbers.map((number) => votes.get(number) ?? null),
    boxes: Object.fromEntries(boxes.map((box) => [box, fields[box]])),
  };
}

/** Receipts of these places under the head that is held. */
export async function addReceipts(files, entries, places) {
  const leaves = entries.map(leafHash);
  for (const place of places) {
    const proof = await inclusionProof(place, entries.length, async (height, at) => rootOf(leaves.slice(at * 2 ** height, (at + 1) * 2 ** height)));
    const lines = ['c2sp.org/tlog-proof@v1', `extra ${base64(entries[place])}`, `index ${place}`, ...proof.map(base64)];
    files.set(`receipt/${idOf(entries[place])}`, utf8(`${lines.join('\n')}\n\n${Buffer.from(files.get('held')).toString()}`));
  }
}
