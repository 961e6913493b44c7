// Two result sets side by side (docs/reference/claims.md): row by row at the finest granularity that both have, and their totals,
// which always remain. It does not say which of the two is right.

import { trimmed } from './blanks.mjs';
import { byName, hasLevel, inOrder, labelOf, numberIn, rolledUp, shapeOf, sumOf } from './set.mjs';

/** @typedef {import('./set.mjs').ResultSet} ResultSet */
/** @typedef {import('./set.mjs').Row} Row */
/** @typedef {import('./set.mjs').Figure} Figure */
/** @typedef {{claim: number, reference: number, column: import('./set.mjs').Column}} Pair */
/** @typedef {{is: 'voters' | 'cap', votes: number, most: number}} Impossible */
/**
 * @typedef {object} Compared
 * @property {string} code
 * @property {string} name
 * @property {string} all the verdict over every box that both have
 * @property {string} candidates the verdict over the candidates' boxes alone
 * @property {Row | null} mine the claim's, whose figures are shown beside
 * @property {Row | null} theirs the reference's
 * @property {Row | null} known the reference's row of this place, whatever its state; null where it has none
 * @property {Impossible | null} impossible
 * @property {number | null} line
 * @property {{lacking: number, of: number} | null} incomplete
 */

const alike = (one, other) => trimmed(one).toLowerCase() === trimmed(other).toLowerCase();

/** Columns that mean the same: candidates by name, those that are left by party, the others by what they are. */
function pairsOf(claim, reference) {
  const taken = new Map();
  const free = (column, test) => reference.columns.findIndex((theirs, place) => theirs.is === column.is && !taken.has(place) && test(theirs));
  const found = new Array(claim.columns.length).fill(-1);
  const match = (isSame) => claim.columns.forEach((column, own) => {
    if (found[own] !== -1) return;
    found[own] = free(column, (theirs) => isSame(column, theirs));
    if (found[own] !== -1) taken.set(found[own], own);
  });
  match((mine, theirs) => (mine.name === undefined ? true : alike(mine.name, theirs.name)));
  match((mine, theirs) => mine.is === 'candidate' && mine.party !== null && theirs.party !== null && alike(mine.party, theirs.party));
  return {
    pairs: claim.columns.flatMap((column, own) => (found[own] === -1 ? [] : [{ claim: own, reference: found[own], column }])),
    onlyClaim: claim.columns.filter((_, own) => found[own] === -1),
    onlyReference: reference.columns.filter((_, place) => !taken.has(place)),
  };
}

/** @typedef {{level: string | null, whyNot: any, mine: ResultSet, theirs: ResultSet, outside: [number, number]}} Levelled */

/** Both sides brought to one level: the finer added up to the coarser. @param {ResultSet} claim @param {ResultSet} reference @returns {Levelled} */
function levelled(claim, reference) {
  const asItIs = { level: claim.level, whyNot: null, mine: claim, theirs: reference, outside: [0, 0] };
  if (claim.level === reference.level) return asItIs;
  if (claim.level !== null && hasLevel(reference, claim.level)) {
    const { set, outside } = rolledUp(reference, claim.level);
    return { ...asItIs, theirs: set, outside: [0, outside] };
  }
  if (reference.level !== null && hasLevel(claim, reference.level)) {
    const { set, outside } = rolledUp(claim, reference.level);
    return { ...asItIs, level: reference.level, mine: set, outside: [outside, 0] };
  }
  return { ...asItIs, whyNot: 'no-common-level' };
}

/**
 * Rows with rows of the same code. Where one has stations and the other areas, the stations are added up first.
 * @param {ResultSet} claim @param {ResultSet} reference
 */
export const compare = (claim, reference) => compared(claim, reference, levelled(claim, reference), claim);

/**
 * The same where rows are known by their names: in both, once they are of one level, a row's name takes its code's place. Null where
 * two rows of one side have one name.
 * @param {ResultSet} claim @param {ResultSet} reference
 */
export function compareByName(claim, reference) {
  const level = levelled(claim, reference);
  const mine = byName(level.mine);
  if (level.whyNot !== null) return compared(claim, reference, level, mine ?? claim);
  const theirs = byName(level.theirs);
  return mine === null || theirs === null ? null : compared(claim, reference, { ...level, mine, theirs }, mine);
}

/**
 * Each side as it came, for its totals, and as it is compared.
 * @param {ResultSet} claim @param {ResultSet} reference @param {Levelled} level
 * @param {ResultSet} own whose rows are shown where none are compared
 */
function compared(claim, reference, { level, whyNot, mine, theirs, outside }, own) {
  const { pairs, onlyClaim, onlyReference } = pairsOf(claim, reference);
  if (pairs.length === 0) whyNot = 'no-common-column';
  else if (whyNot === null && ![...mine.rows.keys()].some((code) => theirs.rows.has(code))) {
    const first = ({ rows }) => rows.keys().next().value ?? '';
    whyNot = { 'no-common-code': { claim: first(mine), reference: first(theirs) } };
  }
  return {
    claimRows: { level: claim.level, count: claim.rows.size },
    referenceRows: { level: reference.level, count: reference.rows.size },
    level, whyNot, outside, pairs, onlyClaim, onlyReference,
    rows: whyNot === null ? rowsOf(mine, theirs, pairs) : alone(own),
    totals: pairs.map((pair) => totalOf(claim, reference, pair)),
  };
}

/** @returns {Compared[]} in the order of the codes */
function rowsOf(claim, reference, pairs) {
  const cap = claim.level === null ? reference.cap ?? claim.cap : null;
  const [mines, onlyTheirs] = [[], []];
  const judges = judgesOf(pairs);
  const shape = shapeOf(claim);
  for (const [code, mine] of claim.rows) {
    const theirs = reference.rows.get(code);
    const row = theirs === undefined
      ? one(code, mine.name, 'only-in-claim', mine, null)
      : both(code, mine, theirs, judges);
    row.impossible = impossible(shape, mine, theirs?.voters ?? mine.voters, cap);
    row.line = mine.line;
    mines.push(row);
  }
  for (const [code, theirs] of reference.rows) {
    // A place of which the reference has nothing either is in neither.
    if (claim.rows.has(code) || theirs.state === 'missing') continue;
    onlyTheirs.push(one(code, theirs.name, 'only-in-reference', null, theirs));
  }
  return merged(mines, onlyTheirs);
}

/** Two lists in the order of their codes, as one. */
function merged(one, other) {
  const made = [];
  let at = 0;
  for (const row of one) {
    while (at < other.length && inOrder(other[at].code, row.code) < 0) made.push(other[at++]);
    made.push(row);
  }
  return [...made, ...other.slice(at)];
}

/** The claim's rows where nothing is compared: whether they can be remains. */
function alone(claim) {
  const cap = claim.level === null ? claim.cap : null;
  const shape = shapeOf(claim);
  return [...claim.rows].map(([code, row]) => ({
    ...one(code, row.name, 'not-comparable:no-box-in-common', null, null), impossible: impossible(shape, row, row.voters, cap), line: row.line,
  }));
}

/** @returns {Compared} */
const one = (code, name, verdict, mine, theirs) => ({ code, name, all: verdict, candidates: verdict, mine, theirs, known: theirs, impossible: null, line: null, incomplete: null });

/** The claim's and the reference's figures, one a pair of columns; none where no rows are compared. @param {Pair[]} pairs @param {Compared} row @returns {[Figure, Figure][]} */
export function figuresOf(pairs, { mine, theirs }) {
  if (mine === null && theirs === null) return [];
  return pairs.map((pair) => [mine?.figures[pair.claim] ?? null, theirs?.figures[pair.reference] ?? null]);
}

const STATES = { missing: 'only-in-claim', contested: 'not-comparable:contested', disregarded: 'not-comparable:disregarded' };

function both(code, mine, theirs, { all, candidates }) {
  if (theirs.state !== 'stands') return { ...one(code, theirs.name, STATES[theirs.state], mine, null), known: theirs };
  // The claim says two things of one place: neither is compared.
  if (mine.state === 'contested') return one(code, theirs.name, STATES.contested, null, theirs);
  const row = one(code, theirs.name, '', mine, theirs);
  const sum = mine.lacking > 0 ? mine : theirs;
  if (sum.lacking > 0) row.incomplete = { lacking: sum.lacking, of: sum.summed };
  row.all = judge(mine.figures, theirs.figures, all, row.incomplete);
  row.candidates = judge(mine.figures, theirs.figures, candidates, row.incomplete);
  return row;
}

const judgesOf = (pairs) => ({ all: pairs, candidates: pairs.filter(({ column }) => column.is === 'candidate') });

/** The verdict over some boxes of a row. */
function judge(mines, others, pairs, incomplete) {
  if (incomplete !== null) return 'not-comparable:incomplete';
  let [compared, unread, differs] = [0, false, false];
  for (const pair of pairs) {
    const mine = mines[pair.claim] ?? null;
    const theirs = others[pair.reference] ?? null;
    if (mine === null || theirs === null) continue;
    // The same word in both boxes is the same; a blank beside a zero is not.
    if (mine === theirs) compared += 1;
    else if (typeof mine === 'number' && typeof theirs === 'number') differs = true;
    else unread = true;
  }
  if (differs) return 'different';
  if (unread) return 'not-comparable:no-number';
  return compared === 0 ? 'not-comparable:no-box-in-common' : 'identical';
}

/**
 * Whether a row can be, given voters and a cap.
 * @param {ReturnType<typeof shapeOf>} shape @param {Row} row @param {number | null} voters @param {number | null} cap @returns {Impossible | null}
 */
function impossible(shape, row, voters, cap) {
  let sum = 0;
  for (const place of shape.candidates) sum += numberIn(row, place) ?? 0;
  const votes = Math.max(numberIn(row, shape.valid) ?? 0, sum) + (numberIn(row, shape.rejected) ?? 0);
  const most = voters ?? numberIn(row, shape.registered);
  if (most !== null && votes > most) return { is: 'voters', votes, most };
  return cap !== null && votes > cap ? { is: 'cap', votes, most: cap } : null;
}

function totalOf(claim, reference, pair) {
  const [mine, theirs] = [sumOf(claim, pair.claim), sumOf(reference, pair.reference)];
  return {
    column: labelOf(pair.column), claim: mine.sum, claimLine: claim.lines.length === 0 ? null : numberIn(claim.lines[0].row, pair.claim),
    claimWithout: mine.without, reference: theirs.sum, referenceWithout: theirs.without,
  };
}

/** Classes of verdicts, in the order in which they are told. */
export const CLASSES = ['identical', 'different', 'only-in-claim', 'only-in-reference', 'not-comparable'];

/** @param {string} verdict */
export const classOf = (verdict) => verdict.split(':')[0];

/** How many rows have each verdict. @param {Compared[]} rows @param {'all' | 'candidates'} over */
export function countsOf(rows, over = 'all') {
  const counts = Object.fromEntries(CLASSES.map((name) => [name, 0]));
  for (const row of rows) counts[classOf(row[over])] += 1;
  return counts;
}

