// The grammar is that of docs/reference/records.md, line by line.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { KINDS, TABLES } from '../src/ledger/grammar.mjs';
import { isNormal, isPermitted } from '../src/ledger/unicode.mjs';
import { days, valueReader } from '../src/ledger/values.mjs';

const reference = readFileSync(new URL('../../docs/reference/records.md', import.meta.url), 'utf8');

/** The tables of the reference: by name and version, each line as [often, line]. */
function linesOfReference() {
  const found = new Map();
  let rows = null;
  for (const line of reference.split('\n')) {
    const header = /^### `hakiki\/(.*)`$/.exec(line);
    if (header) found.set(header[1], (rows = []));
    else if (line.startsWith('## ')) rows = null;
    const row = /^\| `(.*?)` \| (once|at most once|any number, .*?|at least one, .*?) \| .* \|$/.exec(line);
    if (row && rows) rows.push(`${row[1].replaceAll('\\|', '|')}, ${row[2]}`);
  }
  return found;
}

/** @param {import('../src/ledger/grammar.mjs').Line} line */
function written({ key, many, needed, order, values, least }) {
  const notations = values.map(({ notation }, i) => (i < least ? notation : `[${notation}]`));
  const often = many ? `${needed ? 'at least one' : 'any number'}, ascending by ${order}` : needed ? 'once' : 'at most once';
  return `${[key, ...notations].join(' ')}, ${often}`;
}

test('every kind and table has the lines of the reference', () => {
  const theirs = linesOfReference();
  const ours = new Map([...KINDS, ...TABLES].map(([name, lines]) => [`${name}@v1`, lines.map(written)]));
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
  for (const [name, lines] of theirs) assert.deepEqual(ours.get(name), lines, name);
});

test('values', () => {
  const taken = {
    '<number>': ['0', '999999999'], '<place>': ['0', '9007199254740991'], '<box>': ['0', 'blank', 'dash', 'illegible'],
    '<time>': ['1970-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '2032-02-29T00:00:00-00:30'],
    '<date>': ['1970-01-01', '2000-02-29'], '<fraction>': ['1/2', '1/999999999'], '<code>': ['.', 'x'.repeat(64)],
    '<key name>': ['!', 'x'.repeat(255)], '<kind@version>': ['a@v1', 'form@v10'],
  };
  const refused = {
    '<number>': ['', '00', '1000000000', '-1', '1.0', '٣'], '<place>': ['9007199254740992', '01'], '<box>': ['Blank', '', '01'],
    '<time>': ['1969-12-31T23:00:00-03:00', '2031-03-04T24:00:00+03:00', '2031-03-04T23:59:60+03:00', '2031-03-04T00:00:00-00:00',
      '2031-03-04T00:00:00+14:01', '2031-03-04T00:00:00Z', '2031-02-29T00:00:00+03:00'],
    '<date>': ['2100-02-29', '2031-13-01', '2031-00-01', '2031-01-00', '31-01-01'],
    '<fraction>': ['2/4', '1/1', '0/1', '2/1', '1/2/3', '/2'],
    '<code>': ['', 'a b', 'é', 'x'.repeat(65)], '<key name>': ['a+b', '', 'é'], '<kind@version>': ['form', 'form@v0', 'form@v01', '@v1'],
  };
  for (const [notation, tokens] of Object.entries(taken)) {
    for (const token of tokens) assert.notEqual(valueReader(notation).read(token), undefined, `${notation} ${token}`);
  }
  for (const [notation, tokens] of Object.entries(refused)) {
    for (const token of tokens) assert.equal(valueReader(notation).read(token), undefined, `${notation} ${token}`);
  }
  assert.equal(days('1970-01-02'), 1);
  assert.equal(valueReader('<time>').read('1970-01-01T03:00:00+03:00').seconds, 0);
});

test('code points', () => {
  for (const good of ['a', '\n', 'ñ', 'ʼ', 'ع', '㋿', '𝔘']) assert.ok(isPermitted(good.codePointAt(0)), good);
  for (const bad of [0x00, 0x09, 0x0d, 0x7f, 0x85, 0x2028, 0x202e, 0x2066, 0x061c, 0xe000, 0xfffe, 0xfdd0, 0xd800, 0x1fae0, 0x10ffff]) {
    assert.ok(!isPermitted(bad), bad.toString(16));
  }
  assert.ok(isNormal('é') && !isNormal('e\u0301') && !isNormal('\u212b'));
});
