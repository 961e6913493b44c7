// An audit of the paper as elements: what is audited, how far it is, the risks, and every draw to repeat by hand.

import { el } from './dom.mjs';
import { viewItems } from './items.mjs';

/** So many draws are drawn on the page: a full count of a nation has one for each station. */
const DRAWS_MAX = 2000;

/** @param {any} audit as src/checker/audits.mjs has it @param {any} words */
export function viewAudit(audit, words) {
  const { say } = words;
  const { title, outcome, limit, stage, items, seed, draws, risks, text } = audit;
  return [
    el('h3', {}, say('audit.title', title)),
    el('p', {}, say(outcome.key, outcome.values)),
    el('p', { class: 'verdict' }, say(stage.key, stage.values)),
    el('p', { class: 'soft' }, say('audit.limit', { limit, place: title.place })),
    el('p', { class: 'lede' }, say('audit.recomputed')),
    viewItems(items, words),
    seed === null ? null : el('p', {}, ...seedParts(say('audit.seed', { seed }), seed)),
    ...(risks.length > 0 ? viewRisks(risks, words) : []),
    draws.length > 0 ? later(say('audit.draws', { count: draws.length, measured: audit.measured }), () => viewDraws(audit, words)) : null,
    later(say('audit.text'), () => [el('pre', { dir: 'ltr' }, text)]),
  ];
}

/** The digits stand by themselves, so that a long row of them can break. */
function seedParts(sentence, seed) {
  const [before, after] = sentence.split(seed);
  return [before, el('span', { class: 'mono long' }, seed), after];
}

/** What is made when somebody opens it: thousands of rows that nobody looks at cost nothing. */
function later(summary, make) {
  const box = el('details', { ontoggle: () => { if (box.open && box.childElementCount === 1) box.append(...make()); } }, el('summary', {}, summary));
  return box;
}

function viewRisks(risks, { say, number }) {
  const percent = (value) => number(Number((100 * value).toPrecision(3)));
  const row = ({ key, values, margin, counted, now, least }) => el('tr', {},
    el('th', { scope: 'row' }, say(key, values), el('small', {}, say('audit.margin', { margin }))),
    counted === null
      ? el('td', {}, say('audit.percent', { risk: percent(now) }), least < now ? el('small', {}, say('audit.least', { risk: percent(least) })) : null)
      : el('td', { class: 'words' }, say('audit.on-paper', { margin: counted })));
  return [
    el('table', { class: 'totals risks' },
      el('caption', {}, say('audit.risks')),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, say('audit.statement')), el('th', { scope: 'col', class: 'n' }, say('audit.risk')))),
      el('tbody', {}, ...risks.map(row))),
    el('p', { class: 'soft' }, say('audit.meaning')),
  ];
}

function viewDraws({ draws, weights }, { say }) {
  const head = [say('audit.number'), 'SHA-256', say('audit.remainder'), say('audit.station')];
  const row = ({ number, hash, remainder, station, name }) => el('tr', {},
    el('td', {}, String(number)), el('td', { class: 'mono' }, hash), el('td', { class: 'mono' }, remainder), el('td', {}, `${station} ${name}`.trim()));
  return [
    el('p', { class: 'soft long' }, say('audit.draws-how', weights)),
    el('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': say('audit.draws', { count: draws.length, measured: '–' }) },
      el('table', { class: 'draws' },
        el('thead', {}, el('tr', {}, ...head.map((title) => el('th', { scope: 'col' }, title)))),
        el('tbody', {}, ...draws.slice(0, DRAWS_MAX).map(row)))),
    ...(draws.length > DRAWS_MAX ? [el('p', { class: 'soft' }, say('audit.more-draws', { count: draws.length - DRAWS_MAX }))] : []),
  ];
}
