// Who checks signatures: WebCrypto after the byte checks, where it is there and judges as the rule does; else own code.

import { unhex, utf8 } from './bytes.mjs';
import { encodingFault, verifyStrict } from './ed25519.mjs';

/**
 * One good signature, and two that the cofactored equation takes and the cofactorless refuses: torsion in R, torsion in
 * the key. A WebCrypto that takes them follows another rule and is not asked again.
 */
export const SELF_TEST = {
  message: utf8('hakiki/self-test'),
  cases: [
    [
      '70758c3a74455cb84978628fddefa9cc162d8ab883a2cafa802bd25d9fb9b03d',
      '3a7c2488f41095165867c6c2b5d940d801d1519653aac9658f18a38069cd0073'
        + '87956057346d5028b2076870f8ed50b7d146827e0b7064f9977ef231f641b001',
      true,
    ],
    [
      '70758c3a74455cb84978628fddefa9cc162d8ab883a2cafa802bd25d9fb9b03d',
      '1069fe00c156f084bad38932915698f8f4769c91afc4a0f72923634e5e1a2d1d'
        + '8e49a97fdca000bc575e4ad0c9e740b01dde0cefe7d243f3d823420b8327de0d',
      false,
    ],
    [
      'f5ffb767188b96858910e0ed080977120a0951b58c3ba834733bc78ab25c81cb',
      '3a7c2488f41095165867c6c2b5d940d801d1519653aac9658f18a38069cd0073'
        + '33d76c4a6a291ca4d2d67b796aacca58f911ef2b8ebe6c5504c6af3a82ddbe03',
      false,
    ],
  ].map(([key, signature, holds]) => ({ key: unhex(key), signature: unhex(signature), holds })),
};

async function byWebCrypto(subtle, key, message, signature) {
  const imported = await subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  return subtle.verify('Ed25519', imported, signature, message);
}

async function passesSelfTest(subtle) {
  for (const { key, signature, holds } of SELF_TEST.cases) {
    let found = false;
    try {
      found = await byWebCrypto(subtle, key, SELF_TEST.message, signature);
    } catch {
      if (holds) return false;
    }
    if (found !== holds) return false;
  }
  return true;
}

/**
 * @param {{subtle?: SubtleCrypto | null}} [choice] `subtle: null` for own code alone
 * @returns {{verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>,
 *   usesWebCrypto: () => Promise<boolean>}}
 */
export function verifier(choice = {}) {
  const subtle = choice.subtle === undefined ? (globalThis.crypto?.subtle ?? null) : choice.subtle;
  const tested = subtle === null ? Promise.resolve(false) : passesSelfTest(subtle);
  return {
    usesWebCrypto: () => tested,
    async verify(key, message, signature) {
      if (encodingFault(key, signature) !== '') return false;
      if (!(await tested)) return verifyStrict(key, message, signature);
      try {
        return await byWebCrypto(subtle, key, message, signature);
      } catch {
        return verifyStrict(key, message, signature);
      }
    },
  };
}
