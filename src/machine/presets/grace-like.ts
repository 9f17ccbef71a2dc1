/** Preset A: like one die of NVIDIA Grace (T241); A 6.1 to 6.3, sources S4, S9, S16. */
import { assumed, assumedHere, inferred, stated } from '../provenance.ts';
import {
  clockAndMemory,
  ENABLE_CONTROLS,
  KIB,
  MIB,
  NO_OTHER_BANDWIDTH_CONTROLS,
  noCapacityControls,
  PLAIN_MONITORS,
  privateCaches,
} from './common-figures.ts';
import type { Preset } from './preset.ts';

export const GRACE_LIKE: Preset = {
  name: 'grace-like',
  like: 'one die of NVIDIA Grace (T241)',
  partids: assumed(64),
  pmgs: inferred(2),
  sharedCaches: stated(1),
  pesPerSharedCache: stated(72),
  topology: {
    ...clockAndMemory(3100, 110),
    ...privateCaches(stated(64 * KIB), stated(1 * MIB)),
    l3: {
      size: stated(117 * MIB),
      ways: assumedHere(12),
      latencyCycles: assumedHere(70),
      controls: {
        cpbmWd: inferred(12),
        portionKind: assumedHere('ways'),
        ...noCapacityControls(assumed),
        ...ENABLE_CONTROLS,
      },
    },
  },
  bandwidth: {
    bytesPerSecond: stated(500e9),
    per: assumedHere('machine'),
    channels: assumedHere(16),
    hasMin: stated(true),
    hasMax: stated(true),
    maxLimit: assumed('soft'),
    bwaWd: inferred(7),
    ...NO_OTHER_BANDWIDTH_CONTROLS,
  },
  monitors: {
    ...PLAIN_MONITORS,
    csu: assumed(16),
    mbwu: assumedHere(16),
    mbwuBits: stated(44),
    mbwuUnitBytes: stated(64),
  },
  quirks: stated(['T241-MPAM-1', 'T241-MPAM-4', 'T241-MPAM-6']),
};
