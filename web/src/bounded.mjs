// A stream read to its end, if it is no longer than it may be: what comes is a stranger's.

/** @param {ReadableStream<Uint8Array>} stream @param {number} bytesMax @returns {Promise<Uint8Array | null>} null if there is more */
export async function readBounded(stream, bytesMax) {
  const reader = stream.getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
