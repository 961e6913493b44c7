// The camera, where the browser can read codes by itself. Only the fragment of what it reads is taken.

/** @returns {boolean} */
export const canScan = () => 'BarcodeDetector' in globalThis && navigator.mediaDevices?.getUserMedia !== undefined;

const PAUSE_MS = 250;

/**
 * @param {HTMLVideoElement} video
 * @param {(written: string) => boolean} onCode true: enough
 * @returns {Promise<() => void>} stops the camera
 */
export async function startScan(video, onCode) {
  const detector = new globalThis.BarcodeDetector({ formats: ['qr_code'] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
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
    const found = await detector.detect(video).catch(() => []);
    if (found.some(({ rawValue }) => onCode(rawValue))) stop();
    else setTimeout(look, PAUSE_MS);
  };
  look();
  return stop;
}
