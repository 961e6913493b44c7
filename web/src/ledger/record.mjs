/**
 * A record: a signed note whose text is one of the kinds.
 */

import { parseSignature, RECORD_BYTES_MAX } from '../note.mjs';
import { sha256 } from '../sha2.mjs';
import { hex, text as decode } from '../bytes.mjs';
import { demand, Failure } from '../failure.mjs';
import { ELECTION_LINE, KINDS, SIGNER_LINE } from './grammar.mjs';
import { checkShape } from './shape.mjs';
import { readLines, textLines } from './text.mjs';

const HEADER = /^hakiki\/([a-z-]+)@v1$/;
const SIGNATURE_LENGTH = 64;
const SIGNERS_MAX = 32;

/**
 * @typedef {object} Signer
 * @property {string} name
 * @property {string} hash SHA-256 of type byte and public key, in hex
 * @property {Uint8Array} keyId four bytes, as the signature line says
 * @property {Uint8Array} signature
 */

/**
 * @typedef {object} Record
 * @property {string} id SHA-256 of the text, in hex
 * @property {string} kind
 * @property {string} kindVersion `form@v1`
 * @property {string | null} election fingerprint that it names; `null` in the election record itself
 * @property {import('./text.mjs').Fields} fields
 * @property {Signer[]} signers
 * @property {Uint8Array} textBytes what is signed
 * @property {(boolean | undefined)[]} verdicts whether each signature verifies; filled in by whoever verified them
 * @property {(boolean | undefined)[]} [proofVerdicts] of `key` and `amend`: whether the proof of each new key verifies
 */

/** The grammar of a kind with the lines that every record has. @type {Map<string, import('./grammar.mjs').Line[]>} */
const GRAMMARS = new Map([...KINDS].map(([kind, lines]) => [
  kind,
  [...(kind === 'election' ? [] : [ELECTION_LINE]), ...lines, SIGNER_LINE],
]));

/**
 * Reads a record; the first fault, in the order of the reference, gives the code.
 * @param {Uint8Array} bytes @returns {Record}
 */
export function parseRecord(bytes) {
  demand(bytes.length <= RECORD_BYTES_MAX, 'R101', `${bytes.length} bytes, at most ${RECORD_BYTES_MAX}`);
  const end = firstEmptyLine(bytes);
  const textBytes = bytes.subarray(0, end + 1);
  const text = decode(textBytes);
  const rest = decode(bytes.subarray(end + 1));
  demand(end >= 0, 'R107', 'no signature lines behind an empty line');
  const lines = textLines(text);
  const kind = kindOf(lines[0]);
  const fields = readLines(lines, 1, /** @type {any} */ (GRAMMARS.get(kind)));
  checkShape(kind, fields);
  demand(fields.signer.length <= SIGNERS_MAX, 'R101', `${fields.signer.length} signers, at most ${SIGNERS_MAX}`);
  demand(rest.length > 1 && rest.endsWith('\n'), 'R107', 'no signature lines, or the note does not end in a newline');
  const signers = matchSigners(fields.signer, rest.slice(1, -1).split('\n'));
  const election = kind === 'election' ? null : fields.election;
  return { id: hex(sha256(textBytes)), kind, kindVersion: `${kind}@v1`, election, fields, signers, textBytes, verdicts: [] };
}

/** Index of the newline behind which the first empty line stands, or -1. @param {Uint8Array} bytes */
function firstEmptyLine(bytes) {
  let at = bytes.indexOf(0x0a);
  while (at >= 0 && bytes[at + 1] !== 0x0a) at = bytes.indexOf(0x0a, at + 1);
  return at;
}

/** @param {string} header */
function kindOf(header) {
  const match = HEADER.exec(header);
  if (!match || !KINDS.has(match[1])) throw new Failure('R106', `${header.slice(0, 80)} is no kind and version that is known here`);
  return match[1];
}

/**
 * The signature lines are exactly those of the signers, in their order.
 * @param {[string, string][]} named @param {string[]} lines @returns {Signer[]}
 */
function matchSigners(named, lines) {
  demand(named.length === lines.length, 'R205', `${lines.length} signature lines for ${named.length} signers`);
  return named.map(([name, hash], i) => {
    const { name: written, keyId, bytes } = parseSignature(lines[i], 'R205');
    demand(written === name, 'R205', `signature line ${i + 1} is not by ${name}`);
    demand(bytes.length === SIGNATURE_LENGTH, 'R205', `signature line ${i + 1} has no Ed25519 signature`);
    return { name, hash, keyId, signature: bytes };
  });
}
