/** Bandwidths as people write them: `25.6GB/s` in powers of 1000, as memory is sold, and `16GiB/s` in powers of 1024. */
import { z } from 'zod';

const BYTES_OF_UNIT = {
  'MB/s': 10n ** 6n,
  'GB/s': 10n ** 9n,
  'TB/s': 10n ** 12n,
  'MiB/s': 2n ** 20n,
  'GiB/s': 2n ** 30n,
  'TiB/s': 2n ** 40n,
} as const;
type BandwidthUnit = keyof typeof BYTES_OF_UNIT;
const BANDWIDTH = /^(\d{1,9})(?:\.(\d{1,6}))?\s?([MGT]i?B\/s)$/;

/** Bytes per second from a text such as `25.6GB/s`, rounded down to whole ones, or undefined. */
export function parseBandwidth(text: string): number | undefined {
  const match = BANDWIDTH.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', unit = ''] = match;
  const bytes = (BigInt(whole + fraction) * BYTES_OF_UNIT[unit as BandwidthUnit]) / 10n ** BigInt(fraction.length);
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : undefined;
}

/** The shortest exact text in powers of 1000 with at most three decimals, else bytes per second. */
export function formatBandwidth(bytesPerSecond: number): string {
  for (const unit of ['TB/s', 'GB/s', 'MB/s'] as const) {
    const size = Number(BYTES_OF_UNIT[unit]);
    if (bytesPerSecond >= size && bytesPerSecond % (size / 1000) === 0) return `${bytesPerSecond / size}${unit}`;
  }
  return `${bytesPerSecond}B/s`;
}

/** A bandwidth in bytes per second; both ends allowed. */
export function bandwidth(description: string, { min, max }: { readonly min: number; readonly max: number }) {
  return z
    .unknown()
    .transform((input, context): number => {
      const bytes = typeof input === 'string' ? parseBandwidth(input) : undefined;
      if (bytes !== undefined && bytes >= min && bytes <= max) return bytes;
      const message = `a bandwidth from ${formatBandwidth(min)} to ${formatBandwidth(max)}`;
      const hint =
        typeof input === 'number' ? `write a unit: ${input}GB/s` : 'write a number and MB/s, GB/s, MiB/s or GiB/s';
      context.issues.push({ code: 'custom', input, message, params: { hint } });
      return z.NEVER;
    })
    .meta({ description, type: 'string', pattern: BANDWIDTH.source, examples: ['25.6GB/s', '400MiB/s'] });
}
