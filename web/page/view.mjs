// A report as elements.

import { boxesOf } from '../src/checker/record.mjs';
import { text } from '../src/bytes.mjs';
import { el } from './dom.mjs';
import { viewItems } from './items.mjs';
import { viewAudit } from './view-audit.mjs';

/** Where a mirror's copy of this checker lies, behind its name (docs/reference/log.md). */
const CHECKER_PATH = 'checker.html';

/** A name that can only be read as a domain and a path. */
const ADDRESS = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~-]+)*$/;
/** Characters that steer how a text is shown. */
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** @param {any} report @param {any} words @param {{isFinal: boolean, where: string, fragment: string}} about */
export function viewReport(report, words, about) {
  const { say } = words;
  const groups = report.groups ?? [];
  const audits = report.audits ?? [];
  const all = [...report.items, ...[...groups, ...audits, ...report.sections].flatMap((section) => section.items)];
  const count = (state) => all.filter((item) => item.state === state).length;
  const whenGood = report.whenGood ?? (report.election === null ? 'report.only-read' : about.isFinal ? 'report.all-good' : 'report.good-not-final');
  const verdict = count('bad') > 0 ? say('report.some-bad', { bad: count('bad') }) : say(whenGood, { open: count('open') });
  return [
    el('h2', {}, say('report.title')),
    el('p', { class: 'soft' }, [say(report.key, report.values), ...(about.where === '' ? [] : [say('report.from', about)])].join(' · ')),
    el('p', { class: 'verdict' }, verdict),
    report.effort ? el('p', { class: 'soft' }, say('whole.time', report.effort)) : null,
    report.areaEffort ? el('p', { class: 'soft' }, say('area.effort', report.areaEffort)) : null,
    about.isFinal ? null : viewNotFinal(report, words, about.fragment),
    viewItems(report.items, words),
    ...groups.flatMap(({ title, items }) => [el('h3', {}, shown(title)), viewItems(items, words)]),
    ...(report.totals ?? []).flatMap((contest) => viewTotals(contest, words, report.lede)),
    ...audits.flatMap((audit) => viewAudit(audit, words)),
    ...viewSections(report, words),
    el('p', { class: 'rest' }, say(report.rest)),
    el('div', { class: 'row no-print' }, el('button', { type: 'button', onclick: () => globalThis.print() }, say('report.print'))),
  ].filter((part) => part !== null);
}

function viewNotFinal(report, { say }, fragment) {
  const names = report.mirrors.map(({ name, group }) => el('li', {}, ADDRESS.test(name)
    ? el('a', { href: `https://${name}/${CHECKER_PATH}#${fragment}`, rel: 'noreferrer noopener' }, name) : name, ` (${group})`));
  return el('div', { class: 'notfinal' },
    el('p', {}, say('report.not-final')),
    el('p', {}, say(names.length > 0 ? 'report.rivals' : 'report.no-rivals')),
    names.length > 0 ? el('ul', {}, ...names) : null);
}

function viewTotals({ title, stations, votes, boxes }, { say, number, has }, lede) {
  const rows = votes.map(({ number: of, name, sum, least, most }) => el('tr', {},
    el('th', { scope: 'row' }, `${of} ${name}`),
    el('td', {}, number(sum), least === sum && most === sum ? null : el('small', {}, say('totals.between', { least, most })))));
  const sums = boxes.map(({ name, sum }) => el('tr', {},
    el('th', { scope: 'row' }, has(`box.${name}`) ? say(`box.${name}`) : name), el('td', {}, number(sum))));
  return [
    el('h3', {}, `${title}: ${say('totals.title')}`),
    stations === null ? null : el('p', { class: 'lede' }, say('totals.lede', stations)),
    lede ? el('p', { class: 'lede' }, say(lede.key, lede.values)) : null,
    el('table', { class: 'totals' },
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, say('totals.candidate')), el('th', { scope: 'col', class: 'n' }, say('totals.votes')))),
      el('tbody', {}, ...rows, ...sums)),
    el('p', { class: 'soft' }, say('totals.provisional')),
  ];
}

function viewSections({ key, sections }, words) {
  const { say } = words;
  const isStation = key === 'report.of-station';
  const parts = sections.flatMap((section) => [
    isStation ? el('h3', {}, `${say('report.of-record', { place: section.place })}: ${say(`kind.${section.record?.kind ?? 'form'}`)}`) : null,
    section.items.length > 0 ? viewItems(section.items, words) : null,
    section.record !== null && section.record.fields.votes !== undefined ? viewPaper(section, words) : null,
    viewText(section, words),
  ]);
  if (!isStation) return parts;
  return [el('h2', {}, say('report.records')), ...(sections.length === 0 ? [el('p', {}, say('report.no-records'))] : parts)];
}

/** A text of others, with what would steer its display written out. @param {string} written */
function shown(written) {
  return written.replace(STEERING, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

function viewText({ bytes }, { say }) {
  let written;
  try {
    written = shown(text(bytes));
  } catch {
    written = '';
  }
  return el('details', {}, el('summary', {}, say('report.text')), el('pre', { dir: 'ltr' }, written));
}

/** The boxes in the order of the paper, digit by digit. */
function viewPaper({ record, names }, words) {
  const { say } = words;
  const name = new Map(names);
  const { votes, boxes } = boxesOf(record);
  const row = (title, box, group) => el('tr', { class: group }, el('th', { scope: 'row' }, title), el('td', {}, viewBox(box, words)));
  const isSum = (of) => of === 'valid' || of === 'valid-counted';
  const inOrder = [...boxes.filter(([of]) => isSum(of)), ...boxes.filter(([of]) => !isSum(of))];
  const { serial, station } = record.fields;
  return el('div', { class: 'paper' },
    el('p', { class: 'h' }, el('span', {}, `${say('form.title')}`), el('span', {}, serial === undefined ? station : `${say('form.serial')} ${serial}`)),
    el('table', {}, el('tbody', {},
      ...votes.map(([of, box]) => row(`${of}  ${name.get(of) ?? say('form.candidate', { number: of })}`, box, '')),
      ...inOrder.map(([of, box]) => row(say(`box.${of}`), box, of === 'valid' ? 'sum' : '')))));
}

function viewBox(box, { say }) {
  if (typeof box === 'number') {
    return el('span', { class: 'digits', role: 'img', 'aria-label': String(box) },
      ...[...String(box).padStart(3, ' ')].map((digit) => el('i', {}, digit.trim())));
  }
  return el('span', {}, el('span', { class: 'word' }, say(`form.${box}`)), el('span', { class: 'digits none', 'aria-hidden': 'true' }, el('i', {}), el('i', {}), el('i', {})));
}
