// Words for people, by key, in the languages of words/*.json.

import en from '../../words/en.json' with { type: 'json' };
import sw from '../../words/sw.json' with { type: 'json' };

export const LANGUAGES = { en: 'English', sw: 'Kiswahili' };
const WORDS = { en, sw };
const LOCALES = { en: 'en-GB', sw: 'sw-KE' };
/** Values that are themselves keys of words. */
/** Numbers that name something: written without marks between their digits. */
const PLAIN = new Set(['line', 'place', 'found']);
const NAMED = { role: 'role.', kind: 'kind.' };

/** @param {'en' | 'sw'} language */
export function wordsIn(language) {
  const words = WORDS[language];
  const numbers = new Intl.NumberFormat(LOCALES[language]);

  /** @param {string} key @param {Record<string, string | number>} [values] */
  function say(key, values = {}) {
    const sentence = words[key];
    if (sentence === undefined) throw new Error(`no words for ${key}`);
    return sentence.replace(/\{([a-z]+)\}/g, (_, name) => written(name, values[name]));
  }

  function written(name, value) {
    if (typeof value === 'number') return PLAIN.has(name) ? String(value) : numbers.format(value);
    if (name in NAMED) return words[NAMED[name] + value] ?? String(value);
    return String(value ?? '–');
  }

  return { language, say, number: (value) => numbers.format(value), has: (key) => words[key] !== undefined };
}
