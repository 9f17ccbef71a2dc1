/**
 * Preset F: no real machine, but one that implements every control (A 6.3), for studies of the architecture. But for DSPRI, which
 * would not act: memory is where requests end, and its INTPRI takes the place of any priority that they come with (A 3.7).
 */
import { assumed, assumedHere, stated } from '../provenance.ts';
import { clockAndMemory, KIB, MIB, PLAIN_MONITORS, privateCaches } from './common-figures.ts';
import type { Preset } from './preset.ts';

export const REFERENCE: Preset = {
  name: 'reference',
  like: 'no real machine: every control that acts is there',
  partids: assumed(256),
  pmgs: assumed(4),
  sharedCaches: assumedHere(1),
  pesPerSharedCache: assumed(16),
  topology: {
    ...clockAndMemory(3000, 100),
    ...privateCaches(assumedHere(64 * KIB), assumedHere(1 * MIB)),
    l3: {
      size: assumed(16 * MIB),
      ways: assumedHere(32),
      latencyCycles: assumedHere(50),
      controls: {
        cpbmWd: assumed(32),
        portionKind: assumedHere('ways'),
        hasCmax: stated(true),
        cmaxWd: assumed(8),
        hasSoftlim: stated(true),
        hasCmin: stated(true),
        cassocWd: assumed(4),
        hasEndis: assumedHere(true),
        hasNfu: assumedHere(true),
      },
    },
  },
  bandwidth: {
    bytesPerSecond: assumed(25.6e9),
    per: assumedHere('machine'),
    channels: assumedHere(1),
    hasMin: stated(true),
    hasMax: stated(true),
    maxLimit: assumedHere('both'),
    bwaWd: assumed(16),
    bwpbmWd: stated(32),
    hasProp: stated(true),
    hasPri: stated(true),
    windwr: assumedHere(true),
    intpriWd: assumedHere(4),
  },
  monitors: {
    ...PLAIN_MONITORS,
    csu: stated(16),
    csuHasCapture: stated(true),
    csuHasXcl: stated(true),
    mbwu: stated(4),
    mbwuBits: stated(63),
    mbwuHasRwbw: stated(true),
    mbwuHasOverflow: stated(true),
    mbwuHasCapture: stated(true),
  },
  quirks: stated([]),
};
