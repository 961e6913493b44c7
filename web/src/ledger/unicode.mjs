/**
 * Which code points a text may hold, and whether it is in normalisation form C.
 *
 * The table lists what Unicode 12.1 assigns, without what no text may hold: C0 except newline, DEL, C1, private use, U+2028/9 and
 * the bidirectional controls. It is run lengths in base 36: distance from the end of the range before, and length less one.
 * Code points that are assigned keep their normal form in every later version of Unicode (its stability policy), so the
 * platform's own `normalize` is right for every text that passed the table.
 */

const RANGES = `
a.0 m.2m y.k7 3.5 5.6 2.0 2.j 2.b0 2.11 3.1d 3.2 2.1i 9.q 5.5 c.r 3.6n 2.1n 3.2s f.1m 3.1c 3.e 2.r 3.0 2.a 1i.k 2.7 m.4w 2.7 3.1 3.l 2.6 2.0 4.3 3.8
3.1 3.3 9.0 5.1 2.4 3.o 3.2 2.5 5.1 3.l 2.6 2.1 2.1 2.1 3.0 2.4 5.1 3.2 4.0 8.3 2.0 8.g b.2 2.8 2.2 2.l 2.6 2.1 2.4 3.9 2.2 2.2 3.0 g.3 3.b 8.6 2.2
2.7 3.1 3.l 2.6 2.1 2.4 3.8 3.1 3.2 9.1 5.1 2.4 3.h b.1 2.5 4.2 2.3 4.1 2.0 2.1 4.1 4.2 4.b 5.4 4.2 2.3 3.0 7.0 f.k 6.c 2.2 2.m 2.f 4.7 2.2 2.3 8.1
2.2 6.3 3.9 8.l 2.2 2.m 2.9 2.4 3.8 2.2 2.3 8.1 8.0 2.3 3.9 2.1 e.3 2.7 2.2 2.1e 2.2 2.5 5.f 3.p 3.1 2.h 4.n 2.8 2.0 3.6 4.0 5.5 2.0 2.7 7.9 3.2 d.1l
5.s 12.1 2.0 2.4 2.n 2.0 2.m 3.4 2.0 2.5 3.9 3.3 x.1z 2.z 5.12 2.z 2.e 2.c 12.5h 2.0 6.0 3.ag 2.3 3.6 2.0 2.3 3.14 2.3 3.w 2.3 3.6 2.0 2.3 3.e 2.1k
2.3 3.1u 3.v 4.p 7.2d 3.5 3.ik 4.2g 8.c 2.6 c.m a.j d.c 2.2 2.1 d.2l 3.9 7.9 7.e 2.9 7.2g 8.16 6.1x b.u 2.b 5.b 5.0 4.15 3.4 c.17 5.p 7.a 4.1p 3.1s
2.s 3.a 7.9 7.d 3.e 1u.23 5.18 4.37 9.1n 4.e 4.1n 8.16 3.a 9.16 6.6x 2.7u 3.5 3.11 3.5 3.7 2.0 2.0 2.0 2.u 3.1g 2.e 2.d 3.5 2.i 3.2 2.8 2.d 3.n 8.1h
6.7 3.q 2.c 4.v h.w g.3v 5.ie q.a m.1eb 3.v 3.46 2.1a 2.43 6.18 2.0 6.0 3.1j 8.1 f.n a.6 2.6 2.6 2.6 2.6 2.6 2.6 2.6 2.33 1d.p 2.2g d.5x r.b 5.1r 2.2d
3.2u 6.16 2.2l 2.16 6.z d.1a 2.5g5 b.g8f h.wc 4.1i a.9n l.53 9.5b 3.4 1d.1g 5.9 7.1j 9.1x 9.b 7.37 c.t 4.25 2.a 5.w 2.1i a.d 3.9 3.2u p.r b.5 3.5 3.5
a.6 2.6 2.1j 9.3h 3.9 7.8mb d.m 5.1c 6it.a5 3.2x 13.6 d.4 6.p 2.4 2.0 2.1 2.1 2.3f i.a4 h.1r 3.1h 15.d 3.p 7.1e 2.i 2.3 5.4 2.3q 3.0 2.59 4.5 3.5 3.5
3.2 4.6 2.6 b.4 3.b 2.p 2.i 2.1 2.e 3.d z.3e 6.2 5.18 4.2f 2.b 5.0 1c.19 3n.s 4.1c g.r 5.z a.t 6.16 6.t 2.10 5.d 17.4d 3.9 7.z 5.z 5.13 9.1f c.0 41.8m
a.l b.7 49.5 3.0 2.17 2.1 4.0 3.m 2.1z 9.8 1d.i 2.1 6.w 4.q 6.0 1t.1j 5.j 3.1d 2.1 6.7 2.2 2.s 3.2 5.9 8.8 8.1r x.12 5.b a.1h 4.s 3.q 6.p 8.3 d.6
29.20 1k.1e e.1e 8.19 9.9 87.u 3m.13 9.15 3r.m a.25 5.t g.1u c.0 3.o 8.9 7.1g 2.g a.12 a.25 3.f 2.j c.h 2.17 1u.6 2.0 2.3 2.e 2.a 7.1m 6.9 7.3 2.7 3.1
3.l 2.6 2.1 2.4 2.9 3.1 3.2 3.0 7.0 6.6 3.6 4.4 3w.2h 2.0 2.2 x.1z 9.9 4n.1h 3.11 z.1w c.9 7.c k.1k 8.9 1j.q 3.e 5.f 5d.1n 2t.2a d.0 4h.7 3.19 3.a
s.1z 9.2a u.1k 7c.8 2.18 2.d b.s 4.v 3.l 2.d 22.6 2.1 2.17 4.0 2.1 2.8 9.9 7.5 2.1 2.10 2.1 2.5 8.9 8n.o 5k.1d e.pm 2v.32 2.4 c.5f 24d.tq 2.8 348.g6
6nu.fs 8.u 2.9 5.1 2p.t 3.5 b.1x b.9 2.6 2.k 6.i j5.2i 2u.22 5.1k 8.g 1t.3 t.4qf 9.ky 7bi.7y 1e.2 i.3 9.az 1s5.2y 6.c 4.8 8.9 3.7 3tp.6t b.12 3.5b
o.1x 4b.j d.2e a.o 3s.2c 2.1y 2.1 3.0 3.1 3.3 2.b 2.0 2.6 2.1s 2.3 3.7 2.6 2.r 2.3 2.4 2.0 4.6 2.9f 3.83 3.jh g.4 2.e 11t.6 2.g 3.6 2.1 2.4 5y.18 4.d
3.9 5.1 a9.1l 6.0 zl.5g 3.f 16.23 5.9 5.1 lu.1v 25.1o 5f.3 2.q 2.1 2.0 3.0 2.9 2.3 2.0 2.0 7.0 5.0 2.0 2.0 2.2 2.1 2.0 3.0 2.0 2.0 2.0 2.0 2.1 2.0 3.3
2.6 2.3 2.3 2.0 2.9 2.g 6.2 2.4 2.g 1h.1 7j.17 5.2r d.e 3.e 2.e 2.10 b.c 4.2k 4.1o 1m.s e.17 5.8 8.1 f.5 4b.r9 b.c 4.a 6.37 d.2g 8.b l.b 5.1j 9.9 7.13
9.t 2b.b 2.2s 2.3 4.14 3.5 4.s 3.3q d.d 3.3 5.2 6.2 e.5 12j.wye 16.378 c.65 3.4g1 f.5rk 2e8.f1 fhes.0 v.2n 3l.6n`;

/** Starts and ends of the ranges, ascending. */
const [STARTS, ENDS] = unpack(RANGES);

/** @param {string} packed @returns {[Uint32Array, Uint32Array]} */
function unpack(packed) {
  const pairs = packed.trim().split(/\s+/).map((pair) => pair.split('.').map((digits) => parseInt(digits, 36)));
  const starts = new Uint32Array(pairs.length);
  const ends = new Uint32Array(pairs.length);
  let end = 0;
  pairs.forEach(([distance, more], i) => {
    starts[i] = end + distance;
    end = starts[i] + more;
    ends[i] = end;
  });
  return [starts, ends];
}

/** @param {number} codePoint */
export function isPermitted(codePoint) {
  let low = 0;
  let high = STARTS.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (codePoint < STARTS[middle]) high = middle - 1;
    else if (codePoint > ENDS[middle]) low = middle + 1;
    else return true;
  }
  return false;
}

// eslint-disable-next-line no-control-regex
const PLAIN = /^[\n\x20-\x7e]*$/;
const NOT_PLAIN = /[^\n\x20-\x7e]/gu;

/** Newline and printable ASCII only: nothing more has to be looked at. @param {string} text */
export function isPlain(text) {
  return PLAIN.test(text);
}

/** The first code point that no text may hold, or -1. @param {string} text */
export function firstForbidden(text) {
  for (const [character] of text.matchAll(NOT_PLAIN)) {
    const codePoint = /** @type {number} */ (character.codePointAt(0));
    if (!isPermitted(codePoint)) return codePoint;
  }
  return -1;
}

/** @param {string} text */
export function isNormal(text) {
  return text.normalize('NFC') === text;
}
