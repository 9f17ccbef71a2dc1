/**
 * The judge of label selection: A 5.2 and K 1.3 (with D21.2.2 for EL0 under a host) written down once more, slowly, on
 * 64-bit values, without a look at src/pe.
 */
import type { PeFeatures } from '../../src/arch/features.ts';
import type { Context } from './pe-fixture.ts';

export interface NaiveLabel {
  readonly space: 'secure' | 'non-secure' | 'root' | 'realm';
  readonly partid: number;
  readonly pmg: number;
  readonly error: boolean;
}

export type AccessKind = 'data' | 'instruction' | 'streaming';

const SPACES = ['secure', 'non-secure', 'root', 'realm'] as const;
const MPAM0 = 0;
const MPAM1 = 1;
const MPAM2 = 2;
const MPAM3 = 3;
const MPAMHCR = 4;
const MPAMVPMV = 5;
const MPAMVPM0 = 6;
const MPAMSM = 15;

const bit = (value: bigint, at: number): boolean => ((value >> BigInt(at)) & 1n) === 1n;
const bits = (value: bigint, high: number, low: number): number =>
  Number((value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n));

/** The label of a request made at `el`; `r` holds the registers by identity. */
export function naiveLabel(f: PeFeatures, r: readonly bigint[], c: Context, el: number, kind: AccessKind): NaiveLabel {
  const el2Enabled = f.el2 && c.el2Enabled;
  const hostEl0 = el2Enabled && c.e2h && c.tge;
  const enabled = bit(r[f.el3 ? MPAM3 : f.el2 ? MPAM2 : MPAM1]!, 63);
  const security = el === 3 ? (f.sp4 ? 'root' : 'secure') : SPACES[c.security]!;

  let space: NaiveLabel['space'] = security;
  if (f.hasAltsp && security === 'root' && bit(r[MPAM3]!, 55)) space = bit(r[MPAM3]!, 52) ? 'non-secure' : 'secure';
  if (f.hasAltsp && (security === 'secure' || security === 'realm')) {
    let alternative: boolean;
    if (!bit(r[MPAM3]!, 57)) alternative = bit(r[MPAM3]!, 56);
    else if (!enabled) alternative = false;
    else if (el === 2 || (el === 0 && hostEl0)) alternative = bit(r[MPAM2]!, 55);
    else alternative = el2Enabled && bit(r[MPAM2]!, 56);
    if (alternative) space = 'non-secure';
  }
  if (f.version === 'v0.1' && f.hasForceNs && security === 'secure' && bit(r[MPAM3]!, 60)) space = 'non-secure';

  const byDefault = { space, partid: 0, pmg: 0, error: false };
  if (f.hasSdeflt && security === 'secure' && bit(r[MPAM3]!, 61)) return byDefault;
  if (!enabled) return byDefault;

  const locked = f.hasHcr && el === 0 && el2Enabled && bit(r[MPAMHCR]!, 8) && !c.tge;
  const effectiveEl = locked ? 1 : el;
  if (effectiveEl === 2 && !el2Enabled) return byDefault;
  const source = kind === 'streaming' ? r[MPAMSM]! : r[[MPAM0, MPAM1, MPAM2, MPAM3][effectiveEl]!]!;
  const isInstruction = kind === 'instruction';
  let partid = isInstruction ? bits(source, 15, 0) : bits(source, 31, 16);
  const pmg = isInstruction ? bits(source, 39, 32) : bits(source, 47, 40);

  let error = false;
  if (partid > f.partidMax) {
    partid = 0;
    error = true;
  } else if (isVirtual(f, r, el2Enabled, hostEl0, effectiveEl)) {
    ({ partid, error } = mapVirtual(f, r, partid));
  }
  const keepsPmg = !error || f.pmgOnPartidError === 'kept';
  return { space, partid, pmg: keepsPmg && pmg <= f.pmgMax ? pmg : 0, error };
}

function isVirtual(f: PeFeatures, r: readonly bigint[], el2Enabled: boolean, hostEl0: boolean, el: number): boolean {
  if (!f.hasHcr || !el2Enabled) return false;
  if (el === 0) return bit(r[MPAMHCR]!, 0) && !hostEl0;
  return el === 1 && bit(r[MPAMHCR]!, 1);
}

function mapVirtual(f: PeFeatures, r: readonly bigint[], virtual: number): { partid: number; error: boolean } {
  const vmax = 4 * f.vpmrMax + 3;
  let v = virtual;
  if (v > vmax) v = f.vpartidReduction === 'modulo' ? v % (vmax + 1) : 0;
  const field = v % 4;
  const entry = bits(r[MPAMVPM0 + Math.floor(v / 4)]!, 16 * field + 15, 16 * field);
  let physical: number;
  if (bit(r[MPAMVPMV]!, v)) physical = entry;
  else if (bit(r[MPAMVPMV]!, 0)) physical = bits(r[MPAMVPM0]!, 15, 0);
  else return { partid: 0, error: true };
  return physical > f.partidMax ? { partid: 0, error: true } : { partid: physical, error: false };
}
