// From a row to the log's own pages of its station or area, where the results came from a site and not from files.

/** A segment of an address, as the portal writes it: everything but unreserved bytes is escaped, and nothing is a way up. @param {string} text */
export function segment(text) {
  const escaped = encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return /^\.+$/.test(text) ? `~${escaped}` : escaped;
}

/** @param {string} site its root @param {'station' | 'area'} kind @param {string} language @param {string} contest @param {string} code */
export const addressOf = (site, kind, language, contest, code) => new URL(`${language}/${kind}/${segment(contest)}/${segment(code)}/`, site).href;
