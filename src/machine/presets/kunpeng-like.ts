/**
 * Preset B: like a Huawei Kunpeng server with four L3 domains; A 6.1 to 6.3, sources S11 to S13, S18. A kernel list of 2026
 * also states portions in the L2 (A 6.1); their number is not known, so the L2 has no controls here.
 */
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

export const KUNPENG_LIKE: Preset = {
  name: 'kunpeng-like',
  like: 'a Huawei Kunpeng server with four L3 domains',
  partids: stated(256),
  pmgs: inferred(2),
  sharedCaches: stated(4),
  pesPerSharedCache: stated(32),
  topology: {
    ...clockAndMemory(2600, 120),
    ...privateCaches(stated(64 * KIB), stated(512 * KIB)),
    l3: {
      size: stated(32 * MIB),
      ways: stated(15),
      latencyCycles: assumedHere(60),
      controls: {
        cpbmWd: stated(15),
        portionKind: stated('ways'),
        ...noCapacityControls(assumed),
        ...ENABLE_CONTROLS,
      },
    },
  },
  bandwidth: {
    bytesPerSecond: inferred(93.9e9),
    per: inferred('domain'),
    channels: assumedHere(4),
    hasMin: stated(true),
    hasMax: stated(true),
    maxLimit: stated('both'),
    bwaWd: inferred(6),
    ...NO_OTHER_BANDWIDTH_CONTROLS,
    requestPartids: stated(256),
    internalPartids: stated(32),
  },
  monitors: {
    ...PLAIN_MONITORS,
    csu: stated(8),
    mbwu: assumed(8),
    mbwuBits: assumed(44),
  },
  quirks: stated(['narrowing at memory only', 'MB not at L3']),
};
