import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

import { PROBLEMS_MAX } from '../src/claims/table.mjs';

const here = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => readFileSync(here(path), 'utf8');
const [en, sw] = ['en', 'sw'].map((language) => JSON.parse(read(`words/claims.${language}.json`)));
const places = (sentence) => [...sentence.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1]).sort();
const sources = ['page-claim', 'src/claims'].flatMap((folder) => readdirSync(here(folder)).map((name) => read(`${folder}/${name}`)));

test('claims: both languages have the same keys, with the same values in them', () => {
  assert.deepEqual(Object.keys(sw), Object.keys(en));
  for (const key of Object.keys(en)) {
    assert.deepEqual(places(sw[key]), places(en[key]), key);
    assert.ok(sw[key] === sw[key].trim() || key === 'bounds.cap', key);
    assert.notEqual(sw[key], '', key);
  }
});

test('claims: every key that the page says is there, and no key is there for nothing', () => {
  const used = new Set();
  for (const source of sources) {
    for (const match of source.matchAll(/['"`]([a-z]+\.[a-z][a-z-]*)['"`]/g)) used.add(match[1]);
    for (const match of source.matchAll(/(?:say|doing)\('([a-z]+\.[a-z-]+)'/g)) assert.ok(match[1] in en, match[1]);
    for (const match of source.matchAll(/data-(?:say|label)="([^"]+)"/g)) {
      used.add(match[1]);
      assert.ok(match[1] in en, match[1]);
    }
  }
  const made = /^(?:shade|class|what|why|fault|failure|box|of|role|rows)\./;
  for (const key of Object.keys(en)) assert.ok(used.has(key) || made.test(key), `${key} is not used`);
});

test('claims: every mistake and failure has words, and no words without one', () => {
  const thrown = (pattern) => new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map((match) => match[1])));
  const faults = new Set([...thrown(/problem\('([a-z-]+)'/g), ...thrown(/code: '([a-z-]+)'/g)]);
  const failures = new Set([...thrown(/new Failure\('([a-z-]+)'/g), 'other']);
  const worded = (prefix) => new Set(Object.keys(en).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)));
  const more = ['title', 'line', 'column', 'more', 'none'];
  assert.deepEqual([...worded('fault.')].filter((key) => !more.includes(key)).sort(), [...faults].filter((code) => code !== 'other').sort());
  assert.deepEqual([...worded('failure.')].sort(), [...failures].sort());
  assert.ok(PROBLEMS_MAX > 1);
});

test('claims: every verdict has words', () => {
  const verdicts = read('src/claims/compare.mjs').matchAll(/'(identical|different|only-in-[a-z]+|not-comparable:[a-z-]+)'/g);
  for (const [, verdict] of verdicts) {
    const [kind, why] = verdict.split(':');
    assert.ok(`class.${kind}` in en && `what.${kind}` in en, kind);
    if (why !== undefined) assert.ok(`why.${why}` in en, why);
  }
});

test('claims: the words accuse nobody', () => {
  for (const [key, sentence] of Object.entries(en)) assert.ok(!/\b(?:fraud|rigged|cheat|fake|stolen|tampered|manipulat\w+)\b/i.test(sentence), key);
});

test('the page of claims is one file, which may ask no other address', () => {
  const page = read('claim.html');
  assert.ok(!/<(?:script|img|iframe|link)[^>]*\b(?:src|href)="(?!data:,")/.test(page));
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)[1];
  assert.ok(policy.startsWith("default-src 'none'; script-src 'sha256-"));
  assert.match(policy, /; connect-src 'self'; .*; form-action 'none'$/);
  assert.ok(!/unsafe|\*|http/.test(policy));
  assert.equal(page.match(/<script/g).length, 1);
  assert.ok(!/ style="/.test(page), 'no style in attributes');
  // Nothing that could send.
  assert.ok(!/XMLHttpRequest|WebSocket|sendBeacon|EventSource|RTCPeer|method:"POST"/.test(page));
});
