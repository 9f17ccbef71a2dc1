/** Preset C: like one socket of NVIDIA Vera; A 6.1 to 6.3, sources S10, S17. */
import { assumed, assumedHere, stated } from '../provenance.ts';
import {
  clockAndMemory,
  ENABLE_CONTROLS,
  KIB,
  MIB,
  NO_OTHER_BANDWIDTH_CONTROLS,
  PLAIN_MONITORS,
  privateCaches,
} from './common-figures.ts';
import type { Preset } from './preset.ts';

export const VERA_LIKE: Preset = {
  name: 'vera-like',
  like: 'one socket of NVIDIA Vera',
  partids: stated(47),
  pmgs: stated(2),
  sharedCaches: assumedHere(1),
  pesPerSharedCache: stated(88),
  topology: {
    ...clockAndMemory(3300, 110),
    ...privateCaches(assumedHere(64 * KIB), assumedHere(2 * MIB)),
    l3: {
      size: assumed(160 * MIB),
      ways: assumedHere(20),
      latencyCycles: assumedHere(75),
      controls: {
        cpbmWd: assumed(20),
        portionKind: assumedHere('ways'),
        hasCmax: stated(true),
        cmaxWd: assumed(8),
        hasSoftlim: assumedHere(false),
        hasCmin: assumedHere(false),
        cassocWd: assumedHere(0),
        ...ENABLE_CONTROLS,
      },
    },
  },
  bandwidth: {
    bytesPerSecond: stated(1.2e12),
    per: assumedHere('machine'),
    channels: assumedHere(16),
    hasMin: assumedHere(false),
    hasMax: stated(true),
    maxLimit: stated('both'),
    bwaWd: assumed(7),
    ...NO_OTHER_BANDWIDTH_CONTROLS,
  },
  monitors: {
    ...PLAIN_MONITORS,
    csu: assumed(16),
    mbwu: stated(9),
    mbwuBits: assumed(63),
  },
  quirks: stated(['memory nodes without CPUs']),
};
