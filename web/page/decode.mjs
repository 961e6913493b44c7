// Codes in a picture: by the browser, where it can read them by itself, else by the decoder in this file. What was read is text,
// and nothing else is done with it here.

import { decodeQR } from 'qr/decode.js';

/** Longest sides at which a picture is looked at, one after another: small is quick, large finds small modules. */
const SIDES = [1024, 2048, 3600];
/** A frame of the camera is looked at once, at this size. */
const FRAME_SIDE = 1280;
/** Milliseconds for further attempts at one picture; those at a frame have the next frame. */
const PICTURE_MS = 1500;
const FRAME_MS = 60;

let native = null;

/** The browser's own detector, or null. @returns {Promise<any>} */
function nativeDetector() {
  native ??= (async () => {
    const { BarcodeDetector } = globalThis;
    if (BarcodeDetector === undefined) return null;
    const formats = await BarcodeDetector.getSupportedFormats?.().catch(() => []) ?? ['qr_code'];
    return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
  })();
  return native;
}

async function byBrowser(image) {
  const detector = await nativeDetector();
  if (detector === null) return [];
  const found = await detector.detect(image).catch(() => []);
  return found.map(({ rawValue }) => rawValue);
}

/** Pixels of an image whose longer side is at most this. */
function pixelsOf(image, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, w, h);
  context.drawImage(image, 0, 0, w, h);
  return { width: w, height: h, data: context.getImageData(0, 0, w, h).data };
}

function byOwnCode(pixels, timeLimit) {
  try {
    return [decodeQR(pixels, { timeLimit })];
  } catch {
    return [];
  }
}

/** What the codes in a frame of the camera say. @param {HTMLVideoElement} video @returns {Promise<string[]>} */
export async function codesInFrame(video) {
  if (await nativeDetector() !== null) return byBrowser(video);
  const { videoWidth: width, videoHeight: height } = video;
  return width === 0 ? [] : byOwnCode(pixelsOf(video, width, height, FRAME_SIDE), FRAME_MS);
}

/** What the codes in a picture file say; none if it is no picture. @param {Blob} file @returns {Promise<string[]>} */
export async function codesInPicture(file) {
  let image;
  try {
    image = await createImageBitmap(file);
  } catch {
    return [];
  }
  const { width, height } = image;
  let found = await byBrowser(image);
  for (const side of SIDES) {
    if (found.length > 0) break;
    found = byOwnCode(pixelsOf(image, width, height, side), PICTURE_MS);
    if (side >= Math.max(width, height)) break;
  }
  image.close();
  return found;
}
