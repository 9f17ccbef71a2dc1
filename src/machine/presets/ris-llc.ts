/**
 * Preset E: a last-level cache of two resource instances, like Marvell OCTEON CN10K; A 6.1, 6.3, source S14. RIS 0 has 16
 * portions and RIS 1 has 12; which memory or which PEs each of them serves is not known. Here each is the cache of one
 * half of the PEs, one way to a portion; both are behind one MSC.
 */
import { assumed, assumedHere, stated } from '../provenance.ts';
import {
  clockAndMemory,
  ENABLE_CONTROLS,
  KIB,
  MIB,
  noCapacityControls,
  PLAIN_MONITORS,
  privateCaches,
} from './common-figures.ts';
import type { Preset } from './preset.ts';

export const RIS_LLC: Preset = {
  name: 'ris-llc',
  like: 'a last-level cache of two resource instances (Marvell OCTEON CN10K)',
  partids: assumed(64),
  pmgs: assumed(2),
  sharedCaches: stated(2),
  pesPerSharedCache: assumed(12),
  topology: {
    ...clockAndMemory(2500, 110),
    ...privateCaches(assumedHere(64 * KIB), assumedHere(512 * KIB)),
    l3: {
      size: assumed(16 * MIB),
      latencyCycles: assumedHere(50),
      oneMsc: stated(true),
      controls: {
        portionKind: assumedHere('ways'),
        ...noCapacityControls(stated),
        ...ENABLE_CONTROLS,
      },
      domains: [
        { ways: assumedHere(16), controls: { cpbmWd: stated(16) } },
        { ways: assumedHere(12), controls: { cpbmWd: stated(12) } },
      ],
    },
  },
  bandwidth: {
    bytesPerSecond: assumed(100e9),
    per: assumedHere('machine'),
    channels: assumedHere(4),
    hasMin: stated(false),
    hasMax: stated(false),
    maxLimit: stated('none'),
    bwaWd: stated(0),
    bwpbmWd: stated(0),
    hasProp: stated(false),
    hasPri: stated(false),
  },
  monitors: {
    ...PLAIN_MONITORS,
    csu: stated(1),
    csuHasCapture: stated(false),
    mbwu: stated(0),
    mbwuBits: stated(0),
  },
  quirks: stated(['no ESR']),
};
