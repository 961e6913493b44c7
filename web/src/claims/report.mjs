// A comparison for machines, as `hakiki claim check --json` and `--csv` write it. Keys and verdicts are fixed words, in no language.

import { arithmetic } from './arithmetic.mjs';
import { countsOf, figuresOf } from './compare.mjs';
import { labelOf } from './set.mjs';

const rowsWord = (level) => level ?? 'stations';

/** @param {import('./compare.mjs').Impossible | null} impossible */
export function impossibleText(impossible) {
  if (impossible === null) return null;
  const { is, votes, most } = impossible;
  return is === 'voters' ? `${votes} votes of ${most} voters` : `${votes} votes above the cap of ${most}`;
}

const countsJson = (rows, over) => Object.fromEntries(Object.entries(countsOf(rows, over))
  .map(([name, count]) => [name.replace('-in-', '_').replace('-', '_'), count]));

/** @param {import('./set.mjs').ResultSet} claim @param {ReturnType<typeof import('./compare.mjs').compare>} comparison */
export function toJson(claim, comparison) {
  const { rows } = comparison;
  return {
    claim: { title: claim.title, rows: rowsWord(comparison.claimRows.level), count: comparison.claimRows.count },
    reference: { rows: rowsWord(comparison.referenceRows.level), count: comparison.referenceRows.count },
    by_station: comparison.whyNot === null && comparison.level === null,
    compared_at: comparison.whyNot === null ? rowsWord(comparison.level) : null, why_not: comparison.whyNot,
    outside: { claim: comparison.outside[0], reference: comparison.outside[1] },
    columns: comparison.pairs.map(({ column }) => labelOf(column)),
    columns_only_in_claim: comparison.onlyClaim.map(labelOf),
    columns_only_in_reference: comparison.onlyReference.map(labelOf),
    counts: countsJson(rows, 'all'), candidate_counts: countsJson(rows, 'candidates'),
    impossible: rows.filter(({ impossible }) => impossible !== null).length,
    totals: comparison.totals.map((total) => ({
      column: total.column, claim: total.claim, claim_line: total.claimLine, claim_rows_without: total.claimWithout,
      reference: total.reference, reference_rows_without: total.referenceWithout,
    })),
    arithmetic: arithmeticJson(arithmetic(claim)),
    rows: rows.map((row) => ({
      code: row.code, name: row.name, all: row.all, candidates: row.candidates, figures: figuresOf(comparison.pairs, row),
      impossible: impossibleText(row.impossible), line: row.line,
    })),
  };
}

/** @param {ReturnType<typeof arithmetic>} own */
export function arithmeticJson(own) {
  return {
    rows_with_total: own.rowsWithTotal, rows_differ: own.rowsDiffer,
    lines: own.lines.map(({ line, column, stated, sum, without }) => ({ line, column, stated, sum, rows_without: without })),
    shares: own.shares.map(({ place, column, text, read, rightOf }) => ({ place, column, text, read, right_of: rightOf })),
  };
}

/** RFC 4180, with a mark before what a spreadsheet would take for a formula. @param {string} text */
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]|^[ \t]|[ \t]$/.test(text) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Every row, with both sides of every figure. @param {ReturnType<typeof import('./compare.mjs').compare>} comparison */
export function toCsv({ pairs, rows }) {
  const heads = pairs.flatMap(({ column }) => [cell(`${labelOf(column)} (claim)`), cell(`${labelOf(column)} (reference)`)]);
  const lines = [['code', 'name', 'all', 'candidates', 'impossible', ...heads].join(',')];
  for (const row of rows) {
    const { code, name, all, candidates, impossible } = row;
    const figures = figuresOf(pairs, row);
    const both = pairs.flatMap((_, place) => figures[place] ?? [null, null]);
    lines.push([cell(code), cell(name), all, candidates, impossibleText(impossible) ?? '', ...both.map((figure) => figure ?? '')].join(','));
  }
  return `${lines.join('\n')}\n`;
}
