// What the columns mean: the guess, shown column by column, for the reader to correct.

import { byId, el } from '../page/dom.mjs';
import { trimmed } from '../src/claims/blanks.mjs';

/** Boxes of the form beside those that have words of their own. */
const OTHER_BOXES = ['disputed', 'objected', 'valid-counted'];

/** @param {{onChange: () => void}} given */
export function mappingPanel({ onChange }) {
  let table = null;
  let info = null;
  /** What each column means: `code`, `candidate:0`, `share:0`, `box:disputed`, … */
  let roles = [];
  /** @type {{level: string, count: number}[]} */
  let known = [];
  let rest = null;
  /** @type {any} */
  let words = null;

  function rolesOf(mapping) {
    const found = table.header.map(() => 'none');
    const place = (name) => info.candidates.findIndex((candidate) => candidate.name === name);
    for (const role of ['valid', 'rejected', 'registered', 'name', 'code']) if (mapping[role] !== null) found[mapping[role]] = role;
    for (const { column, name } of mapping.candidates) found[column] = `candidate:${place(name)}`;
    for (const { column, name } of mapping.also) found[column] = `box:${name}`;
    for (const { column, candidate } of mapping.shares) found[column] = candidate === null ? 'turnout' : `share:${place(candidate)}`;
    return found;
  }

  function optionsOf() {
    const { say } = words;
    const candidates = (kind, key) => info.candidates.map(({ number, name }, place) => [`${kind}:${place}`, say(key, { number: String(number), name })]);
    return [
      ...['none', 'code', 'name'].map((role) => [role, say(`role.${role}`)]),
      ...candidates('candidate', 'role.candidate'),
      ...['valid', 'rejected', 'registered'].map((role) => [role, say(`role.${role}`)]),
      ...OTHER_BOXES.map((name) => [`box:${name}`, say('role.box', { name })]),
      ...candidates('share', 'role.share'), ['turnout', say('role.turnout')],
    ];
  }

  function drawLevels() {
    const { say } = words;
    const areas = known.map(({ level, count }) => el('option', { value: level }, say('map.areas', { level, count })));
    byId('level').replaceChildren(el('option', { value: '' }, say('map.stations')), ...areas);
    byId('level').value = rest.level ?? '';
  }

  function draw(given) {
    words = given;
    if (table === null) return;
    drawLevels();
    byId('by').value = rest.byName ? 'name' : 'code';
    byId('width').value = String(rest.codeWidth);
    byId('lines').value = rest.lines.join('\n');
    byId('thousands').value = rest.thousands ?? '';
    const options = optionsOf();
    byId('columns').replaceChildren(...table.header.map((name, column) => {
      const select = el('select', { 'aria-label': `${words.say('map.means')}: ${name}`, 'data-column': column, onchange: (event) => { roles[column] = event.target.value; } },
        ...options.map(([value, text]) => el('option', { value }, text)));
      select.value = roles[column];
      return el('tr', {}, el('th', { scope: 'row' }, el('bdi', {}, name)), el('td', {}, el('bdi', {}, table.samples[column].join(' · '))), el('td', {}, select));
    }));
  }

  const listen = () => byId('map').addEventListener('change', ({ target }) => {
    onChange();
    if (target.id === 'level') rest.level = target.value === '' ? null : target.value;
    if (target.id === 'by') rest.byName = target.value === 'name';
    if (target.id === 'width') rest.codeWidth = Math.min(64, Number(/^[0-9]{1,2}$/.exec(trimmed(target.value))?.[0] ?? 0));
    if (target.id === 'thousands') rest.thousands = target.value === '' ? null : target.value;
    if (target.id === 'lines') rest.lines = [...new Set(target.value.split('\n').map(trimmed))].filter((is) => is !== '');
  });

  return {
    draw,
    listen,
    /** A table that was read, with the guess. */
    take(read, about) {
      [table, info] = [read, about];
      known = read.levels;
      const { level, byName, codeWidth, lines, thousands } = read.mapping;
      rest = { level, byName, codeWidth, thousands, lines: lines.map(({ is }) => is) };
      roles = rolesOf(read.mapping);
    },
    /** @returns {import('../src/claims/mapping.mjs').Mapping} */
    mapping() {
      const columns = (kind) => roles.flatMap((role, column) => (role.startsWith(`${kind}:`) ? [{ column, of: role.slice(kind.length + 1) }] : []));
      const only = (role) => (roles.includes(role) ? roles.indexOf(role) : null);
      const name = (place) => info.candidates[Number(place)].name;
      const code = only('code');
      const named = only('name');
      const marked = (rest.byName ? [named, code] : [code, named]).filter((column) => column !== null);
      return {
        level: rest.level, byName: rest.byName, codeWidth: rest.codeWidth, thousands: rest.thousands,
        code: rest.byName ? null : code, name: named,
        candidates: columns('candidate').map(({ column, of }) => ({ column, name: name(of) })),
        valid: only('valid'), rejected: only('rejected'), registered: only('registered'),
        also: columns('box').map(({ column, of }) => ({ column, name: of })),
        shares: [...columns('share').map(({ column, of }) => ({ column, candidate: name(of) })), ...(only('turnout') === null ? [] : [{ column: only('turnout'), candidate: null }])],
        lines: rest.lines.flatMap((is) => marked.map((column) => ({ column, is, name: is }))),
      };
    },
  };
}
