// Words for people on the page of claims, by key, in the languages of words/claims.*.json.

import en from '../words/claims.en.json' with { type: 'json' };
import sw from '../words/claims.sw.json' with { type: 'json' };

const WORDS = { en, sw };
const LOCALES = { en: 'en-GB', sw: 'sw-KE' };
/** Numbers that name something: written without marks between their digits. */
const PLAIN = new Set(['line', 'place', 'size']);

export const LANGUAGES = Object.keys(WORDS);

/** @param {'en' | 'sw'} language */
export function wordsIn(language) {
  const words = WORDS[language];
  const numbers = new Intl.NumberFormat(LOCALES[language]);
  const written = (name, value) => (typeof value === 'number' && !PLAIN.has(name) ? numbers.format(value) : String(value ?? '–'));

  /** @param {string} key @param {Record<string, string | number | null>} [values] */
  function say(key, values = {}) {
    const sentence = words[key];
    if (sentence === undefined) throw new Error(`no words for ${key}`);
    return sentence.replace(/\{([a-z]+)\}/g, (_, name) => written(name, values[name]));
  }

  return {
    language, say, has: (key) => words[key] !== undefined, number: (value) => numbers.format(value),
    /** With its sign. */
    signed: (value) => `${value > 0 ? '+' : value < 0 ? '−' : '±'}${numbers.format(Math.abs(value))}`,
  };
}
