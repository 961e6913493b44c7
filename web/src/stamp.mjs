// Stamps: what an intake signs when it sees a sealed form.

import { isSignedBy } from './checkpoint.mjs';
import { demand } from './failure.mjs';
import { isBy, parseNote } from './note.mjs';
import { parseTime } from './time.mjs';

/** Six lines and one signature: far below. */
const STAMP_BYTES_MAX = 1024;

const LINES = [
  /^hakiki\/stamp@v1$/,
  /^election ([0-9a-f]{64})$/,
  /^record ([0-9a-f]{64})$/,
  /^note sha256:([0-9a-f]{64})$/,
  /^seen-head (0|[1-9][0-9]{0,8})$/,
  /^time (\S+)$/,
];

/**
 * @param {Uint8Array} bytes
 * @param {import('./checkpoint.mjs').Vkey} intake
 * @returns {{election: string, record: string, note: string, seenHead: number, time: {text: string, seconds: number}}}
 */
export function openStamp(bytes, intake) {
  const note = parseNote(bytes, { bytesMax: STAMP_BYTES_MAX, signaturesMax: 1 });
  const lines = note.text.slice(0, -1).split('\n');
  demand(lines.length === LINES.length, 'L401', 'a stamp has six lines');
  const values = lines.map((line, i) => LINES[i].exec(line));
  demand(values.every((match) => match !== null), 'L401', 'a line of a stamp is not what it must be');
  const time = parseTime(values[5][1]);
  demand(time !== null, 'L401', 'the time of a stamp is none');
  demand(isBy(note.signatures[0], intake) && isSignedBy(note, intake), 'L402', 'the stamp is not signed by this intake');
  return {
    election: values[1][1],
    record: values[2][1],
    note: values[3][1],
    seenHead: Number(values[4][1]),
    time,
  };
}
