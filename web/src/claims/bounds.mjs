// What would have to be false (docs/claims-bounds.md): the least number of station forms that must be wrong for a claimed figure to
// hold. Numbers stay below 2^53; a station without a known ceiling can hold any number of votes. It does not say which form.

/** Candidates whose pairs are looked at. */
export const PAIRED_MAX = 8;
/** Gains up to this are counted instead of sorted: a station has far fewer voters. */
const COUNTED_MAX = 1 << 20;

/**
 * @typedef {object} Forms
 * @property {number} count forms that stand
 * @property {number} candidates
 * @property {Float64Array} votes form by form, in the order of the ballot
 * @property {Float64Array} most the most valid votes of each; Infinity where it is not known
 * @property {Uint8Array} answered whether somebody in question answers for it
 * @property {number[]} open the most votes of each station without a form that counts or with a box that holds no number
 */
/** @typedef {{weights: number[], total: number}} Condition weights are 1, 0 or −1 */
/** @typedef {{forms_say: number, beyond: number, least: number | null, forms: number, unlimited: number}} Bound */

/**
 * @param {number} candidates @param {{votes: number[], most: number | null, answered?: boolean}[]} stations
 * @param {(number | null)[]} open @returns {Forms}
 */
export function formsOf(candidates, stations, open) {
  const forms = {
    count: stations.length, candidates, votes: new Float64Array(stations.length * candidates),
    most: new Float64Array(stations.length), answered: new Uint8Array(stations.length), open: open.map((most) => most ?? Infinity),
  };
  stations.forEach(({ votes, most, answered }, place) => {
    forms.votes.set(votes, place * candidates);
    forms.most[place] = most ?? Infinity;
    forms.answered[place] = answered ? 1 : 0;
  });
  return forms;
}

/** @param {number} candidates @param {number} candidate @param {number} total @returns {Condition} */
export const totalOf = (candidates, candidate, total) => ({ weights: Array.from({ length: candidates }, (_, i) => (i === candidate ? 1 : 0)), total });

/** @param {number} candidates @param {number} ahead @param {number} behind @param {number} lead @returns {Condition} */
export function leadOf(candidates, ahead, behind, lead) {
  const weights = new Array(candidates).fill(0);
  weights[ahead] += 1;
  weights[behind] -= 1;
  return { weights, total: lead };
}

/** What each form says of the figure. */
function ownOf({ count, candidates, votes }, weights) {
  const used = weights.flatMap((weight, place) => (weight === 0 ? [] : [[weight, place]]));
  const own = new Float64Array(count);
  for (const [weight, place] of used) {
    for (let form = 0, at = place; form < count; form++, at += candidates) own[form] += weight * votes[at];
  }
  return own;
}

/** Nothing times no ceiling is nothing. */
const times = (weight, most) => (weight === 0 ? 0 : weight * most);

/** What a figure asks of the forms, whoever answers for them. @param {Forms} forms @param {Condition} condition */
function measured(forms, { weights, total }) {
  const own = ownOf(forms, weights);
  const formsSay = own.reduce((sum, each) => sum + each, 0);
  const [low, high] = [Math.min(0, ...weights), Math.max(0, ...weights)];
  let [openLeast, openMost] = [0, 0];
  for (const most of forms.open) {
    openLeast += times(low, most);
    openMost += times(high, most);
  }
  const up = total > formsSay + openMost;
  const beyond = up ? total - formsSay - openMost : Math.max(0, formsSay + openLeast - total);
  const isUnlimited = (most) => most === Infinity;
  const unlimited = forms.most.filter(isUnlimited).length + forms.open.filter(isUnlimited).length;
  // How much more, or less, each form could say: in the place of what it says, which is needed no longer.
  const gains = own;
  for (let form = 0; beyond > 0 && form < forms.count; form++) {
    const { [form]: most } = forms.most;
    gains[form] = Math.max(0, up ? times(high, most) - own[form] : own[form] - times(low, most));
  }
  return { formsSay, beyond, unlimited, gains };
}

/** @param {ReturnType<typeof measured>} of @param {Uint8Array | null} marks forms among which the wrong ones are counted; null: all @returns {Bound} */
function among({ formsSay, beyond, unlimited, gains }, marks) {
  const forms = marks === null ? gains.length : marks.reduce((sum, each) => sum + each, 0);
  const result = { forms_say: formsSay, beyond, least: 0, forms, unlimited };
  if (beyond === 0) return result;
  if (marks === null) return { ...result, least: fewest(gains, beyond) };
  let need = beyond;
  const counted = new Float64Array(forms);
  for (let form = 0, at = 0; form < gains.length; form++) {
    if (marks[form] === 1) counted[at++] = gains[form];
    else need -= gains[form];
  }
  return { ...result, least: fewest(counted, need) };
}

/**
 * The bound for one figure. With `answered`, among the answered forms alone: every other form is taken to be wrong in whatever way
 * helps the claim most.
 * @param {Forms} forms @param {Condition} condition @returns {Bound}
 */
export const bound = (forms, condition, answered = false) => among(measured(forms, condition), answered ? forms.answered : null);

/** The same for several markings of one set of forms, whose votes are looked at once. @param {Forms} forms @param {Condition} condition @param {(Uint8Array | null)[]} markings */
export function boundsOf(forms, condition, markings) {
  const of = measured(forms, condition);
  return markings.map((marks) => ({ condition, bound: among(of, marks) }));
}

/** How many of the largest gains add up to `need`; null if all together do not. */
function fewest(gains, need) {
  if (need <= 0) return 0;
  const largest = gains.reduce((most, gain) => Math.max(most, gain), 0);
  if (largest > COUNTED_MAX) {
    let taken = 0;
    for (const gain of gains.slice().sort().reverse()) {
      if (gain <= 0) return null;
      need -= gain;
      taken += 1;
      if (need <= 0) return taken;
    }
    return null;
  }
  const with_ = new Uint32Array(largest + 1);
  for (const gain of gains) with_[gain] += 1;
  let taken = 0;
  for (let gain = largest; gain > 0; gain--) {
    if (with_[gain] === 0) continue;
    if (gain * with_[gain] >= need) return taken + Math.ceil(need / gain);
    need -= gain * with_[gain];
    taken += with_[gain];
  }
  return null;
}

/** The conditions that a whole table of totals must meet, each necessary. @param {Forms} forms @param {number[]} totals @returns {Condition[]} */
export function conditionsOf(forms, totals) {
  const none = totals.map(() => 0);
  const single = (candidate) => none.map((_, i) => (i === candidate ? 1 : 0));
  const changes = totals.map((total, candidate) => total - ownOf(forms, single(candidate)).reduce((sum, each) => sum + each, 0));
  const order = totals.map((_, i) => i).sort((a, b) => Math.abs(changes[b]) - Math.abs(changes[a])).slice(0, PAIRED_MAX);
  const weights = totals.map((_, candidate) => single(candidate));
  order.forEach((first, place) => order.slice(place + 1).forEach((second) => [1, -1].forEach((weight) => {
    weights.push(none.map((_, i) => (i === first ? 1 : i === second ? weight : 0)));
  })));
  weights.push(changes.map((change) => (change > 0 ? 1 : 0)), changes.map((change) => (change < 0 ? 1 : 0)), changes.map((change) => Math.sign(change) + 0), totals.map(() => 1));
  return weights.map((of) => ({ weights: of, total: of.reduce((sum, weight, i) => sum + weight * totals[i], 0) }));
}

/** The largest bound that any of its conditions gives: a lower bound and no more. @param {Forms} forms @param {number[]} totals */
export const boundOfTotals = (forms, totals, answered = false) => boundsOfTotals(forms, totals, [answered ? forms.answered : null])[0];

/** The same for several markings. @param {Forms} forms @param {number[]} totals @param {(Uint8Array | null)[]} markings */
export function boundsOfTotals(forms, totals, markings) {
  const best = markings.map(() => null);
  for (const condition of conditionsOf(forms, totals)) {
    // Of equal bounds the first, which is the plainest. That it cannot hold at all is more than any number.
    boundsOf(forms, condition, markings).forEach((found, place) => {
      if (best[place] === null || (found.bound.least ?? Infinity) > (best[place].bound.least ?? Infinity)) best[place] = found;
    });
  }
  return best;
}
