import type { Part } from '../../attributes/attribute.ts';

/**
 * Bytes that own attributes of all faces may take together, as JSON: an announcement may have 256 KB, of which all else
 * that is said of 100 faces takes 140, if each resembles somebody with a long name.
 */
const ROOM = 120_000;

/**
 * Own attributes of as many faces as an item and its announcement have room for: of a large crowd, where there are many
 * attributes, the largest.
 * @param parts of each face, largest first
 */
export function withinRoom(parts: readonly Part[]): Part[] {
  let bytes = 0;
  return parts.map((part) => {
    bytes += Buffer.byteLength(JSON.stringify(part));
    return bytes <= ROOM ? part : { attributes: {} };
  });
}
