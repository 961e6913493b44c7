// SHA-256 and SHA-512 (FIPS 180-4), synchronous and without WebCrypto, which a page over plain HTTP has not.

/** The first `count` primes. */
function primes(count) {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
}

/** floor(sqrt or cbrt of n, times 2^64) modulo 2^64, exactly. */
function rootBits(n, degree) {
  const target = BigInt(n) << BigInt(64 * degree);
  let root = 0n;
  for (let bit = 1n << 68n; bit > 0n; bit >>= 1n) {
    const next = root | bit;
    if (next ** BigInt(degree) <= target) root = next;
  }
  return BigInt.asUintN(64, root);
}

const CUBES = primes(80).map((p) => rootBits(p, 3));
const SQUARES = primes(8).map((p) => rootBits(p, 2));
const K_HIGH = Int32Array.from(CUBES, (k) => Number(k >> 32n) | 0);
const K_LOW = Int32Array.from(CUBES, (k) => Number(k & 0xffffffffn) | 0);
const H_HIGH = Int32Array.from(SQUARES, (h) => Number(h >> 32n) | 0);
const H_LOW = Int32Array.from(SQUARES, (h) => Number(h & 0xffffffffn) | 0);

const W = new Int32Array(64);

/** One block of 64 bytes into the state. */
function block256(state, bytes, from) {
  for (let i = 0, at = from; i < 16; i++, at += 4) {
    W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (s1 + W[i - 7] + s0 + W[i - 16]) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K_HIGH[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] = (state[0] + a) | 0; state[1] = (state[1] + b) | 0;
  state[2] = (state[2] + c) | 0; state[3] = (state[3] + d) | 0;
  state[4] = (state[4] + e) | 0; state[5] = (state[5] + f) | 0;
  state[6] = (state[6] + g) | 0; state[7] = (state[7] + h) | 0;
}

/** The last bytes, 0x80, zeros and the length in bits: one or two blocks. */
function tail(bytes, block) {
  const whole = bytes.length - (bytes.length % block);
  const rest = bytes.length - whole;
  const end = new Uint8Array(rest + 1 + block / 8 <= block ? block : 2 * block);
  end.set(bytes.subarray(whole));
  end[rest] = 0x80;
  let bits = bytes.length * 8;
  for (let i = end.length - 1; bits > 0; i--) {
    end[i] = bits % 256;
    bits = Math.floor(bits / 256);
  }
  return { whole, end };
}

/** @param {Uint8Array} bytes @returns {Uint8Array} 32 bytes */
export function sha256(bytes) {
  const state = H_HIGH.slice();
  const { whole, end } = tail(bytes, 64);
  for (let at = 0; at < whole; at += 64) block256(state, bytes, at);
  for (let at = 0; at < end.length; at += 64) block256(state, end, at);
  const digest = new Uint8Array(32);
  for (let i = 0; i < 8; i++) {
    digest[4 * i] = state[i] >>> 24;
    digest[4 * i + 1] = state[i] >>> 16;
    digest[4 * i + 2] = state[i] >>> 8;
    digest[4 * i + 3] = state[i];
  }
  return digest;
}

const WH = new Int32Array(80);
const WL = new Int32Array(80);

function schedule512(bytes, from) {
  for (let i = 0, at = from; i < 16; i++, at += 8) {
    WH[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    WL[i] = (bytes[at + 4] << 24) | (bytes[at + 5] << 16) | (bytes[at + 6] << 8) | bytes[at + 7];
  }
  for (let i = 16; i < 80; i++) {
    const xh = WH[i - 15], xl = WL[i - 15], yh = WH[i - 2], yl = WL[i - 2];
    const s0h = ((xh >>> 1) | (xl << 31)) ^ ((xh >>> 8) | (xl << 24)) ^ (xh >>> 7);
    const s0l = ((xl >>> 1) | (xh << 31)) ^ ((xl >>> 8) | (xh << 24)) ^ ((xl >>> 7) | (xh << 25));
    const s1h = ((yh >>> 19) | (yl << 13)) ^ ((yl >>> 29) | (yh << 3)) ^ (yh >>> 6);
    const s1l = ((yl >>> 19) | (yh << 13)) ^ ((yh >>> 29) | (yl << 3)) ^ ((yl >>> 6) | (yh << 26));
    const low = (s0l >>> 0) + (s1l >>> 0) + (WL[i - 7] >>> 0) + (WL[i - 16] >>> 0);
    WL[i] = low | 0;
    WH[i] = (s0h + s1h + WH[i - 7] + WH[i - 16] + Math.floor(low / 4294967296)) | 0;
  }
}

/** One block of 128 bytes into the state's high and low words. */
function block512(high, low, bytes, from) {
  schedule512(bytes, from);
  let ah = high[0], bh = high[1], ch = high[2], dh = high[3];
  let eh = high[4], fh = high[5], gh = high[6], hh = high[7];
  let al = low[0], bl = low[1], cl = low[2], dl = low[3];
  let el = low[4], fl = low[5], gl = low[6], hl = low[7];
  for (let i = 0; i < 80; i++) {
    const s1h = ((eh >>> 14) | (el << 18)) ^ ((eh >>> 18) | (el << 14)) ^ ((el >>> 9) | (eh << 23));
    const s1l = ((el >>> 14) | (eh << 18)) ^ ((el >>> 18) | (eh << 14)) ^ ((eh >>> 9) | (el << 23));
    const t1l = (hl >>> 0) + (s1l >>> 0) + ((gl ^ (el & (fl ^ gl))) >>> 0) + (K_LOW[i] >>> 0) + (WL[i] >>> 0);
    const t1h = (hh + s1h + (gh ^ (eh & (fh ^ gh))) + K_HIGH[i] + WH[i] + Math.floor(t1l / 4294967296)) | 0;
    const s0h = ((ah >>> 28) | (al << 4)) ^ ((al >>> 2) | (ah << 30)) ^ ((al >>> 7) | (ah << 25));
    const s0l = ((al >>> 28) | (ah << 4)) ^ ((ah >>> 2) | (al << 30)) ^ ((ah >>> 7) | (al << 25));
    const t2l = (s0l >>> 0) + (((al & bl) | (cl & (al | bl))) >>> 0);
    const t2h = (s0h + ((ah & bh) | (ch & (ah | bh))) + Math.floor(t2l / 4294967296)) | 0;
    hh = gh; hl = gl; gh = fh; gl = fl; fh = eh; fl = el;
    const e = (dl >>> 0) + (t1l >>> 0);
    el = e | 0; eh = (dh + t1h + Math.floor(e / 4294967296)) | 0;
    dh = ch; dl = cl; ch = bh; cl = bl; bh = ah; bl = al;
    const a = (t1l >>> 0) + (t2l >>> 0);
    al = a | 0; ah = (t1h + t2h + Math.floor(a / 4294967296)) | 0;
  }
  addInto(high, low, [ah, bh, ch, dh, eh, fh, gh, hh], [al, bl, cl, dl, el, fl, gl, hl]);
}

function addInto(high, low, addHigh, addLow) {
  for (let i = 0; i < 8; i++) {
    const sum = (low[i] >>> 0) + (addLow[i] >>> 0);
    low[i] = sum | 0;
    high[i] = (high[i] + addHigh[i] + Math.floor(sum / 4294967296)) | 0;
  }
}

/** @param {Uint8Array} bytes @returns {Uint8Array} 64 bytes */
export function sha512(bytes) {
  const high = H_HIGH.slice();
  const low = H_LOW.slice();
  const { whole, end } = tail(bytes, 128);
  for (let at = 0; at < whole; at += 128) block512(high, low, bytes, at);
  for (let at = 0; at < end.length; at += 128) block512(high, low, end, at);
  const digest = new Uint8Array(64);
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 4; j++) {
      digest[8 * i + j] = high[i] >>> (24 - 8 * j);
      digest[8 * i + 4 + j] = low[i] >>> (24 - 8 * j);
    }
  }
  return digest;
}
