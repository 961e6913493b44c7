// Claims and statements in a log of their own: vectors/said.json, and logs made up here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { resultsText } from '../src/ledger/results.mjs';
import { standingText } from '../src/ledger/standing.mjs';
import { compare } from './differential.mjs';
import { Country } from './support/country.mjs';
import { fold } from './support/fold.mjs';
import { idOf } from './support/logs.mjs';
import { vectorLog } from './support/read.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/said.json', import.meta.url), 'utf8'));
const ELSEWHERE = '11'.repeat(32);
const BLOB = `sha256:${'2a'.repeat(32)}`;

/** A compilation with the keys that claim and publish; `say` adds a record by some of them and returns its id. */
class Sayings extends Country {
  electionLines() {
    const admits = ['claim', 'statement'].map((kind) => `admits ${kind}@v1`);
    const lines = super.electionLines().filter((line) => !line.startsWith('admits '));
    const known = super.electionLines().filter((line) => line.startsWith('admits '));
    const at = lines.findIndex((line) => line.startsWith('level '));
    return [...lines.slice(0, at), ...[...known, ...admits].sort(), ...lines.slice(at)];
  }

  keyRows() {
    const rows = [this.keyRow('claimant', 'claimant area MF'), this.keyRow('claimant-2', 'claimant station s1'),
      this.keyRow('publisher', 'publisher area c01'), this.keyRow('desk', 'press-desk area MF')];
    return [...super.keyRows(), ...rows].sort((a, b) => (a.split(' ')[1] < b.split(' ')[1] ? -1 : 1));
  }

  /** @param {string} kind @param {string[]} lines @param {string[]} who */
  say(kind, lines, who) {
    const note = this.make(kind, [`of-election ${ELSEWHERE}`, ...lines], who.map((name) => this.key(name)));
    this.add(note);
    return idOf(note);
  }

  /** @param {string[]} who @param {string[]} lines @param {string[]} [last] */
  claim(who, lines, last = []) {
    return this.say('claim', ['claimant daraja', 'contest nowhere', 'of-area x9', 'granularity national', ...lines, ...last], who);
  }

  /** @param {string[]} who @param {string[]} [lines] @param {string} [text] */
  statement(who, lines = [], text = BLOB) {
    return this.say('statement', ['publisher gazeti', 'language sw', `text ${text}`, ...lines], who);
  }
}

const sayings = (/** @type {any} */ options = {}) => new Sayings({ authority: 'none', ...options }).open();

/** What admission says from place 5 on. @param {Sayings} country */
async function judged(country) {
  const { ledger, judgements } = await fold(country.log());
  assert.ok(judgements.slice(0, 4).every(({ admission }) => admission === 'admitted'), JSON.stringify(judgements.slice(0, 4)));
  return { ledger, said: judgements.slice(4).map(({ admission }) => admission) };
}

test('vectors: a log of claims and statements', async () => {
  assert.equal(await compare(vectors), null);
});

test('vectors: the lists, as of any size', async () => {
  const { entries, blob } = vectorLog(vectors);
  const { ledger } = await fold({ entries, blob });
  const { said } = ledger;
  const places = (/** @type {{place: number}[]} */ list) => list.map(({ place }) => place);
  const id = (/** @type {number} */ place) => vectors.entries[place].id;
  assert.deepEqual(places(said.claimsBefore()), [9, 12, 17]);
  assert.deepEqual(said.claimsBefore().map(({ asPublishedBy }) => asPublishedBy), [false, true, false]);
  assert.deepEqual(said.claimsBefore().map(({ followedBy }) => followedBy), [[id(17)], [], []]);
  assert.deepEqual(said.claimsBefore(17).map(({ followedBy }) => followedBy), [[], []]);
  assert.deepEqual(places(said.statementsOf()), [19, 20, 25]);
  assert.deepEqual(said.statementsOf().map(({ followedBy }) => followedBy), [[id(25)], [], []]);
  assert.deepEqual(places(said.statementsOf({ area: 's000001' })), [19]);
  assert.deepEqual(places(said.statementsOf({ record: vectors.entries[19].note.match(/of-record (.*)/)[1] })), [19]);
  assert.deepEqual(places(said.statementsOf({ claim: id(9) })), [20]);
  assert.deepEqual(places(said.statementsOf({ claim: id(9), area: 's000001' })), []);
  assert.deepEqual(places(said.statementsOf({ before: 20 })), [19]);
});

test('the log of an authority takes neither, whatever else is wrong with it', async () => {
  const country = sayings({ authority: 'commission.mfano.example' });
  country.claim(['claimant'], ['votes 1 5']);
  country.claim(['observer', 'claimant'], [`mapping ${BLOB}`]);
  country.statement(['publisher']);
  country.statement(['observer'], [`corrects ${ELSEWHERE}`]);
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, ['R307', 'R307', 'R307', 'R307']);
  assert.deepEqual([ledger.said.claims.size, ledger.said.statements.size], [0, 0]);
});

test('a claim: each question, and the first that fails', async () => {
  const country = sayings();
  const first = country.claim(['claimant'], ['votes 77 999999999', 'valid blank']);
  country.claim(['observer', 'claimant'], ['valid 5']);
  country.claim(['claimant'], ['votes 1 5', `mapping ${BLOB}`]);
  country.claim(['claimant'], [`table ${BLOB}`, `mapping ${BLOB}`, 'published 2031-03-05T08:00:00+03:00', 'address https://gazeti.example/1']);
  country.claim(['claimant', 'desk'], ['votes 1 5']);
  country.claim(['publisher'], ['votes 1 5'], [`replaces ${ELSEWHERE}`]);
  country.claim(['claimant'], ['votes 1 5'], [`replaces ${ELSEWHERE}`]);
  country.claim(['claimant-2'], ['votes 1 5'], [`replaces ${first}`]);
  country.claim(['claimant-2'], ['votes 1 6']);
  country.claim(['claimant'], ['votes 1 7'], [`replaces ${first}`]);
  country.claim(['claimant'], ['votes 1 8'], [`replaces ${first}`]);
  country.claim(['claimant'], ['valid 5', `table ${BLOB}`, `replaces ${country.fingerprint}`]);
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, ['admitted', 'R105', 'R105', 'admitted', 'R202', 'R202', 'R304', 'R202', 'admitted', 'admitted', 'admitted', 'R304']);
  assert.deepEqual(ledger.said.claims.get(first)?.followedBy, [14, 15].map((place) => idOf(country.entries[place])));
});

test('a statement: each question, and the first that fails', async () => {
  const country = sayings();
  const claim = country.claim(['desk'], ['votes 1 5']);
  const own = country.statement(['publisher'], [`of-record ${ELSEWHERE}`, 'of-area x9', `of-claim ${claim}`]);
  country.statement(['claimant'], [`of-claim ${ELSEWHERE}`]);
  country.statement(['publisher', 'desk']);
  country.statement(['publisher'], [`of-claim ${own}`]);
  country.statement(['desk'], [`of-claim ${ELSEWHERE}`, `corrects ${own}`]);
  country.statement(['desk'], [`corrects ${own}`]);
  country.statement(['publisher'], [`corrects ${claim}`]);
  const mended = country.statement(['publisher'], [`corrects ${own}`]);
  country.statement(['publisher'], [`corrects ${mended}`]);
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, ['admitted', 'admitted', 'R202', 'R202', 'R304', 'R304', 'R202', 'R304', 'admitted', 'admitted']);
  assert.deepEqual(ledger.said.statementsOf().map(({ followedBy }) => followedBy.length), [1, 1, 0]);
  assert.deepEqual(ledger.said.statementsOf({ claim }).map(({ id }) => id), [own]);
});

test('a revoked key says no more; what it said stands, and nobody else takes its place', async () => {
  const country = sayings();
  const first = country.claim(['claimant'], ['votes 1 5']);
  country.add(country.make('key', [`action revoke`, `old ${country.key('claimant').name}`, 'reason left'], country.quorum()));
  country.claim(['claimant'], ['votes 1 6'], [`replaces ${ELSEWHERE}`]);
  country.claim(['desk'], ['votes 1 6'], [`replaces ${first}`]);
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, ['admitted', 'admitted', 'R201', 'R202']);
  assert.deepEqual([...ledger.said.claims.keys()], [first]);
});

test('it counts nowhere', async () => {
  const country = sayings();
  const { ledger: before } = await fold(country.log());
  country.say('claim', ['claimant daraja', 'contest president', 'of-area MF', 'granularity national', 'votes 1 500', 'valid 500'], ['claimant']);
  const { ledger } = await judged(country);
  for (const text of [resultsText, standingText]) {
    assert.equal(text(ledger, 6).replace('\nsize 6\n', '\nsize 5\n'), text(before, 5));
  }
});
