// Times as records write them: YYYY-MM-DDTHH:MM:SS±HH:MM, and nothing else.

const TIME = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})([+-])([0-9]{2}):([0-9]{2})$/;

/** @param {string} written @returns {{text: string, seconds: number} | null} seconds since 1970, UTC */
export function parseTime(written) {
  const match = TIME.exec(written);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const [offsetHours, offsetMinutes] = match.slice(8).map(Number);
  const offset = offsetHours * 60 + offsetMinutes;
  if (offsetMinutes > 59 || offset > 14 * 60 || (match[7] === '-' && offset === 0)) return null;
  if (year < 1970 || hour > 23 || minute > 59 || second > 59) return null;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const read = new Date(utc * 1000);
  if (read.getUTCFullYear() !== year || read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day) return null;
  return { text: written, seconds: utc - (match[7] === '-' ? -1 : 1) * offset * 60 };
}
