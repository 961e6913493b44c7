// The check of one area: its register, its records under one head, their signers and figures, and the sums, beside what the copy's
// own files say. The copy's list of records leads the way; what it leaves out only the whole log shows.

import { Failure } from '../failure.mjs';
import { ALL_BOXES } from '../ledger/grammar.mjs';
import { paperAlone } from '../ledger/findings-papers.mjs';
import { parseRecord } from '../ledger/record.mjs';
import { demandBoxes } from '../ledger/rules-papers.mjs';
import { add, emptyTally, read } from '../ledger/tally.mjs';
import { proveRecords } from './area-records.mjs';
import { ballotOf, registerOfArea } from './area-register.mjs';
import { SIGNERS, signersOf } from './area-signers.mjs';
import { readList, readSums } from './claims.mjs';

/**
 * @typedef {object} Fault
 * @property {string} key of the words
 * @property {Record<string, string | number>} values
 * @property {number} place
 *
 * @typedef {object} AreaCheck
 * @property {import('./area-register.mjs').AreaRegister} register
 * @property {import('../ledger/election.mjs').Contest} contest
 * @property {import('./claims.mjs').ListClaim | null} list
 * @property {import('./claims.mjs').SumClaim | null} sums
 * @property {any[]} papers that were proved, read and are of this area, in the order of their places
 * @property {Fault[]} faults of records, in the order of places: they are not what the list says, or not what the rules ask
 * @property {Fault[]} parts where the list's figures are not those of the record
 * @property {Fault[]} rows where the list's stations are not those of the register
 * @property {{paper: any, code: string}[]} findings
 * @property {Map<string, string[]>} unknown stations by key name, of keys that the lists do not have
 * @property {any[]} gone papers one of whose keys an earlier record replaced or revoked, as far as records were read
 * @property {import('../ledger/tally.mjs').Tally} tally
 * @property {number} valid
 * @property {number} signatures
 * @property {number} proofs
 */

/**
 * @param {import('./open.mjs').OpenLog} log
 * @param {{area: string, contest: string | null}} which
 * @param {{pool: ReturnType<typeof import('./pool.mjs').poolOf>, onProgress?: (done: number, of: number, phase: string) => void,
 *   signal?: AbortSignal}} watch
 * @returns {Promise<AreaCheck>}
 */
export async function checkArea(log, { area: code, contest: named }, { pool, onProgress = () => {}, signal }) {
  const contest = log.election.contests.get(named ?? log.election.contests.keys().next().value);
  if (contest === undefined) throw new Failure('L803', named ?? '');
  const register = await registerOfArea(log, code, (done) => onProgress(done, 0, 'lists'));
  const codes = new Set(register.stations.map((station) => station.code));
  const list = await readList(log.source, contest.code, register);
  const sums = await readSums(log.source, contest.code, code, register.area.parent === null);
  const found = {
    register, contest, list, sums, papers: [], faults: [], parts: [], rows: [], findings: [], unknown: new Map(), gone: [],
    tally: emptyTally(register.area, ballotOf(register, contest.code, register.area.path)), valid: 0, signatures: 0, proofs: 0,
  };
  if (list === null) return found;
  compareRows(found);
  const wanted = list.stations.filter((row) => row.record !== null && codes.has(row.code));
  const proved = await proveRecords(log, wanted, { signal, onProgress: (done, of) => onProgress(done, of, 'records') });
  const ordered = wanted.map((row) => ({ row, proof: proved.get(row.record) ?? null }));
  ordered.sort((a, b) => (a.proof?.place ?? a.row.place) - (b.proof?.place ?? b.row.place));
  for (const one of ordered) onRecord(log, found, one);
  await signersOf(log, found, { pool, onProgress: (done, of) => onProgress(done, of, 'signatures') });
  for (const paper of found.papers) sumUp(log, found, paper);
  found.faults.sort((a, b) => a.place - b.place);
  return found;
}

/** The stations of the list beside those of the register. */
function compareRows({ register, list, rows }) {
  const claimed = new Map(list.stations.map((row) => [row.code, row]));
  for (const station of register.stations) {
    const row = claimed.get(station.code);
    const values = { code: station.code };
    if (row === undefined) rows.push({ key: 'area.row-lacks', values, place: 0 });
    else if (row.registered !== station.voters) {
      rows.push({ key: 'area.row-voters', values: { ...values, ours: station.voters ?? '–', theirs: row.registered ?? '–' }, place: 0 });
    }
    claimed.delete(station.code);
  }
  for (const code of claimed.keys()) rows.push({ key: 'area.row-strange', values: { code }, place: 0 });
}

/** One record, as far as it can be judged alone. */
function onRecord(log, found, { row, proof }) {
  const fault = (key, values = {}) => {
    found.faults.push({ key, values: { code: row.code, place: row.place, ...values }, place: row.place });
  };
  if (proof === null) return fault('area.not-in-log', { id: row.record });
  if (proof.place !== row.place) fault('area.other-place', { found: proof.place });
  let record;
  try {
    record = parseRecord(proof.bytes);
    if (!SIGNERS.has(record.kind) || record.kind !== row.kind) return fault('area.other-kind', { kind: record.kind });
    if (record.election !== log.election.fingerprint) return fault('area.other-election');
    const { fields } = record;
    if (fields.station !== row.code || fields.contest !== found.contest.code) return fault('area.other-station', { station: fields.station });
    demandBoxes(log, found, fields);
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    return fault('area.refused', { reason: refused.code });
  }
  const station = found.register.stations.find(({ code }) => code === row.code);
  found.papers.push({ ...proof, row, record, station, fields: record.fields, kind: record.kind, isSigned: true });
  return undefined;
}

/** Its figures: beside the list, beside its own arithmetic, and into the sums. */
function sumUp({ election }, found, paper) {
  const { contest, register, tally } = found;
  const ballot = ballotOf(register, contest.code, paper.station.area.path);
  comparePaper(found, paper, ballot);
  for (const code of paperAlone(election.contests.get(contest.code), ballot, paper)) {
    if (code.startsWith('F')) found.findings.push({ paper, code });
  }
  if (paper.row.state !== 'standing' || !paper.isSigned) return;
  const figures = read(paper, paper.station, contest.cap);
  found.valid += figures.valid;
  tally.partition.standing += 1;
  add(tally, figures, ballot === tally.ballot);
}

/** The first box in which the list is not the record. */
function comparePaper({ parts }, { row, fields, place }, ballot) {
  const votes = new Map(fields.votes);
  const numbers = row.votes === null ? [] : row.numbers ?? [...(ballot?.keys() ?? [])].sort((a, b) => a - b);
  const claimed = numbers.map((number, i) => [`${number}`, votes.get(number) ?? null, row.votes[i] ?? null]);
  const boxes = ALL_BOXES.map((box) => [box, fields[box] ?? null, row.boxes[box] ?? null]);
  const parted = [...claimed, ...boxes].find(([, ours, theirs]) => ours !== theirs);
  if (parted === undefined) return;
  const [what, ours, theirs] = parted;
  parts.push({ key: 'area.parts', values: { place, code: row.code, what, ours: `${ours ?? '–'}`, theirs: `${theirs ?? '–'}` }, place });
}
