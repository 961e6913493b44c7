// The sentences of the check of an area, as plain data.

import { fitsHead } from './open.mjs';
import { areaProspect } from './prospects.mjs';
import { bad, electionItem, good, headItems, open } from './record.mjs';
import { electionOf } from './whole-report.mjs';

/** So many records or stations that do not fit are named one by one. */
const NAMED_MAX = 10;

/**
 * @param {import('./open.mjs').OpenLog} log
 * @param {import('./area.mjs').AreaCheck} found
 */
export async function areaReport(log, found) {
  const { register, list, papers, contest } = found;
  const { area, stations } = register;
  const registered = stations.reduce((sum, { voters }) => sum + (voters ?? 0), 0);
  const last = papers.reduce((most, { place }) => Math.max(most, place), papers.length === 0 ? log.head.size - 1 : 0);
  const items = [electionItem(log), ...await headItems(log, last), ...register.items];
  items.push(good('area.stations', { code: area.code, name: area.name, count: stations.length, registered }));
  if (list === null) items.push(open('area.no-list', { contest: contest.code }));
  else items.push(...await listItems(log, found), ...recordItems(log, found), ...figureItems(found), ...areaProspect(found));
  return {
    key: 'report.of-area', values: { code: area.code, name: area.name }, items,
    sections: [], first: firstParted(found), rest: 'rest.area', totals: list === null ? [] : [totalsOf(found)],
    lede: list === null ? null : { key: 'area.totals', values: { count: papers.filter(isCounted).length, of: stations.length } },
    ...electionOf(log),
  };
}

const isCounted = (paper) => paper.isSigned && paper.row.state === 'standing';

async function fileItem(log, claim) {
  const { path, size } = claim;
  const fits = await fitsHead(log, claim);
  if (fits === null) return open('area.file-newer', { path, size });
  return fits ? good('area.file', { path, size }) : bad('area.file-other', { path, size });
}

async function listItems(log, { list, sums, rows }) {
  const items = [await fileItem(log, list)];
  if (list.isWhole) items.push(open('area.list-of-all', { path: list.path }));
  if (sums !== null) items.push(await fileItem(log, sums));
  items.push(...named(rows, 'area.more'));
  const count = (state) => list.stations.filter((row) => row.state === state).length;
  const values = { missing: count('missing'), contested: count('contested'), disregarded: count('disregarded'), closed: count('not_expected') };
  if (Object.values(values).some((of) => of > 0)) items.push(open('area.claimed', values));
  return items;
}

/** The first of them in words, and how many more there are. */
function named(faults, more) {
  const items = faults.slice(0, NAMED_MAX).map(({ key, values }) => bad(key, values));
  return faults.length > NAMED_MAX ? [...items, bad(more, { count: faults.length - NAMED_MAX })] : items;
}

function recordItems(log, { papers, faults, unknown, gone, signatures, proofs, list }) {
  const items = [];
  if (papers.length > 0) items.push(good('area.records', { count: papers.length, size: log.head.size }));
  if (signatures > 0) items.push(good('area.signatures', { count: signatures, proofs }));
  items.push(...named(faults, 'area.more-records'));
  if (unknown.size > 0) {
    const stations = [...new Set([...unknown.values()].flat())];
    items.push(open('area.keys-unknown', { count: unknown.size, stations: shortened(stations) }));
  }
  if (gone.length > 0) items.push(open('area.keys-gone', { count: gone.length, stations: shortened(gone.map(({ row }) => row.code)) }));
  const lacking = list.stations.filter(({ state, record }) => state === 'standing' && record === null);
  if (lacking.length > 0) items.push(bad('area.no-record', { count: lacking.length, stations: shortened(lacking.map(({ code }) => code)) }));
  return items;
}

function shortened(codes) {
  return codes.length > NAMED_MAX ? `${codes.slice(0, NAMED_MAX).join(', ')} …` : codes.join(', ');
}

function figureItems(found) {
  const { parts, findings, papers, tally, sums, valid } = found;
  const items = [];
  const inOrder = [...parts].sort((a, b) => a.place - b.place);
  if (inOrder.length > 0) items.push(bad(inOrder[0].key, inOrder[0].values));
  else if (papers.length > 0) items.push(good('area.same-figures', { count: papers.length }));
  if (inOrder.length > 1) items.push(bad('area.more-parts', { count: inOrder.length - 1 }));
  for (const { paper, code } of findings.slice(0, NAMED_MAX)) items.push(bad('area.finding', { code, station: paper.row.code, place: paper.place }));
  if (findings.length > NAMED_MAX) items.push(bad('area.more-findings', { count: findings.length - NAMED_MAX }));
  if (findings.length === 0 && papers.length > 0) items.push(good('area.arithmetic', { count: papers.length }));
  items.push(sums === null ? open('area.no-sums') : sumsItem(tally, valid, sums));
  return items;
}

/** Our sums beside the copy's: the first that differs. */
function sumsItem(tally, valid, sums) {
  const { path } = sums;
  const votes = (sums.candidates ?? []).map(({ number, votes: theirs }) => [`votes ${number}`, tally.votes.get(number)?.sum ?? '–', theirs]);
  const lacking = sums.candidates === null ? [] : [...tally.votes.keys()].filter((number) => !sums.candidates.some((one) => one.number === number));
  const pairs = [
    ...votes, ...lacking.map((number) => [`votes ${number}`, tally.votes.get(number).sum, '–']),
    ['valid', valid, sums.valid], ['standing', tally.partition.standing, sums.stations.standing],
  ];
  const parted = pairs.find(([, ours, theirs]) => ours !== theirs);
  if (parted === undefined) return good('area.same-sums', { path });
  const [what, ours, theirs] = parted;
  return bad('area.sums-part', { path, what, ours: `${ours}`, theirs: `${theirs}` });
}

function totalsOf({ contest, register, tally }) {
  const ballot = tally.ballot ?? new Map();
  return {
    code: contest.code, title: `${contest.title}, ${register.area.name}`, stations: null,
    votes: [...tally.votes].map(([number, { sum, least, most }]) => ({
      number, name: ballot.get(number)?.name ?? '', party: ballot.get(number)?.party ?? '', sum, least, most,
    })),
    boxes: [...tally.boxes].map(([name, { sum, written, unread }]) => ({ name, sum, written, unread })),
  };
}

/** The first record whose figures the list does not give, as it was signed. */
function firstParted({ parts, papers, tally }) {
  const first = [...parts].sort((a, b) => a.place - b.place)[0];
  const paper = papers.find(({ place }) => place === first?.values.place);
  if (paper === undefined) return null;
  const { place, bytes, record } = paper;
  return { place, bytes, record, items: [], names: [...(tally.ballot ?? [])].map(([number, { name }]) => [number, name]) };
}
