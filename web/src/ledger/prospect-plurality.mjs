/**
 * Who may still have the most votes, alone. One candidate against one other is a sum of what each station can do at most; only to be
 * ahead of all others at once, votes and versions must be shared out.
 */

import { search } from './prospect-search.mjs';

/** @typedef {import('./prospect-field.mjs').Cell} Cell */
/** @typedef {import('./prospect-field.mjs').Pool} Pool */
/** @typedef {import('./prospect-search.mjs').Answer} Answer */
/** @typedef {import('./prospect-search.mjs').Effort} Effort */

/**
 * By how many votes each can be ahead of each other at most: `leads[a][b]`, of completions the largest difference.
 * @param {Cell} cell @returns {number[][]}
 */
export function leadsOf({ votes, pools, choices }) {
  const lead = (/** @type {number} */ a, /** @type {number} */ b) => {
    let most = votes[a] - votes[b];
    for (const pool of pools.values()) most += ahead(pool, a, b);
    for (const versions of choices) most += versions.reduce((best, { votes: its }) => Math.max(best, its[a] - its[b]), -Infinity);
    return most;
  };
  return votes.map((_, a) => votes.map((__, b) => (a === b ? 0 : lead(a, b))));
}

/** @param {Pool} pool @param {number} a @param {number} b */
function ahead({ who, most, isFixed }, a, b) {
  if (who.includes(a)) return most;
  return isFixed && who.every((one) => one === b) ? -most : 0;
}

/** Can anybody have a vote? Votes that stand, stand in every completion. @param {Cell} cell */
export function canVote({ votes, pools, choices }) {
  const isVoted = (/** @type {number[]} */ counts) => counts.some((count) => count > 0);
  return isVoted(votes) || pools.size > 0 || choices.some((versions) => versions.some((version) => isVoted(version.votes)));
}

/**
 * @param {Cell} whole @param {{kind: string, who: number[]}} standing by positions on the ballot @param {Effort} effort
 * @returns {{changes: Answer, can: Answer[], certain: boolean[]}}
 */
export function pluralityProspect(whole, standing, effort) {
  const candidates = whole.votes.length;
  const cell = candidates === 1 ? withRival(whole) : whole;
  const leads = leadsOf(cell);
  const others = (/** @type {number} */ c) => leads.map((_, d) => d).filter((d) => d !== c);
  const certain = leads.map((_, c) => others(c).every((d) => leads[d][c] < 0));
  const can = leads.map((_, c) => {
    if (certain.includes(true)) return certain[c] ? 'yes' : 'no';
    return others(c).every((d) => leads[c][d] > 0) ? canLead(cell, c, others(c), effort) : 'no';
  });
  const changes = pluralityChanges(cell, standing, leads, certain) ? 'yes' : 'no';
  return { changes, can: can.slice(0, candidates), certain: certain.slice(0, candidates) };
}

/** Somebody who has no votes: to be ahead of him is to have one. @param {Cell} cell @returns {Cell} */
function withRival(cell) {
  const more = (/** @type {{votes: number[], valid: number}} */ { votes, valid }) => ({ votes: [...votes, 0], valid });
  return { ...cell, votes: [...cell.votes, 0], choices: cell.choices.map((versions) => versions.map(more)) };
}

/** @param {Cell} cell @param {{kind: string, who: number[]}} standing @param {number[][]} leads @param {boolean[]} certain */
function pluralityChanges(cell, { kind, who }, leads, certain) {
  if (kind === 'no-votes') return canVote(cell);
  if (kind === 'elected') return !certain[who[0]];
  const others = leads.map((_, d) => d).filter((d) => !who.includes(d));
  return who.some((a) => who.some((b) => leads[a][b] > 0) || others.some((d) => leads[d][a] >= 0));
}

/**
 * Can it be ahead of all others at once? It gets all that it can. What must go to others is shared among them so that none draws level.
 * @param {Cell} cell @param {number} c @param {number[]} others @param {Effort} effort @returns {Answer}
 */
function canLead({ votes, pools, choices }, c, others, effort) {
  const own = [...pools.values()].filter(({ who }) => who.includes(c)).reduce((sum, { most }) => sum + most, 0);
  const away = [...pools.values()].filter(({ who, isFixed }) => isFixed && !who.includes(c))
    .map(({ who, most }) => ({ who: who.map((d) => others.indexOf(d)), most }));
  const margins = (/** @type {number[]} */ counts, more = 0) => others.map((d) => counts[c] + more - counts[d]);
  return search({
    base: margins(votes, own),
    choices: choices.map((versions) => versions.map((version) => margins(version.votes))),
    floor: others.map(() => 1),
    enough: others.map((_, i) => away.reduce((sum, { who, most }) => sum + (who.includes(i) ? most : 0), 1)),
    accept: (sum) => sum.every((margin) => margin >= 1) && holdsAll(sum.map((margin) => margin - 1), away),
    further: (weights) => -away.reduce((sum, { who, most }) => sum + most * Math.min(...who.map((i) => weights[i])), 0),
  }, effort);
}

/**
 * Can everything be put away? A flow: each part goes to some of the vessels, and moves on to another where one is full.
 * @param {number[]} room of each vessel @param {{who: number[], most: number}[]} parts
 */
export function holdsAll(room, parts) {
  const left = [...room];
  const put = parts.map(() => room.map(() => 0));
  return parts.every(({ most }, from) => {
    let rest = most;
    while (rest > 0) {
      const path = pathToRoom(left, put, parts, from);
      if (path === null) return false;
      const amount = path.steps.reduce((least, { part, vessel }) => Math.min(least, put[part][vessel]), Math.min(rest, left[path.end]));
      left[path.end] -= amount;
      path.moves.forEach(({ part, vessel }) => { put[part][vessel] += amount; });
      path.steps.forEach(({ part, vessel }) => { put[part][vessel] -= amount; });
      rest -= amount;
    }
    return true;
  });
}

/**
 * The shortest way from a part to a vessel with room: `moves` put in, `steps` take out again what another part had put there.
 * @param {number[]} left @param {number[][]} put @param {{who: number[]}[]} parts @param {number} from
 */
function pathToRoom(left, put, parts, from) {
  /** @type {Map<number, number>} by vessel, the part that reaches it */
  const reachedBy = new Map();
  /** @type {Map<number, number>} by part, the vessel that it is moved out of */
  const movedFrom = new Map([[from, -1]]);
  const queue = [from];
  for (const part of queue) {
    for (const vessel of parts[part].who) {
      if (reachedBy.has(vessel)) continue;
      reachedBy.set(vessel, part);
      if (left[vessel] > 0) return traced(vessel, reachedBy, movedFrom);
      put.forEach((amounts, other) => {
        if (amounts[vessel] === 0 || movedFrom.has(other)) return;
        movedFrom.set(other, vessel);
        queue.push(other);
      });
    }
  }
  return null;
}

/** @param {number} end @param {Map<number, number>} reachedBy @param {Map<number, number>} movedFrom */
function traced(end, reachedBy, movedFrom) {
  const moves = [];
  const steps = [];
  for (let vessel = end; ;) {
    const part = /** @type {number} */ (reachedBy.get(vessel));
    moves.push({ part, vessel });
    const out = /** @type {number} */ (movedFrom.get(part));
    if (out === -1) return { end, moves, steps };
    steps.push({ part, vessel: out });
    vessel = out;
  }
}
