// The camera. Only the fragment of what it reads is taken.

import { codesInFrame } from './decode.mjs';

/** @returns {boolean} */
export const canScan = () => navigator.mediaDevices?.getUserMedia !== undefined;

const PAUSE_MS = 150;
/** A form's code has more than a hundred modules a side. */
const CAMERA = { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } };

/**
 * @param {HTMLVideoElement} video
 * @param {(written: string) => boolean} onCode true: enough
 * @returns {Promise<() => void>} stops the camera
 */
export async function startScan(video, onCode) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA, audio: false });
  let isOver = false;
  const stop = () => {
    isOver = true;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    video.hidden = true;
  };
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const look = async () => {
    if (isOver) return;
    const found = await codesInFrame(video).catch(() => []);
    if (!isOver && found.some((written) => onCode(written))) stop();
    else setTimeout(look, PAUSE_MS);
  };
  look();
  return stop;
}
