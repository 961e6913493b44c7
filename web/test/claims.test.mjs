// A claim against a reference, by the vectors; tables of every shape and what is told of a mistake in them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { parsePercentage, roundingOf } from '../src/claims/arithmetic.mjs';
import { bound, boundOfTotals, formsOf } from '../src/claims/bounds.mjs';
import { compare, compareByName } from '../src/claims/compare.mjs';
import { boxesToDraw } from '../src/claims/draw.mjs';
import { guessMapping } from '../src/claims/guess.mjs';
import { readCell, setOf } from '../src/claims/mapping.mjs';
import { contestsOf, readFile, referenceOf } from '../src/claims/reference.mjs';
import { toCsv, toJson } from '../src/claims/report.mjs';
import { inOrder, rowOf, sorted } from '../src/claims/set.mjs';
import { readTable, Refused } from '../src/claims/table.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/claims.json', import.meta.url), 'utf8'));
const bytesOf = (text) => new TextEncoder().encode(text);

/** A set as the vectors write it. */
function setFrom(given) {
  const entry = ({ code, ...row }) => [code, rowOf(row)];
  return {
    title: given.title, level: given.level, columns: given.columns, rows: sorted(given.rows.map(entry)),
    areas: sorted((given.areas ?? []).map(({ code, ...area }) => [code, area])),
    lines: (given.lines ?? []).map((line) => ({ name: line.name, row: rowOf(line) })), cap: given.cap ?? null,
  };
}

const formsFrom = ({ stations, open }, candidates) => formsOf(candidates, stations, open);

for (const { name, claim, reference, comparison, by_name: isByName = false } of vectors.comparisons) {
  test(`vectors: ${name}`, () => {
    const mine = setFrom(claim);
    const found = (isByName ? compareByName : compare)(mine, setFrom(reference));
    assert.deepEqual(found === null ? null : toJson(mine, found), comparison);
  });
}

test('vectors: percentages', () => {
  for (const { text, part, whole, read, printed_of: printedOf } of vectors.percentages) {
    const percentage = parsePercentage(text);
    assert.equal(percentage !== null, read, text);
    assert.equal(percentage === null ? null : roundingOf(percentage, part, whole), printedOf, `${text} of ${part}/${whole}`);
  }
});

test('vectors: what would have to be false, one figure', () => {
  for (const { forms, condition, bound: follows, among_answered: among } of vectors.bounds) {
    const read = formsFrom(forms, condition.weights.length);
    assert.deepEqual(bound(read, condition), follows);
    assert.deepEqual(bound(read, condition, true), among);
  }
});

test('vectors: what would have to be false, all totals', () => {
  for (const { forms, totals, bound: follows, among_answered: among } of vectors.tables) {
    const read = formsFrom(forms, totals.length);
    assert.deepEqual(boundOfTotals(read, totals), follows);
    assert.deepEqual(boundOfTotals(read, totals, true), among);
  }
});

test('vectors: boxes to draw', () => {
  for (const { boxes, wrong, draw } of vectors.draws) {
    assert.deepEqual({ 95: boxesToDraw(boxes, wrong, 20), 99: boxesToDraw(boxes, wrong, 100) }, draw, `${wrong} of ${boxes}`);
  }
});

test('large gains are sorted and small ones counted, with the same result', () => {
  for (const scale of [1, 1_000_000]) {
    const stations = Array.from({ length: 50 }, (_, i) => ({ votes: [i * scale, 0], most: 3 * (i + 7) * scale }));
    const found = bound(formsOf(2, stations, []), { weights: [1, 0], total: 4000 * scale });
    // Gains of 21, 23, … 119 from the largest on: 32 of them are the first to reach 2,775.
    assert.equal(found.least, 32, String(scale));
  }
});

test('codes are ordered as the bytes of their UTF-8', () => {
  const names = ['\u{1f600}', '\uffee', 'a', 'A', 'ab', '', '\u00e9'];
  const byBytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual([...names].sort(inOrder), byBytes);
});

const problemsOf = (run) => {
  try {
    run();
  } catch (refused) {
    if (refused instanceof Refused) return refused.problems;
    throw refused;
  }
  return [];
};

test('tables: commas, tabs, semicolons, quotes, every end of line', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    for (const delimiter of [',', '\t', ';', '|']) {
      const table = readTable(bytesOf(['\ufeff station  code,"a, b"', 's1,1', '', '"x""y",2', '"two', 'lines",3', 's9,4', ''].join(end).replaceAll(',', delimiter)));
      assert.deepEqual(table.header, ['station code', delimiter === '\t' ? 'a b' : `a${delimiter} b`]);
      assert.deepEqual(table.rows.map(({ line }) => line), [2, 4, 5, 7]);
      assert.deepEqual(table.rows.map(({ cells }) => cells[0]), ['s1', 'x"y', `two${end}lines`, 's9']);
      assert.equal(table.delimiter, delimiter);
    }
    assert.deepEqual(readTable(bytesOf(`a,,c${end}1,2,3${end}${end}4,5,6`)).rows.map(({ line, cells }) => [line, cells.join('')]), [[2, '123'], [4, '456']]);
  }
  assert.deepEqual(readTable(bytesOf('a,,c\n1,2,3')).header, ['a', '#2', 'c']);
  assert.equal(readTable(new Uint8Array([...bytesOf('a,b\n'), 0xe9, 0x2c, 0x31])).rows[0].cells[0], 'é');
});

test('tables: quotes where they do not belong hold nothing up', () => {
  const cells = (text) => readTable(bytesOf(`a,b\n${text}`)).rows.map(({ line, cells: all }) => [line, ...all]);
  assert.deepEqual(cells('x"y,"z'), [[2, 'x"y', 'z']]);
  assert.deepEqual(cells('"x"y,z"\n"",x"'), [[2, 'xy', 'z"'], [3, '', 'x"']]);
  assert.deepEqual(cells('"x""",\n"",""\n"\r\n",2'), [[2, 'x"', ''], [3, '', ''], [4, '\r\n', '2']]);
});

test('tables: a mistake is told with its line, what was found and what was expected', () => {
  const told = (text) => problemsOf(() => readTable(bytesOf(text))).map(({ code, line, found, expected }) => [code, line, found, expected]);
  assert.deepEqual(told(''), [['no-header', null, '', '']]);
  assert.deepEqual(told('a,b\n'), [['no-rows', null, '', '']]);
  assert.deepEqual(told('a,b\n1,2\n\n1,2,3\n'), [['ragged', 4, '3', '2']]);
  assert.deepEqual(told('a,a\n1,2\n'), [['header-twice', 1, '1, 2', '']]);
  assert.deepEqual(told('a,b\n"1,2\n'), [['open-quote', null, '1', '']]);
  assert.deepEqual(told('PK\x03\x04'), [['workbook', null, '', '']]);
});

test('cells: blank, dash and what cannot be read are no zero', () => {
  const read = (text, thousands = null) => readCell(text, thousands);
  assert.deepEqual([' 007 ', '', '-', '–', '?'].map((text) => read(text).figure), [7, 'blank', 'dash', 'dash', 'illegible']);
  for (const text of ['1.5', '-1', '+1', '1e3', '1,234', '0x1', 'n/a', '١٢']) assert.equal(read(text).code, 'number', text);
  assert.equal(read('1,234,567', ',').figure, 1234567);
  assert.equal(read('1\u202f234\u00a0567', ' ').figure, 1234567);
  for (const text of ['1,23', '1234,567', ',123']) assert.equal(read(text, ',').code, 'number', text);
  assert.equal(read('1000000000').code, 'large-number');
});

test('blanks are those of Unicode: in cells, names and percentages', () => {
  const blanks = '\t\u0085\u00a0\u1680\u2003\u2028\u202f\u205f\u3000 ';
  assert.deepEqual(readCell(`${blanks}7${blanks}`, null), { figure: 7 });
  assert.deepEqual(readCell(blanks, null), { figure: 'blank' });
  for (const mark of ['\u2009', '\u00a0', ' ']) assert.equal(readCell(`1${mark}234`, ' ').figure, 1234);
  // A mark of the byte order is no blank.
  assert.deepEqual(readCell('\ufeff7', null), { code: 'number' });
  assert.deepEqual(parsePercentage('\u008550,5\u2003%\u0085'), { units: 505n, decimals: 1 });
  assert.equal(parsePercentage('\ufeff50'), null);
  const { table, mapping } = guessed('Place,1\nKwa\u2003 Cafe\u0301\u0085,5\n');
  assert.equal(setOf(table, mapping, 't').rows.get('1').name, 'Kwa Caf\u00e9');
});

test('rows without codes are numbered in the order of their names', () => {
  const { table, mapping } = guessed('Place,1\nKusini,5\nKaskazini,6\n');
  assert.deepEqual([...setOf(table, mapping, 't').rows].map(([code, { name }]) => [code, name]), [['1', 'Kaskazini'], ['2', 'Kusini']]);
});

const KNOWN = {
  candidates: [{ number: 1, name: 'Amina Njema', party: 'mwenge' }, { number: 2, name: 'Bakari Pwani', party: null }, { number: 3, name: 'Imara Pwani', party: 'kite' }],
  boxes: ['disputed', 'objected', 'registered', 'rejected', 'valid', 'valid-counted'], isCode: (code) => /^s[0-9]{2}$/.test(code),
};
const guessed = (text) => {
  const table = readTable(bytesOf(text));
  return { table, mapping: guessMapping(table, KNOWN) };
};

test('a guess by numbers, names, parties and the words for boxes', () => {
  const pairs = ({ candidates }) => candidates.map(({ column, name }) => [column, name]);
  const { mapping: ours } = guessed('head_size,station,station_name,registered,state,box_disputed,box_registered,box_rejected,box_valid,votes_1,votes_2,votes_3\n9,s01,School,9,standing,0,9,0,9,4,3,2\n');
  assert.deepEqual([ours.code, ours.name, ours.valid, ours.rejected, ours.registered], [1, 2, 8, 7, 6]);
  assert.deepEqual([pairs(ours), ours.also], [[[9, 'Amina Njema'], [10, 'Bakari Pwani'], [11, 'Imara Pwani']], [{ column: 5, name: 'disputed' }]]);
  const { mapping: byName } = guessed('Kituo;Jina;Njema, Amina;Bakari;KITE;Kura halali;Zilizokataliwa;Amina Njema %;Turnout\nx1;Soko;1.204;2;3;6;0;16,7;50\nJumla;;1.204;2;3;6;0;;\n');
  assert.deepEqual([byName.code, byName.name, byName.valid, byName.rejected], [0, 1, 5, 6]);
  assert.deepEqual(pairs(byName), [[2, 'Amina Njema'], [3, 'Bakari Pwani'], [4, 'Imara Pwani']]);
  assert.deepEqual(byName.shares, [{ column: 7, candidate: 'Amina Njema' }, { column: 8, candidate: null }]);
  assert.deepEqual([byName.thousands, byName.lines], ['.', [{ column: 0, is: 'Jumla', name: 'Jumla' }]]);
  // A word that two candidates share names neither.
  assert.deepEqual(pairs(guessed('station,Pwani\ns01,1\n').mapping), []);
  const { mapping: nameless } = guessed('Place,1,2\nKaskazini,5,6\n');
  assert.deepEqual([nameless.code, nameless.name, nameless.byName], [null, 0, true]);
});

test('a mistake in a table is told where it stands, and nothing is taken', () => {
  const told = (text, change = {}) => {
    const { table, mapping } = guessed(text);
    return problemsOf(() => setOf(table, { ...mapping, ...change }, 't')).map(({ code, line, column, found }) => [code, line, column, found]);
  };
  assert.deepEqual(told('station,1,2\ns01,5,6\ns02,5.5,6\ns01,1,x\n'), [
    ['number', 3, '1', '5.5'], ['number', 4, '2', 'x'], ['code-twice', 4, 'station', 's01'],
  ]);
  assert.deepEqual(told('station,1\ns01,5\ns 2,6\n'), [['code', 3, 'station', 's 2']]);
  assert.deepEqual(told('Place,x\nSoko,5\n'), [['no-counts', null, null, '']]);
  assert.deepEqual(told('station,1\ns01,5\n', { code: null, name: null }), [['no-code', null, null, '']]);
  assert.deepEqual(told('County,1\nSoko,5\n Soko ,6\n ,7\n'), [['name-twice', 3, 'County', 'Soko'], ['blank-name', 4, 'County', '']]);
  const twice = [{ column: 1, name: 'Amina Njema' }, { column: 2, name: 'Amina Njema' }];
  assert.deepEqual(told('station,1,2\ns01,5,6\n', { candidates: twice }), [['candidate-twice', null, null, 'Amina Njema']]);
  const many = `station,1\n${Array.from({ length: 60 }, (_, i) => `s${i + 10},x`).join('\n')}\n`;
  assert.equal(told(many).length, 20);
});

test('lost zeros, totals and percentages', () => {
  const { table, mapping } = guessed('station,1,2,valid,1 %\n1,5,6,11,45.5\n12,,6,6,\nTotal,5,13,18,\n');
  const set = setOf(table, { ...mapping, code: 0, codeWidth: 3, lines: [{ column: 0, is: 'Total', name: 'Total' }] }, 't');
  assert.deepEqual([...set.rows.keys()], ['001', '012']);
  assert.deepEqual(set.rows.get('012').figures, ['blank', 6, 6]);
  assert.deepEqual(set.rows.get('001').shares, [{ column: 0, text: '45.5' }]);
  const { arithmetic } = toJson(set, compare(set, set));
  assert.deepEqual(arithmetic.lines[1], { line: 'Total', column: 'Bakari Pwani', stated: 13, sum: 12, rows_without: 0 });
  assert.deepEqual([arithmetic.rows_with_total, arithmetic.shares[0].right_of], [1, ['candidates', 'valid']]);
});

const FILE = {
  schema: 'hakiki/stations@v1', election: { title: 'Mfano' }, contest: { code: 'p' },
  candidates: [{ number: 1, name: 'Amina Njema' }, { number: 2, name: '=Bakari, "Pwani"' }],
  stations: [
    { code: 's3', name: 'C', area: 'w', registered: 50, state: 'contested', form: null },
    { code: 's1', name: 'A', area: 'w', registered: 50, state: 'standing', form: { votes: [7, 8], boxes: { valid: 15 } } },
    { code: 's2', name: 'B', area: 'w', registered: null, state: 'standing', form: { votes: [7, 'blank'], boxes: {} } },
    { code: 's4', name: 'D', area: 'w', registered: 50, state: 'not_expected', form: null },
  ],
};

test('the data files of a portal: states, ceilings, what is open', () => {
  const { set, forms, candidates } = referenceOf(FILE, { candidates: [{ number: 1, party: 'mwenge' }] });
  assert.deepEqual([...set.rows].map(([code, { state }]) => [code, state]), [['s1', 'stands'], ['s2', 'stands'], ['s3', 'contested']]);
  assert.deepEqual([forms.count, [...forms.votes], [...forms.most], forms.open], [1, [7, 8], [50], [50, Infinity]]);
  assert.equal(candidates[0].party, 'mwenge');
  assert.throws(() => referenceOf({ ...FILE, candidates: null }, null), /several-ballots/);
  assert.throws(() => readFile('{"schema":"x"}', 'hakiki/air@v1'), /schema/);
  assert.throws(() => readFile('<', 'hakiki/air@v1'), /not-json/);
  assert.deepEqual(contestsOf({ files: ['data/index.json', 'data/a%20b/stations.json', 'data/a/areas.json'] }), ['a b']);
  const capped = referenceOf({ ...FILE, contest: { code: 'p', cap: 20 } }, null);
  assert.deepEqual([capped.set.cap, [...capped.forms.most], capped.forms.open], [20, [20], [20, 20]]);
});

test('the comparison as CSV: quoted, and no cell is a formula', () => {
  const { set } = referenceOf(FILE, null);
  const csv = toCsv(compare({ ...set, rows: new Map([...set.rows].slice(0, 2)) }, set));
  const [head, first] = csv.split('\n');
  assert.ok(head.includes(`"'=Bakari, ""Pwani"" (claim)"`), head);
  assert.ok(first.startsWith('s1,A,identical,identical,,7,7,8,8,'), first);
});

test('by names, unless they repeat', () => {
  const { set } = referenceOf(FILE, null);
  const claim = { ...set, rows: sorted([...set.rows.values()].map((row, i) => [`${i}`, { ...row, name: ` ${row.name.toLowerCase()}` }])) };
  assert.equal(compareByName(claim, set).rows[0].all, 'identical');
  const same = { ...set, rows: sorted([...set.rows].map(([code, row]) => [code, { ...row, name: 'A' }])) };
  assert.equal(compareByName(same, set), null);
});
