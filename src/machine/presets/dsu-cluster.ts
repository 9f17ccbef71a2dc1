/** Preset D: a cluster of PEs behind an Arm DynamIQ Shared Unit; A 6.1 to 6.3, sources S8, S19. */
import { assumed, assumedHere, stated } from '../provenance.ts';
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

export const DSU_CLUSTER: Preset = {
  name: 'dsu-cluster',
  like: 'a cluster behind an Arm DSU',
  partids: stated(64),
  pmgs: stated(2),
  sharedCaches: assumedHere(1),
  pesPerSharedCache: assumed(8),
  topology: {
    ...clockAndMemory(2800, 120),
    ...privateCaches(assumedHere(64 * KIB), assumedHere(512 * KIB)),
    l3: {
      size: assumed(16 * MIB),
      ways: assumedHere(16),
      latencyCycles: assumedHere(40),
      controls: {
        cpbmWd: stated(8),
        portionKind: assumedHere('way-groups'),
        ...noCapacityControls(stated),
        ...ENABLE_CONTROLS,
      },
    },
  },
  bandwidth: {
    bytesPerSecond: assumed(100e9),
    per: assumedHere('machine'),
    channels: assumedHere(4),
    hasMin: assumedHere(false),
    hasMax: assumed(true),
    maxLimit: assumedHere('soft'),
    bwaWd: assumed(8),
    ...NO_OTHER_BANDWIDTH_CONTROLS,
  },
  monitors: {
    ...PLAIN_MONITORS,
    csu: assumed(4),
    mbwu: assumed(2),
    mbwuBits: assumed(31),
  },
  quirks: stated([]),
};
