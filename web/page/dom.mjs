// Elements from words. Text is always text: nothing that was read is ever taken as markup.

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on…` are listeners; `true` and `false` set and leave out
 * @param {...(Node | string | null)} children
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);
