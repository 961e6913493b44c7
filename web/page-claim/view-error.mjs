// What is wrong with a table, line by line; or why the log's results are not there.

import { Refused } from '../src/claims/table.mjs';
import { el } from '../page/dom.mjs';

/** @param {any} error @param {any} words @returns {Node[]} */
export function viewError(error, { say, has }) {
  if (!(error instanceof Refused)) {
    const key = has(`failure.${error.code}`) ? `failure.${error.code}` : 'failure.other';
    return [el('p', {}, say(key, { detail: key === 'failure.other' ? `${error.code} ${error.detail}` : error.detail }))];
  }
  const line = ({ code, line: at, column, found, expected }) => {
    const where = [...(at === null ? [] : [say('fault.line', { line: at })]), ...(column === null ? [] : [say('fault.column', { column })])].join(', ');
    return el('li', {}, where === '' ? '' : `${where}: `, el('bdi', {}, say(`fault.${code}`, { found, expected })));
  };
  return [
    el('p', {}, el('b', {}, say('fault.title'))),
    el('ul', {}, ...error.problems.map(line), error.more > 0 ? el('li', {}, say('fault.more', { more: error.more })) : null),
    el('p', {}, say('fault.none')),
  ];
}
