// Whether it can still change, by going through every completion one by one: for small contests alone. Written from the section
// "Whether it can still change" of docs/reference/records.md and from nothing else; it shares no line with src/ledger/.

/**
 * @typedef {number | 'blank'} Box
 * @typedef {{votes: Record<number, Box>, valid?: Box, counted?: Box}} Paper
 * @typedef {{state: 'missing' | 'standing' | 'contested' | 'disregarded', most: number, area: string | null, papers: Paper[]}} Station
 * @typedef {{rule: string, spread: {more: number[], least: number[], areas: number} | null, numbers: number[], stations: Station[]}} Small
 * @typedef {{votes: Record<number, number>, valid: number}} Figures
 */

/** All ways to give at most `most` (or exactly, if so asked) to some. @param {number[]} who @param {number} most @param {boolean} isExact */
function* gifts(who, most, isExact) {
  if (who.length === 0) {
    if (!isExact || most === 0) yield {};
    return;
  }
  for (let own = 0; own <= most; own++) {
    for (const rest of gifts(who.slice(1), most - own, isExact)) yield { [who[0]]: own, ...rest };
  }
}

/** @param {Paper} paper @param {number} most @param {number[]} numbers */
function about({ votes, valid, counted }, most, numbers) {
  const boxes = Object.entries(votes);
  const k = boxes.reduce((sum, [, box]) => sum + (typeof box === 'number' ? box : 0), 0);
  const unread = boxes.filter(([, box]) => typeof box !== 'number').map(([number]) => Number(number));
  const bounds = [valid, counted].filter((box) => typeof box === 'number' && box >= k);
  const rest = bounds.length > 0 ? Number(bounds[0]) - k : Math.max(most - k, 0);
  return { k, unread, rest, isTotal: bounds.length > 0, own: unread.filter((number) => numbers.includes(number)) };
}

/** @param {Paper} paper @param {number} most @param {number[]} numbers @returns {Figures} */
function standingFigures(paper, most, numbers) {
  const { k, unread, rest, isTotal, own } = about(paper, most, numbers);
  const votes = Object.fromEntries(numbers.map((number) => [number, Number(paper.votes[number] ?? 0) || 0]));
  if (isTotal && unread.length === 1 && own.length === 1) votes[own[0]] = rest;
  return { votes, valid: validOf(paper, k, unread.length, k) };
}

/** @param {Paper} paper @param {number} k @param {number} unread @param {number} otherwise */
function validOf({ valid, counted }, k, unread, otherwise) {
  if (typeof valid === 'number') return valid;
  return unread > 0 && typeof counted === 'number' && counted >= k ? counted : otherwise;
}

/** @param {Station} station @param {number[]} numbers @returns {Figures[]} */
function completionsOf({ state, most, papers }, numbers) {
  const none = Object.fromEntries(numbers.map((number) => [number, 0]));
  const sum = (/** @type {Record<number, number>} */ votes) => Object.values(votes).reduce((a, b) => a + b, 0);
  if (state === 'missing') return [...gifts(numbers, most, false)].map((votes) => ({ votes, valid: sum(votes) }));
  if (state === 'contested') return papers.map((paper) => standingFigures(paper, most, numbers));
  if (state === 'disregarded') return [{ votes: none, valid: 0 }, standingFigures(papers[0], most, numbers)];
  const paper = papers[0];
  const { k, unread, rest, isTotal, own } = about(paper, most, numbers);
  if (own.length === 0) return [standingFigures(paper, most, numbers)];
  const before = Object.fromEntries(numbers.map((number) => [number, typeof paper.votes[number] === 'number' ? paper.votes[number] : 0]));
  return [...gifts(own, rest, isTotal && own.length === unread.length)].map((given) => (
    { votes: /** @type {any} */ ({ ...before, ...given }), valid: validOf(paper, k, unread.length, k + sum(given)) }));
}

/** @param {Figures[]} figures @param {number[]} numbers */
function add(figures, numbers) {
  const votes = numbers.map((number) => figures.reduce((sum, one) => sum + one.votes[number], 0));
  return { votes, valid: figures.reduce((sum, one) => sum + one.valid, 0) };
}

/** The outcome, and who alone leads or meets the rule. @param {Small} small @param {Figures[]} figures */
function judge({ rule, spread, numbers, stations }, figures) {
  const { votes, valid } = add(figures, numbers);
  const met = numbers.map((_, c) => {
    if (rule === 'plurality') return votes[c] > 0 && votes.every((count, d) => d === c || count < votes[c]);
    const { more: [a, b], least: [e, f], areas } = /** @type {any} */ (spread);
    const codes = [...new Set(stations.map(({ area }) => area).filter((area) => area !== null))];
    const reached = codes.filter((code) => {
      const its = add(figures.filter((__, i) => stations[i].area === code), numbers);
      return its.votes[c] > 0 && its.votes[c] * f >= its.valid * e;
    });
    return votes[c] * b > valid * a && reached.length >= areas;
  });
  const who = numbers.filter((_, c) => met[c]);
  const level = (/** @type {number} */ count) => numbers.filter((_, c) => votes[c] === count);
  const [most, second] = [...new Set(votes)].sort((a, b) => b - a);
  if (most === 0) return { met, outcome: 'no-votes' };
  if (who.length > 0) return { met, outcome: `${who.length === 1 ? 'elected' : 'contradiction'} ${who.join(' ')}` };
  if (rule === 'plurality') return { met, outcome: `tie ${level(most).join(' ')}` };
  const both = level(most).length > 1 || second === undefined ? level(most) : [...level(most), ...level(second)];
  return { met, outcome: `run-off ${both.sort((a, b) => a - b).join(' ')}` };
}

/** The lines of the text, without contest and area: `<yes|no> <outstanding>`, then a line a candidate. @param {Small} small */
export function bruteForce(small) {
  const { numbers, stations } = small;
  const ways = stations.map((station) => completionsOf(station, numbers));
  const none = { votes: Object.fromEntries(numbers.map((number) => [number, 0])), valid: 0 };
  const now = stations.map(({ state, most, papers }) => (state === 'standing' ? standingFigures(papers[0], most, numbers) : none));
  const { outcome } = judge(small, now);
  const can = numbers.map(() => false);
  const certain = numbers.map(() => true);
  let changes = false;
  const chosen = /** @type {Figures[]} */ ([]);
  const go = () => {
    if (chosen.length < ways.length) {
      for (const one of ways[chosen.length]) {
        chosen.push(one);
        go();
        chosen.pop();
      }
      return;
    }
    const found = judge(small, chosen);
    changes ||= found.outcome !== outcome;
    found.met.forEach((is, c) => {
      can[c] ||= is;
      certain[c] &&= is;
    });
  };
  go();
  const outstanding = stations.filter((station, i) => station.state !== 'standing'
    || (ways[i].length > 1)).length;
  const word = (/** @type {boolean} */ is) => (is ? 'yes' : 'no');
  return [`${word(changes)} ${outstanding}`, ...numbers.map((number, c) => `candidate ${number} ${word(can[c])} ${word(certain[c])}`)];
}

/** How many completions there are. @param {Small} small */
export function completionCount({ numbers, stations }) {
  return stations.reduce((product, station) => product * completionsOf(station, numbers).length, 1);
}
