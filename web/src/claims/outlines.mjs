// Outlines of areas, as a portal publishes them: drawing only, nothing is counted by them. What is no plain path is passed over, and its
// area is drawn as a square.

/** Straight lines and nothing else; no other letter can stand in it. */
const PATH = /^[Mm][MmLlHhVvZz0-9 ,.-]*$/;
/** The longest path that is drawn: an outline of some thousand points. */
const PATH_CHARS_MAX = 200_000;
const TOKEN = /[MmLlHhVvZz]|-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)/g;

/** @typedef {{d: string, at: [number, number], frame: [number, number, number, number]}} Outline `at`: where a count may stand; `frame`: left, top, right, bottom */

/** @param {any} file `outlines.json` @returns {Map<string, Outline>} by the code of the area */
export function outlinesOf(file) {
  const made = new Map();
  for (const [code, d] of Object.entries(file?.areas ?? {})) {
    const outline = typeof d === 'string' && d.length <= PATH_CHARS_MAX && PATH.test(d) ? outlineOf(d) : null;
    if (outline !== null) made.set(code, outline);
  }
  return made;
}

/** Null where it encloses nothing. @param {string} d @returns {Outline | null} */
function outlineOf(d) {
  const lines = linesOf(d);
  const longest = lines.reduce((most, line) => (line.length > most.length ? line : most), []);
  if (longest.length < 3) return null;
  const [left, top, right, bottom] = frameOf(longest);
  return { d, at: [(left + right) / 2, (top + bottom) / 2], frame: frameOf(lines.flat()) };
}

/** @param {[number, number][]} points @returns {[number, number, number, number]} */
function frameOf(points) {
  const frame = /** @type {[number, number, number, number]} */ ([Infinity, Infinity, -Infinity, -Infinity]);
  for (const [x, y] of points) {
    frame[0] = Math.min(frame[0], x);
    frame[1] = Math.min(frame[1], y);
    frame[2] = Math.max(frame[2], x);
    frame[3] = Math.max(frame[3], y);
  }
  return frame;
}

/** The points of each line of a path (SVG 2, 9.3). @param {string} d @returns {[number, number][][]} */
function linesOf(d) {
  const lines = [];
  let [x, y, command] = [0, 0, ''];
  const tokens = d.match(TOKEN) ?? [];
  for (let at = 0; at < tokens.length;) {
    if (/[A-Za-z]/.test(tokens[at])) command = tokens[at++];
    const isOf = (letter) => command.toUpperCase() === letter;
    if (isOf('Z')) {
      [x, y] = lines.at(-1)?.[0] ?? [0, 0];
      // A number behind the end of a line is no path.
      if (at < tokens.length && !/[A-Za-z]/.test(tokens[at])) return [];
      continue;
    }
    const [own, count] = [command === command.toLowerCase(), isOf('H') || isOf('V') ? 1 : 2];
    const given = tokens.slice(at, at + count).map(Number);
    if (given.length < count || given.some(Number.isNaN)) return [];
    at += count;
    if (isOf('H')) x = given[0] + (own ? x : 0);
    else if (isOf('V')) y = given[0] + (own ? y : 0);
    else [x, y] = [given[0] + (own ? x : 0), given[1] + (own ? y : 0)];
    if (isOf('M')) {
      lines.push([]);
      // Further pairs are lines.
      command = own ? 'l' : 'L';
    }
    lines.at(-1).push([x, y]);
  }
  return lines;
}
