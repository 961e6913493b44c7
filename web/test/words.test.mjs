import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

import { ALL_ROLES, KINDS } from '../src/ledger/grammar.mjs';

const here = (path) => new URL(`../${path}`, import.meta.url);
const words = (language) => JSON.parse(readFileSync(here(`words/${language}.json`), 'utf8'));
const [en, sw] = [words('en'), words('sw')];
const places = (sentence) => [...sentence.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1]).sort();
const sources = ['page', 'src/checker'].flatMap((folder) => readdirSync(here(folder)).map((name) => [name, readFileSync(here(`${folder}/${name}`), 'utf8')]));

test('both languages have the same keys, with the same values in them', () => {
  assert.deepEqual(Object.keys(sw), Object.keys(en));
  for (const key of Object.keys(en)) {
    assert.deepEqual(places(sw[key]), places(en[key]), key);
    assert.ok(sw[key].trim() === sw[key] && en[key].trim() === en[key] && sw[key] !== '' && en[key] !== '', key);
  }
});

test('every key that the program says is there, and no key is there for nothing', () => {
  const used = new Set();
  for (const [, source] of sources) {
    for (const match of source.matchAll(/['"]([a-z]+\.[a-z][a-z-]*)['"]/g)) if (match[1] in en) used.add(match[1]);
    for (const match of source.matchAll(/(?:good|bad|open|say|busy)\('([a-z]+\.[a-z-]+)'/g)) assert.ok(match[1] in en, match[1]);
    for (const match of source.matchAll(/data-(?:say|label)="([^"]+)"/g)) assert.ok(match[1] in en, match[1]);
  }
  const made = /^(?:role|kind|box|failure|audit\.(?:refused-|stage-|beats|more|less)|report\.(?:good|bad|open)|form\.(?:blank|dash|illegible)|busy|file\.(?:receipt|stamp|election|record|policy|picture))\b/;
  for (const key of Object.keys(en)) assert.ok(used.has(key) || made.test(key), `${key} is not used`);
});

test('every failure that a reader can meet has words', () => {
  const thrown = new Set();
  for (const folder of ['src', 'src/checker']) {
    for (const name of readdirSync(here(folder)).filter((one) => one.endsWith('.mjs'))) {
      for (const match of readFileSync(here(`${folder}/${name}`), 'utf8').matchAll(/'(L[25-8][0-9]{2})'/g)) thrown.add(match[1]);
    }
  }
  for (const code of thrown) assert.ok(`failure.${code}` in en || ['L601', 'L515'].includes(code), code);
});

test('every role and kind has words', () => {
  for (const key of [...ALL_ROLES, 'custodian', 'party', 'organisation', 'log']) assert.ok(`role.${key}` in en, key);
  for (const key of KINDS.keys()) assert.ok(`kind.${key}` in en, key);
});

test('the words accuse nobody', () => {
  for (const [key, sentence] of Object.entries(en)) assert.ok(!/\b(?:fraud|rigged|cheat|fake|stolen|tampered|manipulat\w+)\b/i.test(sentence), key);
});
