// What would have to be false, and who answers for it, for one figure or for the totals of a table.

import { boundsOf, boundsOfTotals, leadOf, totalOf } from '../src/claims/bounds.mjs';
import { boxesToDraw } from '../src/claims/draw.mjs';

/** @typedef {{is: 'total' | 'lead' | 'totals', candidate?: number, over?: number, value?: number, totals?: number[]}} Figure */

/**
 * @param {import('../src/claims/reference.mjs').Reference} reference @param {Figure} figure
 * @param {string | null} [party] whose agents are asked after: nobody's (null); where it is not given, those of the claimed candidate, else of the first party
 */
export function boundFigure(reference, figure, party) {
  const { forms, candidates, answering } = reference;
  const count = candidates.length;
  const own = candidates[figure.candidate ?? -1]?.party ?? answering?.parties[0] ?? null;
  const asked = party === undefined ? own : party;
  const isAsked = answering !== null && asked !== null;
  const marksOf = (by) => by.get(asked) ?? new Uint8Array(forms.count);
  const markings = isAsked ? [null, marksOf(answering.keys), marksOf(answering.ink)] : [null];
  const [{ condition, bound: found }, keys, ink] = figure.is === 'totals' ? boundsOfTotals(forms, figure.totals, markings)
    : boundsOf(forms, conditionOf(count, figure), markings);
  const draw = (oneIn) => (found.least === null ? null : boxesToDraw(found.forms, found.least, oneIn));
  const each = (figure.totals ?? []).map((value, candidate) => boundsOf(forms, totalOf(count, candidate, value), [null])[0]);
  const among = ({ bound: { forms: counted, least } }) => ({ forms: counted, least });
  const answers = answering === null ? null : {
    parties: answering.parties, party: asked, keys: isAsked ? among(keys) : null, ink: isAsked ? among(ink) : null,
  };
  return { figure, condition, bound: found, draws: { 95: draw(20), 99: draw(100) }, open: forms.open.length, each, answers };
}

const conditionOf = (count, { is, candidate, over, value }) => (is === 'lead' ? leadOf(count, candidate, over, value) : totalOf(count, candidate, value));
