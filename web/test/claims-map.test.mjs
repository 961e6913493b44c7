// Areas of a comparison, outlines, who answers, ballots of areas, and addresses of the log's pages.

import assert from 'node:assert/strict';
import test from 'node:test';

import { addressOf, segment } from '../page-claim/links.mjs';
import { answeringOf } from '../src/claims/answering.mjs';
import { bound, boundOfTotals, boundsOf, boundsOfTotals, formsOf } from '../src/claims/bounds.mjs';
import { compare, compareByName } from '../src/claims/compare.mjs';
import { mapLevels, mapOf, shadeOf } from '../src/claims/map.mjs';
import { outlinesOf } from '../src/claims/outlines.mjs';
import { areasOf, ballotsOf, nearestBallot, referenceOf, within } from '../src/claims/reference.mjs';
import { rowOf, sorted } from '../src/claims/set.mjs';

const AREAS = areasOf({ areas: [
  { code: 'w', name: 'Whole', level: 'nation', parent: null },
  ...['a', 'b'].map((code) => ({ code, name: `County ${code}`, level: 'county', parent: 'w' })),
  ...['a1', 'a2', 'b1'].map((code) => ({ code, name: `Ward ${code}`, level: 'ward', parent: code[0] })),
  { code: 'z', name: 'Abroad', level: 'abroad', parent: 'w' },
] });
const station = (code, area, votes, more = {}) => ({ code, name: code, area, registered: 50, state: 'standing', form: { votes, boxes: {}, ...more } });
const FILE = {
  election: { title: 'Mfano' }, contest: { code: 'p' }, candidates: [{ number: 1, name: 'Amina', party: 'mwenge' }, { number: 2, name: 'Bakari' }],
  stations: [
    station('s1', 'a1', [7, 8]), station('s2', 'a2', [5, 5]), station('s3', 'a2', [1, 1]), station('s4', 'b1', [9, 9]), station('s5', 'z', [2, 2]),
    { code: 's6', name: 's6', area: 'b1', registered: 50, state: 'missing', form: null },
  ],
};
const setOf = (rows) => ({
  title: 't', level: null, columns: [{ is: 'candidate', name: 'Amina', party: null }, { is: 'candidate', name: 'Bakari', party: null }],
  rows: sorted(Object.entries(rows).map(([code, figures]) => [code, rowOf({ name: code, figures })])), areas: new Map(), lines: [], cap: null,
});
const CLAIM = setOf({ s1: [7, 8], s2: [6, 5], s3: [1, 1], s4: [9, 19], s5: [2, 2], s6: [3, 3], s9: [1, 1] });
const reference = () => Object.assign(referenceOf(FILE, null).set, { areas: AREAS });

test('a map: rows lie in areas of a level, whatever state their station is in; others are outside', () => {
  for (const found of [compare(CLAIM, reference()), compareByName(CLAIM, reference())]) {
    assert.deepEqual(mapLevels(AREAS, found), [{ level: 'county', count: 2 }, { level: 'ward', count: 3 }]);
    const { areas, outside, of } = mapOf(AREAS, found, 'county');
    const seen = ({ counts: { identical, different, 'only-in-claim': only }, differences }) => [identical, different, only, differences];
    assert.deepEqual(areas.map(seen), [[2, 1, 0, [1, 0]], [0, 1, 1, [0, 10]]]);
    assert.deepEqual(seen(outside), [1, 0, 1, [0, 0]]);
    assert.deepEqual(of, ['a', 'a', 'a', 'b', null, 'b', null]);
    assert.deepEqual(mapOf(AREAS, found, 'ward').areas.map(({ code, counts: { different } }) => [code, different]), [['a1', 0], ['a2', 1], ['b1', 1]]);
  }
});

test('a map of areas: they lie in themselves and in what is above them, and in nothing below', () => {
  const found = compare({ ...setOf({ a1: [7, 8], a2: [6, 7], b1: [9, 9] }), level: 'ward' }, reference());
  assert.deepEqual(mapLevels(AREAS, found).map(({ level }) => level), ['county', 'ward']);
  assert.deepEqual(mapOf(AREAS, found, 'county').areas.map(({ counts }) => [counts.identical, counts.different, counts['not-comparable']]), [[1, 1, 0], [0, 0, 1]]);
  const counties = compare({ ...setOf({ a: [13, 14], b: [9, 9] }), level: 'county' }, reference());
  assert.deepEqual(mapLevels(AREAS, counties).map(({ level }) => level), ['county']);
  assert.deepEqual(mapLevels(AREAS, compare(setOf({ x: [1, 1] }), reference())), []);
});

test('shades: none, up to one in a hundred, up to one in ten, more; nothing compared', () => {
  const shade = (identical, different) => shadeOf({ counts: { identical, different }, differences: [] });
  assert.deepEqual([shade(0, 0), shade(5, 0), shade(99, 1), shade(98, 1), shade(90, 10), shade(89, 10), shade(0, 3)], ['nothing', 'same', 'few', 'some', 'some', 'many', 'many']);
});

test('outlines: plain paths alone; a count stands in the middle of the longest line', () => {
  const read = (d) => outlinesOf({ areas: { x: d } }).get('x') ?? null;
  assert.deepEqual(read('M0 0L10 0L10 20L0 20Z')?.at, [5, 10]);
  assert.deepEqual(read('m10,10 10,0 0,10-10,0z')?.frame, [10, 10, 20, 20]);
  assert.deepEqual(read('M0 0h8v4H0zM100 100l1.5.5 1 1z')?.at, [4, 2]);
  assert.deepEqual(read('M0 0h8v4H0zM100 100l1.5.5 1 1z')?.frame, [0, 0, 102.5, 101.5]);
  for (const d of ['', 'M0 0', 'M0 0L1', 'L1 1 2 2 3 3', 'M0 0Z5 5 5 5', 'M0 0C1 1 2 2 3 3', 'M0 0"onload=', 'M0 0 url(x)', 'M0 0L1e9 5L3 3', 7, null, ['M0 0h1v1z'], 'M0 0L- 5 5 5', `M0 0${'h1v1'.repeat(60_000)}`]) {
    assert.equal(read(d), null, String(d).slice(0, 20));
  }
  assert.equal(outlinesOf(null).size, 0);
});

test('who answers: keys and ink apart, by party; null where a form does not tell', () => {
  const stations = [{ keys: ['b'], ink: [] }, { keys: ['b', 'a'], ink: ['c'] }, { keys: [], ink: [] }];
  const found = answeringOf(stations, ['a']);
  assert.deepEqual([found.parties, [...found.keys.get('b')], [...found.keys.get('a')], [...found.ink.get('c')]], [['a', 'b', 'c'], [1, 1, 0], [0, 1, 0], [0, 1, 0]]);
  assert.equal(answeringOf([...stations, undefined], []), null);
  const { answering, candidates } = referenceOf({ ...FILE, stations: [station('s1', 'a1', [7, 8], { answers: { keys: ['mwenge'], ink: [] } })] }, { candidates: [{ number: 2, party: 'kite' }] });
  assert.deepEqual([answering.parties, candidates.map(({ party }) => party)], [['mwenge', 'kite'], ['mwenge', 'kite']]);
  assert.equal(referenceOf(FILE, null).answering, null);
});

test('several markings at once say what each says by itself', () => {
  const stations = Array.from({ length: 40 }, (_, i) => ({ votes: [(i * 7) % 30, (i * 11) % 25, i % 3], most: 60 + (i % 5), answered: i % 3 === 0 }));
  const forms = formsOf(3, stations, [20, null]);
  const other = Uint8Array.from(stations, (_, i) => i % 4 === 0);
  for (const total of [0, 300, 1500, 2400]) {
    const condition = { weights: [1, -1, 0], total };
    const marked = boundsOf(forms, condition, [null, forms.answered, other]).map((found) => found.bound);
    assert.deepEqual(marked, [bound(forms, condition), bound(forms, condition, true), bound({ ...forms, answered: other }, condition, true)]);
    const totals = [total, 400, 20];
    assert.deepEqual(boundsOfTotals(forms, totals, [null, forms.answered, other]), [boundOfTotals(forms, totals), boundOfTotals(forms, totals, true), boundOfTotals({ ...forms, answered: other }, totals, true)]);
  }
});

test('ballots of areas: a station votes on that of the nearest area above it', () => {
  const ballot = (area, ...names) => ({ area, candidates: names.map((name, i) => ({ number: i + 1, name, party: null })) });
  const file = { ...FILE, candidates: null, ballots: [ballot('a', 'Ali', 'Bahati'), ballot('a2', 'Chausiku', 'Daudi'), ballot('b', 'Eshe')] };
  const ballotOf = nearestBallot(ballotsOf(file), AREAS);
  assert.deepEqual(['a1', 'a2', 'a', 'b1', 'z', 'w', 'nowhere'].map(ballotOf), ['a', 'a2', 'a', 'b', null, null, null]);
  const { set, candidates } = referenceOf(file, null, { ballot: file.ballots[1], isOn: (area) => ballotOf(area) === 'a2' });
  assert.deepEqual([[...set.rows.keys()], candidates.map(({ name }) => name)], [['s2', 's3'], ['Chausiku', 'Daudi']]);
  assert.deepEqual([...within(AREAS, 'a').keys()], ['a', 'a1', 'a2']);
  assert.throws(() => ballotsOf({ ...FILE, candidates: null }), /several-ballots/);
  assert.equal(ballotsOf(FILE), null);
  // Areas that go in a circle end nowhere.
  assert.equal(nearestBallot([], new Map([['x', { parent: 'y' }], ['y', { parent: 'x' }]]))('x'), null);
});

test('addresses of the log’s pages are those that the portal writes', () => {
  assert.deepEqual(['c01-1', 'a b/c?d&e=f', "ñ'ng", '%', '.', '..', '~', '.a', '(x)!*'].map(segment),
    ['c01-1', 'a%20b%2Fc%3Fd%26e%3Df', '%C3%B1%27ng', '%25', '~.', '~..', '~', '.a', '%28x%29%21%2A']);
  assert.equal(addressOf('http://x.example/log/', 'station', 'sw', 'president', '10001'), 'http://x.example/log/sw/station/president/10001/');
});
