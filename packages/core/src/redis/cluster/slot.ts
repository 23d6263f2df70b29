/** How many slots a cluster has. Each key is in one of them. */
export const SLOTS = 16_384;

/** CRC-16 as XMODEM has it, of one byte. */
export const CRC: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021);
  return crc;
});

/**
 * The slot of a key, as the servers reckon it: of what stands between the first `{` and the first `}`
 * behind it, if anything does; else of all of it. Not by node-redis: for a name with an early `{}` and
 * a later `}` it finds another slot.
 */
export function slotOf(key: string): number {
  const open = key.indexOf('{');
  if (open === -1) return hash(key, 0, key.length);
  const close = key.indexOf('}', open + 1);
  return close <= open + 1 ? hash(key, 0, key.length) : hash(key, open + 1, close);
}

function hash(key: string, start: number, end: number): number {
  let crc = 0;
  for (let place = start; place < end; place += 1) {
    const code = key.charCodeAt(place);
    if (code > 0x7f) return hashBytes(Buffer.from(key.slice(start, end)));
    crc = ((crc << 8) & 0xffff) ^ (CRC[(crc >> 8) ^ code] as number);
  }
  return crc % SLOTS;
}

function hashBytes(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (CRC[(crc >> 8) ^ byte] as number);
  return crc % SLOTS;
}
