// A guess of what a table's columns are, from its header and its first rows, for a person to correct. It decides nothing by itself.

import { plainBlanks, trimmed } from './blanks.mjs';

/** Rows that are looked at. */
const LOOKED_AT = 200;
/** Of 1: how many of the rows' codes must be known for a column to be taken for the codes. */
const KNOWN_SHARE = 0.5;

const TOTAL = /^(?:grand )?totals?$|^jumla(?: kuu)?$|^national$|^taifa$|^sum$/i;
const NAMED = {
  rejected: /reject|spoil|invalid|zilizokataliwa|zilizoharibika/,
  valid: /\bvalid\b|halali/,
  registered: /regist|waliojiandikisha|voters on|electorate/,
};
const CODES = /^(?:code|msimbo|station|station code|polling station code|stream code|kituo|area|area code|constituency code|county code|ward code|id)$/;
const NAMES = /name|^jina|^polling station$|^constituency$|^county$|^ward$|^region$|^jimbo$|^kaunti$|^kata$/;
const SHARE = /%|percent|share|asilimia|^pct\b|\bpct$/;
const TURNOUT = /turnout|mahudhurio|waliojitokeza/;

/** Small letters and digits, parted by single blanks. @param {string} written */
export const plain = (written) => written.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9%]+/g, ' ').trim();

/**
 * @param {import('./table.mjs').Table} table
 * @param {{candidates: {number: number, name: string, party: string | null}[], boxes: string[], isCode: (code: string) => boolean}} known
 * @returns {import('./mapping.mjs').Mapping}
 */
export function guessMapping(table, known) {
  const first = table.rows.slice(0, LOOKED_AT);
  const mapping = {
    level: null, code: null, name: null, byName: false, codeWidth: 0, candidates: [], valid: null, rejected: null, registered: null,
    also: [], shares: [], lines: [], thousands: null,
  };
  mapping.code = codeColumn(table, first, known.isCode);
  table.header.forEach((name, column) => {
    if (column !== mapping.code) guessColumn(mapping, plain(name), column, known);
  });
  if (mapping.code === null && mapping.name === null) mapping.name = firstOfWords(first, mapping);
  mapping.byName = mapping.code === null && mapping.name !== null;
  mapping.lines = totalLines(table, mapping);
  mapping.thousands = thousandsOf(first, mapping);
  return mapping;
}

/** The column most of whose cells are codes that are known; else the first whose name says so. */
function codeColumn(table, first, isCode) {
  const shareOf = (column) => first.filter(({ cells }) => isCode(trimmed(cells[column]))).length / first.length;
  let best = { share: KNOWN_SHARE, column: null };
  for (let column = 0; column < table.header.length; column++) {
    const share = shareOf(column);
    if (share > best.share) best = { share, column };
  }
  if (best.column !== null) return best.column;
  const named = table.header.findIndex((name) => CODES.test(plain(name)));
  return named === -1 ? null : named;
}

function guessColumn(mapping, name, column, { candidates, boxes }) {
  const candidate = candidateOf(name, candidates);
  const isFree = candidate !== null && !mapping.candidates.some((other) => other.name === candidate.name);
  if (TURNOUT.test(name)) {
    mapping.shares.push({ column, candidate: null });
  } else if (SHARE.test(name)) {
    if (candidate !== null) mapping.shares.push({ column, candidate: candidate.name });
  } else if (isFree) {
    mapping.candidates.push({ column, name: candidate.name });
  } else if (boxGuessed(mapping, name, column, boxes)) {
    // Done.
  } else if (mapping.name === null && NAMES.test(name)) {
    mapping.name = column;
  }
}

/** A box of the form by its own key, else by words for it. */
function boxGuessed(mapping, name, column, boxes) {
  const key = name.replace(/^box /, '').replaceAll(' ', '-');
  const isOwn = name.startsWith('box ');
  if (['valid', 'rejected', 'registered'].includes(key) && (isOwn || mapping[key] === null)) {
    mapping[key] = column;
    return true;
  }
  if (boxes.includes(key)) {
    mapping.also.push({ column, name: key });
    return true;
  }
  const found = Object.keys(NAMED).find((box) => NAMED[box].test(name));
  if (found === undefined || /\bname\b/.test(name)) return false;
  mapping[found] ??= column;
  return true;
}

/** By number (`votes_2`), by name, by the one candidate that has this word of a name, by party. */
function candidateOf(name, candidates) {
  const bare = name.replace(SHARE, ' ').replace(/\s+/g, ' ').trim();
  const number = /^(?:votes?|kura|candidate|mgombea|no|nambari)? ?(?:for |ya )?0*([0-9]{1,4})$/.exec(bare)?.[1];
  if (number !== undefined) return candidates.find((one) => one.number === Number(number)) ?? null;
  const words = bare.replace(/^(?:votes?|kura)(?: for| za| ya)? /, '').replace(/ (?:votes?|kura)$/, '');
  const byName = candidates.filter((one) => plain(one.name) === words || ` ${words} `.includes(` ${plain(one.name)} `));
  if (byName.length === 1) return byName[0];
  const last = words.split(' ').filter((word) => word.length > 2);
  const byWord = candidates.filter((one) => last.length > 0 && last.every((word) => ` ${plain(one.name)} `.includes(` ${word} `)));
  if (byWord.length === 1) return byWord[0];
  const byParty = candidates.filter((one) => one.party !== null && plain(one.party) === words);
  return byParty.length === 1 ? byParty[0] : null;
}

function firstOfWords(first, mapping) {
  const used = new Set([...mapping.candidates, ...mapping.also, ...mapping.shares].map(({ column }) => column));
  const isWords = (column) => first.every(({ cells }) => /\p{L}/u.test(cells[column]));
  const column = (first[0]?.cells ?? []).findIndex((_, place) => !used.has(place) && isWords(place));
  return column === -1 ? null : column;
}

/** Rows whose code or name says that they are the table's own total. */
function totalLines(table, mapping) {
  for (const column of [mapping.code, mapping.name].filter((place) => place !== null)) {
    const found = table.rows.map(({ cells }) => trimmed(cells[column])).filter((text) => TOTAL.test(text));
    if (found.length > 0) return [...new Set(found)].map((is) => ({ column, is, name: is }));
  }
  return [];
}

/** What parts thousands in the counts, if anything does. */
function thousandsOf(first, mapping) {
  const columns = [...mapping.candidates.map(({ column }) => column), mapping.valid, mapping.rejected, mapping.registered].filter((place) => place !== null);
  const cells = first.flatMap(({ cells: all }) => columns.map((column) => plainBlanks(all[column])));
  return [',', '.', ' ', "'"].find((mark) => cells.some((cell) => cell.includes(mark) && cell.split(mark).every((group, i) => /^[0-9]+$/.test(group) && (i === 0 ? group.length <= 3 : group.length === 3)))) ?? null;
}
