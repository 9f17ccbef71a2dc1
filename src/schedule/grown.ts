/** Tables that grow with the names met: typed arrays, each given up for a longer one. */

/** `longer`, with what `shorter` holds at its beginning. */
export function grown<T extends Uint8Array | Int32Array>(shorter: T, longer: T): T {
  longer.set(shorter);
  return longer;
}
