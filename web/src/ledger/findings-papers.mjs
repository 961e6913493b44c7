/**
 * Findings on one paper: its own arithmetic, and the paper against register, turnout, cap and calendar.
 */

import { ALL_BOXES } from './grammar.mjs';
import { before } from './partition.mjs';
import { policyAt } from './rules-acts.mjs';
import { days } from './values.mjs';

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./ledger.mjs').Paper} Paper */

/** Stations with fewer voters are left out of W103. */
const SMALL_STATION = 50;

/** @param {Ledger} ledger @param {number} size @returns {Finding[]} */
export function paperFindings(ledger, size) {
  /** @type {Finding[]} */
  const found = [];
  const heads = witnessedHeads(ledger);
  for (const race of ledger.races.values()) {
    for (const papers of race.papers.values()) {
      for (const paper of before(papers, size)) {
        onPaper(ledger, race, paper, size, found);
        if (!paper.held && paper.kind === 'form' && clockDiffers(paper, heads)) {
          found.push({ code: 'W106', place: paper.place, contest: paper.contest, station: paper.station.code });
        }
      }
    }
  }
  return found;
}

/** @param {Ledger} ledger @param {import('./ledger.mjs').Race} race @param {Paper} paper @param {number} size @param {Finding[]} found */
function onPaper(ledger, race, paper, size, found) {
  const add = (/** @type {string} */ code, /** @type {Finding['facts']} */ facts) => {
    found.push({ code, place: paper.place, contest: paper.contest, station: paper.station.code, facts });
  };
  if (paper.held) {
    add('F207', {});
    return;
  }
  if (paper.late) add('W116', {});
  const ballot = ledger.register.ballot(paper.contest, paper.station.area.path);
  const figures = readFigures(paper, ballot);
  arithmetic(figures, race.contest.cap, add);
  unread(figures, add);
  againstRegister(ballot, paper, figures, size, add);
  turnoutOf(ledger, paper, figures, size, add);
  times(ledger, paper, add);
  votesAlone(ballot, figures, add);
  if (paper.kind !== 'transcript' && ballot && agentLacks(paper, ballot)) add('W104', {});
}

/**
 * What is found in a paper beside its station's row of the register, whatever else stands in the log.
 * @param {import('./election.mjs').Contest} contest @param {import('./register.mjs').Ballot | null} ballot @param {Paper} paper
 * @returns {string[]} codes
 */
export function paperAlone(contest, ballot, paper) {
  /** @type {string[]} */
  const codes = [];
  const add = (/** @type {string} */ code) => codes.push(code);
  const figures = readFigures(paper, ballot);
  arithmetic(figures, contest.cap, add);
  againstRegister(ballot, paper, figures, 0, add);
  return codes;
}

/**
 * Is there a party on the ballot of whose agent the paper says nothing?
 * @param {Paper} paper @param {import('./register.mjs').Ballot | null} ballot
 */
function agentLacks({ fields }, ballot) {
  const said = new Map(fields['on-paper']);
  const parties = [...(ballot?.values() ?? [])].map(({ party }) => party).filter((party) => party !== null);
  return parties.some((party) => !said.has(party)) || [...said.values()].includes('unstated');
}

/**
 * @typedef {object} PaperFigures numbers that are written and not derived; `null` where there is none
 * @property {Record<string, number | null>} boxes
 * @property {number | null} total valid votes: `valid` as it is written, else the sum if every candidate's box is a number
 * @property {number[]} votes those that are written
 * @property {number[]} ballotVotes those of candidates on the ballot
 * @property {number} sum of the written votes
 * @property {number} unreadVotes votes boxes that cannot be read, those off the ballot included
 * @property {string[]} unreadBoxes
 * @property {boolean} complete the box of every candidate on the ballot is a number
 */

/** @param {Paper} paper @param {import('./register.mjs').Ballot | null} ballot @returns {PaperFigures} */
export function readFigures({ fields }, ballot) {
  const derived = new Set(fields.derived ?? []);
  /** @type {Record<string, number | null>} */
  const boxes = {};
  const unreadBoxes = [];
  for (const box of ALL_BOXES) {
    const value = fields[box];
    if (value !== undefined && typeof value !== 'number') unreadBoxes.push(box);
    boxes[box] = typeof value === 'number' && !derived.has(box) ? value : null;
  }
  /** @type {number[]} */
  const votes = [];
  /** @type {number[]} */
  const ballotVotes = [];
  let unreadVotes = 0;
  for (const [number, value] of fields.votes) {
    if (typeof value === 'number') votes.push(value);
    if (typeof value === 'number' && ballot?.has(number)) ballotVotes.push(value);
    if (typeof value !== 'number' && ballot) unreadVotes += 1;
  }
  const sum = votes.reduce((a, b) => a + b, 0);
  const complete = unreadVotes === 0;
  const total = boxes.valid ?? (complete ? sum : null);
  return { boxes, total, votes, ballotVotes, sum, unreadVotes, unreadBoxes, complete };
}

/** @typedef {(code: string, facts: Finding['facts']) => void} Add */

/** @param {PaperFigures} figures @param {number | null} cap @param {Add} add */
function arithmetic({ boxes, votes, sum, complete }, cap, add) {
  const { valid, disputed, rejected, objected } = boxes;
  const counted = boxes['valid-counted'];
  if (valid !== null && (complete ? sum !== valid : sum > valid)) add('F101', { sum, valid });
  if (valid !== null && counted !== null && valid !== counted) add('F102', { valid, counted });
  if (cap !== null) {
    const largest = Math.max(sum, ...votes, ...ALL_BOXES.map((box) => boxes[box] ?? 0));
    if (largest > cap) add('F105', { largest, cap });
  }
  if (objected !== null && rejected !== null && objected > rejected) add('F106', { part: objected, whole: rejected });
  if (disputed !== null && valid !== null && disputed > valid) add('F106', { part: disputed, whole: valid });
}

/** Seconds by which a clock may differ from witnessed time. */
const CLOCK_DIFFERENCE = 600;

/**
 * Heads with a witnessed time, k being the quorum: witnessed *by* the k-th earliest of its witnesses' times, and *from* the k-th latest on,
 * never later than *by*.
 * @param {Ledger} ledger
 */
function witnessedHeads(ledger) {
  return ledger.heads.flatMap(({ size, times }) => {
    const { quorum } = policyAt(ledger, size);
    const own = times.filter(({ witness }) => witness).map(({ seconds }) => seconds).sort((a, b) => a - b);
    if (quorum === 0 || own.length < quorum) return [];
    const by = own[quorum - 1];
    return [{ size, by, from: Math.min(by, own[own.length - quorum]) }];
  });
}

/** @param {Paper} paper @param {{size: number, by: number, from: number}[]} heads */
function clockDiffers({ place, fields }, heads) {
  const sealed = fields.sealed.seconds;
  return heads.some(({ size, by, from }) => (
    (size <= fields['seen-head'] && sealed + CLOCK_DIFFERENCE < from) || (size > place && sealed > by + CLOCK_DIFFERENCE)));
}

/** @param {PaperFigures} figures @param {Add} add */
function unread({ unreadVotes, unreadBoxes }, add) {
  if (unreadVotes > 0) add('W101', { boxes: unreadVotes });
  for (const box of unreadBoxes) add('W101', { box });
}

/**
 * @param {import('./register.mjs').Ballot | null} ballot @param {Paper} paper @param {PaperFigures} figures
 * @param {number} size @param {Add} add
 */
function againstRegister(ballot, { station, fields }, { boxes, total }, size, add) {
  const { registered, rejected } = boxes;
  if (station.closed < size || ballot === null) add('F201', {});
  if (station.voters !== null && registered !== null && registered !== station.voters) {
    add('F202', { registered, voters: station.voters });
  }
  if (ballot) {
    const named = new Set(fields.votes.map((/** @type {[number, any]} */ [number]) => number));
    const strange = [...named].filter((number) => !ballot.has(number));
    const lacking = [...ballot.keys()].filter((number) => !named.has(number));
    if (strange.length > 0 || lacking.length > 0) add('F203', { strange: strange.join(' '), lacking: lacking.join(' ') });
  }
  const voters = station.voters ?? registered;
  if (voters !== null && boxes.valid !== null && boxes.valid > voters) add('F103', { valid: boxes.valid, voters });
  if (total === null || rejected === null) return;
  const cast = total + rejected;
  if (rejected * 100 > cast * 3) add('W102', { rejected, cast });
  if (voters === null) return;
  if (voters >= SMALL_STATION && cast * 100 > voters * 95) add('W103', { cast, voters });
  if (voters > 0 && cast === voters) add('W112', { cast, voters });
}

/** @param {Ledger} ledger @param {Paper} paper @param {PaperFigures} figures @param {number} size @param {Add} add */
function turnoutOf(ledger, { station }, { boxes, total }, size, add) {
  const final = before(ledger.turnouts.get(station.code), size).filter((one) => one.final && !one.held).at(-1);
  if (!final) return;
  const verified = final.device + final.manual;
  const { rejected } = boxes;
  if (total === null || rejected === null) return;
  if (total > verified) add('F104', { valid: total, verified });
  if (total + rejected > verified) add('W115', { cast: total + rejected, verified });
}

/** @param {Ledger} ledger @param {Paper} paper @param {Add} add */
function times({ election }, { fields }, add) {
  const pollingDay = /** @type {number} */ (days(election.pollingDay));
  const clocks = [fields.sealed, fields.taken].filter((time) => time !== undefined);
  const early = clocks.some(({ seconds }) => seconds < election.countingFrom.seconds)
    || (fields.closed !== undefined && Number(days(fields.closed.text.slice(0, 10))) < pollingDay);
  const dated = (fields['on-paper'] ?? []).some((/** @type {any[]} */ [, , date]) => date !== undefined && Number(days(date)) < pollingDay);
  if (early || dated) add('W105', {});
}

/** @param {import('./register.mjs').Ballot | null} ballot @param {PaperFigures} figures @param {Add} add */
function votesAlone(ballot, { ballotVotes, sum, total, complete }, add) {
  if (total === 0 && sum === 0) add('W113', {});
  if (ballot && ballot.size > 1 && complete && sum > 0 && ballotVotes.includes(sum)) add('W114', { votes: sum });
}
