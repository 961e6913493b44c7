// What is blank in a cell or a name: Unicode's White_Space, which is a little more and a little less than what `trim` takes away. The
// program and the page agree on it (docs/reference/claims.md).

const ENDS = /^\p{White_Space}+|\p{White_Space}+$/gu;
const RUN = /\p{White_Space}+/gu;

const isInk = (unit) => unit > 0x20 && unit < 0x7f;

/** Without blanks at its ends. @param {string} text */
export function trimmed(text) {
  // Most cells begin and end with a letter or a digit.
  if (text === '' || (isInk(text.charCodeAt(0)) && isInk(text.charCodeAt(text.length - 1)))) return text;
  return text.replace(ENDS, '');
}

/** With single spaces for every run of blanks, none at the ends, in Unicode's form NFC. @param {string} text */
export const tidy = (text) => trimmed(text).replace(RUN, ' ').normalize('NFC');

/** With a space for every blank, whatever its width. @param {string} text */
export const plainBlanks = (text) => trimmed(text).replace(/\p{White_Space}/gu, ' ');
