// Why bytes are not taken: a code of the reference and a detail for people.

/** A refusal. `code` is one of the reference's (R103, …), or of this package's own (L…). */
export class Failure extends Error {
  /**
   * @param {string} code
   * @param {string} detail what was found, what was expected
   */
  constructor(code, detail) {
    super(detail === '' ? code : `${code}: ${detail}`);
    this.name = 'Failure';
    this.code = code;
    this.detail = detail;
  }
}

/**
 * @param {boolean} holds
 * @param {string} code
 * @param {string} detail
 */
export function demand(holds, code, detail) {
  if (!holds) throw new Failure(code, detail);
}
