/**
 * Findings between papers: F205, W110, F206, W106, W107.
 */

import { before } from './partition.mjs';

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./ledger.mjs').Ledger} Ledger */

/** @param {Ledger} ledger @param {number} size @returns {Finding[]} */
export function versionFindings(ledger, size) {
  /** @type {Finding[]} */
  const found = [];
  for (const race of ledger.races.values()) {
    for (const papers of race.papers.values()) versions(before(papers, size).filter(({ held }) => !held), found);
  }
  if (ledger.races.size > 1) betweenBallots(ledger, size, found);
  twice(serials(ledger, size), 'serial', found);
  twice(pictures(ledger, size), 'picture', found);
  return found;
}

/** @param {import('./ledger.mjs').Paper[]} papers of one station and contest, in order @param {Finding[]} found */
function versions(papers, found) {
  if (papers.length < 2) return;
  const sets = new Set();
  for (const { place, contest, station, boxes } of papers) {
    const finding = { place, contest, station: station.code };
    if (sets.has(boxes)) found.push({ code: 'W110', ...finding });
    else if (sets.size > 0) found.push({ code: 'F205', ...finding });
    sets.add(boxes);
  }
}

/** @typedef {{place: number, station: string, what: string}} Use */

/** @param {Ledger} ledger @param {number} size @returns {Use[]} in the order of the log */
function serials(ledger, size) {
  /** @type {Use[]} */
  const uses = [];
  for (const race of ledger.races.values()) {
    for (const papers of race.papers.values()) {
      for (const { place, station, fields } of before(papers, size)) {
        if (fields.serial !== undefined) uses.push({ place, station: station.code, what: fields.serial });
      }
    }
  }
  return uses.sort((a, b) => a.place - b.place);
}

/** @param {Ledger} ledger @param {number} size @returns {Use[]} */
function pictures(ledger, size) {
  return before(ledger.images, size).map(({ place, fields, paper }) => ({ place, station: paper.station.code, what: fields.page }));
}

/** @param {Use[]} uses @param {string} kind @param {Finding[]} found */
function twice(uses, kind, found) {
  /** @type {Map<string, string>} */
  const first = new Map();
  for (const { place, station, what } of uses) {
    const owner = first.get(what);
    if (owner === undefined) first.set(what, station);
    else if (owner !== station) found.push({ code: 'F206', place, contest: null, station, facts: { kind, what, first: owner } });
  }
}

/**
 * People receive all ballots together: the papers cast for the contests of one station are about as many. The first paper of each
 * contest is compared.
 * @param {Ledger} ledger @param {number} size @param {Finding[]} found
 */
function betweenBallots(ledger, size, found) {
  /** @type {Map<string, {place: number, cast: number}[]>} */
  const byStation = new Map();
  for (const race of ledger.races.values()) {
    for (const papers of race.papers.values()) {
      const paper = before(papers, size).find(({ held }) => !held);
      if (!paper) continue;
      const { valid, rejected } = paper.fields;
      if (typeof valid !== 'number' || typeof rejected !== 'number') continue;
      const casts = byStation.get(paper.station.code) ?? [];
      byStation.set(paper.station.code, casts);
      casts.push({ place: paper.place, cast: valid + rejected });
    }
  }
  for (const [station, casts] of byStation) {
    const sorted = casts.sort((a, b) => a.cast - b.cast);
    const [least, most] = [sorted[0], sorted[sorted.length - 1]];
    if ((most.cast - least.cast) * 100 <= most.cast * 2) continue;
    found.push({ code: 'W107', place: most.place, contest: null, station, facts: { least: least.cast, most: most.cast } });
  }
}
