// Whether it can still change: the reference's vectors, random small contests against every completion one by one, the search by
// itself, and a whole election's size.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { wholeProspects } from '../src/checker/prospects.mjs';
import { holdsAll } from '../src/ledger/prospect-plurality.mjs';
import { Effort, search } from '../src/ledger/prospect-search.mjs';
import { prospectText } from '../src/ledger/prospect.mjs';
import { Register } from '../src/ledger/register.mjs';
import { compare, isSameProspect, words } from './differential.mjs';
import { bruteForce, completionCount } from './support/completions.mjs';
import { Country } from './support/country.mjs';
import { fold } from './support/fold.mjs';

const vectors = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8'));

/** @typedef {import('./support/completions.mjs').Small} Small */
/** @typedef {import('./support/completions.mjs').Paper} Paper */

/** Numbers that follow from a seed. @param {number} seed */
function numbersOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (/** @type {number} */ n) => Math.floor(next() * n);
  /** @template T @param {T[]} list @returns {T} */
  const pick = (list) => list[below(list.length)];
  return { below, pick, chance: (/** @type {number} */ share) => next() < share };
}

/** @param {ReturnType<typeof numbersOf>} random @param {number[]} numbers @param {number} most @returns {Paper} */
function anyPaper({ below, chance }, numbers, most, unreadable = 0.3) {
  /** @type {Paper} */
  const paper = { votes: {} };
  for (const number of [...numbers, ...(chance(0.2) ? [9] : [])]) {
    if (chance(0.07)) continue;
    paper.votes[number] = chance(unreadable) ? 'blank' : below(most + 1);
  }
  const sum = Object.values(paper.votes).reduce((/** @type {number} */ all, box) => all + (typeof box === 'number' ? box : 0), 0);
  for (const box of /** @type {const} */ (['valid', 'counted'])) {
    if (chance(0.5)) paper[box] = chance(0.2) ? 'blank' : Math.max(sum + below(4) - (chance(0.2) ? 2 : 0), 0);
  }
  return paper;
}

/** @param {number} seed @returns {Small} */
function anySmall(seed) {
  const random = numbersOf(seed);
  const { below, pick, chance } = random;
  const rule = pick(['plurality', 'majority-with-spread']);
  const shares = [[1, 2], [1, 3], [2, 3], [1, 4], [3, 5], [1, 10]];
  const spread = rule === 'plurality' ? null : { more: pick(shares), least: pick(shares), areas: below(4) };
  const numbers = [1, 2, 3, 4, 5].slice(0, 1 + below(chance(0.3) ? 5 : 4));
  const big = chance(0.5) ? 2 : 6;
  /** @type {Small} */
  const small = { rule, spread, numbers, stations: [] };
  for (let left = 1 + below(5); left > 0; left--) {
    const most = below(big + 1);
    const state = pick(/** @type {const} */ (['missing', 'standing', 'standing', 'contested', 'contested', 'disregarded']));
    const count = state === 'missing' ? 0 : state === 'contested' ? 2 + below(2) : state === 'disregarded' ? 1 + below(2) : 1;
    const papers = Array.from({ length: count }, () => anyPaper(random, numbers, most, state === 'standing' ? 0.5 : 0.15));
    const station = { state, most, area: spread === null || chance(0.2) ? null : pick(['c1', 'c2', 'c3']), papers };
    small.stations.push(station);
    if (completionCount(small) > 20_000) small.stations.pop();
  }
  return small;
}

/** A ledger of which no more is there than prospects ask. @param {Small} small @param {number} [seed] @returns {any} */
function ledgerOf({ rule, spread, numbers, stations }, seed = 0) {
  const { chance } = numbersOf(seed);
  const register = new Register();
  for (const table of ['areas', 'stations', 'candidates']) register.set.set(table, 0);
  const root = { code: 'MF', level: 'nation', name: '', parent: null, path: /** @type {any[]} */ ([]), index: 0, voters: null };
  root.path.push(root);
  register.areas.set('MF', root);
  ['c1', 'c2', 'c3'].forEach((code, i) => {
    const area = { code, level: 'county', name: '', parent: root, path: /** @type {any[]} */ ([]), index: i + 1, voters: null };
    area.path.push(area, root);
    register.areas.set(code, area);
  });
  register.ballots.set('x', new Map([['MF', new Map(numbers.map((number) => [number, { number, party: null, name: '', closed: Infinity }]))]]));
  const race = {
    contest: { code: 'x', rule, title: '', boxes: new Set(), cap: null, declaredAt: null, spread: spread && { ...spread, level: 'county' } },
    papers: new Map(), rulings: new Map(), polls: [{ place: 1, counts: true, state: 'opened', areas: ['MF'], stations: [] }],
  };
  stations.forEach(({ state, most, area, papers }, index) => {
    const code = `s${index}`;
    const of = /** @type {any} */ (register.areas.get(area ?? 'MF'));
    const station = { code, name: '', area: of, voters: most, index, closed: Infinity, closedWhy: '' };
    register.stations.set(code, station);
    const taken = papers.map(({ votes, valid, counted }, i) => ({
      place: 2 + i, id: `${code} ${i}`, kind: 'form', contest: 'x', station, boxes: `${i}`, held: false, late: false,
      fields: { votes: Object.entries(votes).map(([number, box]) => [Number(number), box]), valid, 'valid-counted': counted },
    }));
    if (chance(0.3)) taken.unshift({ ...taken[0], id: 'held', held: true, fields: { votes: [[1, 999]] }, boxes: 'held' });
    if (state === 'standing' && chance(0.3)) {
      taken.push({ ...taken[0], id: 'another', boxes: 'another', fields: { votes: [[1, 77]] } });
      race.rulings.set(code, [{ place: 9, id: '', rank: 'court', stands: `${code} 0`, disregarded: undefined }]);
    }
    if (state === 'disregarded') race.rulings.set(code, [{ place: 9, id: '', rank: 'court', stands: undefined, disregarded: 'unlawful' }]);
    race.papers.set(code, taken);
  });
  return { election: { fingerprint: 'f' }, register, races: new Map([['x', race]]), race: () => race };
}

/** @param {any} ledger */
function linesOf(ledger) {
  const lines = prospectText(ledger, 100).split('\n').slice(3, -1);
  return [lines[0].split(' ').slice(3).join(' '), ...lines.slice(1)];
}

test('vectors: after every record of small nights', async () => {
  for (const log of vectors('prospect.json').logs) assert.equal(await compare(log), null, log.about);
});

test('where either is open, nothing is compared', () => {
  assert.ok(isSameProspect('contest x MF open 2', 'contest x MF yes 2') && isSameProspect('candidate 1 no no', 'candidate 1 open no'));
  assert.ok(!isSameProspect('contest x MF no 2', 'contest x MF yes 2') && !isSameProspect('contest x MF open 2', 'contest x MF yes 3'));
  assert.ok(!isSameProspect('contest open MF no 2', 'contest x MF no 2'));
  assert.ok(words.open >= 3);
});

test('random small contests, against every completion', () => {
  const first = Number(process.env.HAKIKI_SEED ?? 1);
  const count = Number(process.env.HAKIKI_COUNT ?? 1500);
  const seen = { yes: 0, no: 0, open: 0 };
  let completions = 0;
  for (let seed = first; seed < first + count; seed++) {
    const small = anySmall(seed);
    completions += completionCount(small);
    const ours = linesOf(ledgerOf(small, seed));
    assert.deepEqual(ours, bruteForce(small), `seed ${seed}: ${JSON.stringify(small)}`);
    for (const word of ours.join(' ').split(' ')) if (word in seen) seen[/** @type {'yes'} */ (word)] += 1;
  }
  console.log(`seeds ${first} to ${first + count - 1}: ${completions} completions, ${JSON.stringify(seen)}`);
  assert.ok(seen.yes > count && seen.no > count && seen.open === 0);
});

/** Integers that none knows a quick answer for. @param {number} seed @param {number} stations @param {number} parts */
function anySearch(seed, stations, parts) {
  const { below } = numbersOf(seed);
  const vector = (/** @type {number} */ most) => Array.from({ length: parts }, () => below(2 * most + 1) - most);
  return {
    base: vector(5), choices: Array.from({ length: stations }, () => Array.from({ length: 2 + below(2) }, () => vector(9))),
    floor: new Array(parts).fill(1), enough: new Array(parts).fill(1),
    accept: (/** @type {number[]} */ sum) => sum.every((value) => value >= 1), further: () => 0,
  };
}

test('the search finds what is there, and says no only where nothing is', () => {
  const seen = { yes: 0, no: 0, open: 0 };
  for (let seed = 1; seed <= 600; seed++) {
    const problem = anySearch(seed, 1 + (seed % 7), 1 + (seed % 4));
    let sums = [problem.base];
    for (const versions of problem.choices) sums = sums.flatMap((sum) => versions.map((version) => sum.map((value, d) => value + version[d])));
    const found = search(problem, new Effort());
    seen[found] += 1;
    assert.equal(found, sums.some(problem.accept) ? 'yes' : 'no', `seed ${seed}`);
    const hasty = search(problem, new Effort(0));
    assert.ok(hasty === found || hasty === 'open', `seed ${seed}`);
  }
  assert.ok(seen.yes > 50 && seen.no > 50);
});

test('votes that must go to others find room, or there is none', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { below, chance } = numbersOf(seed);
    const room = Array.from({ length: 1 + below(4) }, () => below(9));
    const parts = Array.from({ length: below(5) }, () => ({ who: room.map((_, i) => i).filter(() => chance(0.6)), most: below(9) }))
      .filter(({ who }) => who.length > 0);
    const subsets = Array.from({ length: 2 ** room.length }, (_, bits) => room.map((__, i) => (bits >> i) & 1));
    const sum = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);
    const fits = subsets.every((inSet) => sum(parts.filter(({ who }) => who.every((i) => inSet[i])).map(({ most }) => most))
      <= sum(room.filter((_, i) => inSet[i])));
    assert.equal(holdsAll(room, parts), fits, `seed ${seed}`);
  }
});

test('a whole election: 46,229 stations, half missing, some contested, in well under a second', () => {
  const { below, chance } = numbersOf(7);
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
  for (const rule of ['plurality', 'majority-with-spread']) {
    const stations = Array.from({ length: 46_229 }, (_, i) => {
      const votes = Object.fromEntries(numbers.map((number) => [number, below(number < 3 ? 250 : 9)]));
      const paper = { votes, valid: Object.values(votes).reduce((a, b) => a + b, 0) };
      const state = chance(0.5) ? 'missing' : i % 400 === 0 ? 'contested' : i % 5000 === 7 ? 'disregarded' : 'standing';
      const other = { votes: { ...votes, 1: below(250) }, valid: paper.valid };
      const papers = state === 'missing' ? [] : state === 'contested' ? [paper, other] : [paper];
      return { state: /** @type {any} */ (state), most: 600, area: ['c1', 'c2', 'c3'][i % 3], papers };
    });
    const ledger = ledgerOf({ rule, spread: rule === 'plurality' ? null : { more: [1, 2], least: [1, 4], areas: 2 }, numbers, stations });
    const began = performance.now();
    const [first] = linesOf(ledger);
    const took = performance.now() - began;
    console.log(`${rule}: ${first}, ${Math.round(took)} ms`);
    assert.match(first, /^yes \d+$/);
    assert.ok(took < 3000, `${took} ms`);
  }
});

test('areas of their own decide under plurality, whether or not the whole has a ballot', async () => {
  const contestLines = ['contest member plurality Members', 'box member valid'];
  const rows = (/** @type {string[]} */ areas) => areas.flatMap((area) => [`candidate member ${area} 1 - Neema`, `candidate member ${area} 2 - Kito`]);
  const headsOf = async (/** @type {string[]} */ areas, rule = 'plurality') => {
    const lines = contestLines.map((line) => line.replace('plurality', rule));
    const { ledger } = await fold(new Country({ contestLines: lines, candidates: rows(areas) }).open().log());
    const items = await wholeProspects(/** @type {any} */ ({ election: ledger.election, head: { size: 5 }, source: { read: async () => null } }), ledger);
    assert.equal(prospectText(ledger, 1).split('\n').length, 4);
    return [prospectText(ledger, 5).split('\n').filter((line) => line.startsWith('contest ')), items.map(({ key }) => key)];
  };
  assert.deepEqual(await headsOf(['c01', 'c02-1']), [['contest member c01 yes 2', 'contest member c02-1 yes 2'], ['prospect.areas']]);
  assert.deepEqual(await headsOf(['MF', 'c01']), [['contest member MF yes 4', 'contest member c01 yes 2'], ['prospect.yes', 'prospect.areas']]);
  assert.deepEqual(await headsOf(['c01'], 'totals-only'), [[], []]);
});
