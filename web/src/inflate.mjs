// Raw DEFLATE (RFC 1951): by the browser, and for browsers without DecompressionStream('deflate-raw') here. Bounded: what comes is a
// stranger's.

import { readBounded } from './bounded.mjs';
import { Failure } from './failure.mjs';

const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
  4097, 6145, 8193, 12289, 16385, 24577];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const BITS_MAX = 15;
const END = 256;

const broken = (why) => new Failure('L701', why);

/** Bits from the low end of each byte. @param {Uint8Array} bytes */
function reader(bytes) {
  let at = 0;
  let bit = 0;
  return {
    bits(count) {
      let value = 0;
      for (let i = 0; i < count; i++) {
        if (at >= bytes.length) throw broken('the data ends too early');
        value |= ((bytes[at] >> bit) & 1) << i;
        if (++bit === 8) [bit, at] = [0, at + 1];
      }
      return value;
    },
    /** Whole bytes from the next byte on. */
    take(count) {
      if (bit > 0) [bit, at] = [0, at + 1];
      if (at + count > bytes.length) throw broken('the data ends too early');
      at += count;
      return bytes.subarray(at - count, at);
    },
    isAtEnd: () => at + (bit > 0 ? 1 : 0) === bytes.length,
  };
}

/** How many codes of each length, and the symbols in their order. @param {number[]} lengths */
function huffman(lengths) {
  const counts = new Array(BITS_MAX + 1).fill(0);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  let left = 1;
  for (let i = 1; i <= BITS_MAX; i++) left = left * 2 - counts[i];
  const used = counts.reduce((sum, count) => sum + count, 0);
  if (left < 0 || (left > 0 && used > 1)) throw broken('codes that cannot be');
  const symbols = lengths.map((length, symbol) => ({ length, symbol })).filter(({ length }) => length > 0);
  symbols.sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  return { counts, symbols: symbols.map(({ symbol }) => symbol) };
}

function symbolOf(input, { counts, symbols }) {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= BITS_MAX; length++) {
    code |= input.bits(1);
    if (code - counts[length] < first) return symbols[index + code - first];
    index += counts[length];
    first = (first + counts[length]) * 2;
    code *= 2;
  }
  throw broken('a code that stands for nothing');
}

const FIXED = {
  literals: huffman([...new Array(144).fill(8), ...new Array(112).fill(9), ...new Array(24).fill(7), ...new Array(8).fill(8)]),
  distances: huffman(new Array(32).fill(5)),
};

function dynamicCodes(input) {
  const [literals, distances, codes] = [input.bits(5) + 257, input.bits(5) + 1, input.bits(4) + 4];
  if (literals > 286 || distances > 30) throw broken('too many codes');
  const ofCodes = new Array(19).fill(0);
  for (let i = 0; i < codes; i++) ofCodes[ORDER[i]] = input.bits(3);
  const code = huffman(ofCodes);
  const lengths = [];
  while (lengths.length < literals + distances) {
    const symbol = symbolOf(input, code);
    if (symbol < 16) {
      lengths.push(symbol);
      continue;
    }
    if (symbol === 16 && lengths.length === 0) throw broken('a length that repeats nothing');
    const [value, times] = symbol === 16 ? [lengths.at(-1), 3 + input.bits(2)]
      : symbol === 17 ? [0, 3 + input.bits(3)] : [0, 11 + input.bits(7)];
    for (let i = 0; i < times; i++) lengths.push(value);
  }
  if (lengths.length > literals + distances || lengths[END] === 0) throw broken('lengths that cannot be');
  return { literals: huffman(lengths.slice(0, literals)), distances: huffman(lengths.slice(literals)) };
}

/** By the browser where it can. @param {Uint8Array} bytes @param {number} most bytes of the result @returns {Promise<Uint8Array>} */
export async function inflate(bytes, most) {
  let stream;
  try {
    stream = new DecompressionStream('deflate-raw');
  } catch {
    return inflateRaw(bytes, most);
  }
  const unpacked = await readBounded(new Blob([bytes]).stream().pipeThrough(stream), most).catch(() => { throw broken(''); });
  if (unpacked === null) throw broken('more than may come out of it');
  return unpacked;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} most bytes of the result
 * @returns {Uint8Array}
 */
export function inflateRaw(bytes, most) {
  const input = reader(bytes);
  const out = [];
  const put = (byte) => {
    if (out.length >= most) throw broken('more than may come out of it');
    out.push(byte);
  };
  for (let isLast = 0; isLast === 0;) {
    isLast = input.bits(1);
    const kind = input.bits(2);
    if (kind === 3) throw broken('a block of no kind');
    if (kind === 0) stored(input, put);
    else coded(input, kind === 1 ? FIXED : dynamicCodes(input), out, put);
  }
  if (!input.isAtEnd()) throw broken('bytes behind the end');
  return Uint8Array.from(out);
}

function stored(input, put) {
  const [low, high, notLow, notHigh] = input.take(4);
  if ((low ^ notLow) !== 0xff || (high ^ notHigh) !== 0xff) throw broken('a length that is not its own');
  for (const byte of input.take(low + 256 * high)) put(byte);
}

function coded(input, { literals, distances }, out, put) {
  for (;;) {
    const symbol = symbolOf(input, literals);
    if (symbol === END) return;
    if (symbol < END) {
      put(symbol);
      continue;
    }
    const at = symbol - 257;
    if (at >= LENGTHS.length) throw broken('a length that is none');
    const length = LENGTHS[at] + input.bits(at < 8 || at === 28 ? 0 : (at >> 2) - 1);
    const far = symbolOf(input, distances);
    if (far === undefined || far >= DISTANCES.length) throw broken('a distance that is none');
    const distance = DISTANCES[far] + input.bits(far < 4 ? 0 : (far >> 1) - 1);
    if (distance > out.length) throw broken('a distance before the beginning');
    for (let i = 0; i < length; i++) put(out[out.length - distance]);
  }
}
