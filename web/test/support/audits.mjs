// Audits' texts side by side: two computers may differ by one in the last decimal of a taint or a risk.

const ROUNDED = /^(?:taint|risk) /;
const DECIMAL = /^[01]\.[0-9]{9}$/;

/** @param {string} a @param {string} b two lines */
export function isSameLine(a, b) {
  if (a === b) return true;
  const [x, y] = [a.split(' '), b.split(' ')];
  if (!ROUNDED.test(a) || x.length !== y.length) return false;
  return x.every((word, i) => word === y[i] || (DECIMAL.test(word) && DECIMAL.test(y[i])
    && Math.abs(Number(word.replace('.', '')) - Number(y[i].replace('.', ''))) <= 1));
}

/** Where two texts part, or null. @param {string} theirs @param {string} ours */
export function parted(theirs, ours) {
  const [a, b] = [theirs.split('\n'), ours.split('\n')];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] === undefined || b[i] === undefined || !isSameLine(a[i], b[i])) return `line ${i + 1}: they say "${a[i]}", we say "${b[i]}"`;
  }
  return null;
}
