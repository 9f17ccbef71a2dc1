/**
 * How the label of an Exception level comes about (A 5.2, K 1.3; GenMPAMAtEL of the Arm ARM's shared pseudocode).
 *
 * In two steps, because they change at very different rates. A *selection* says where the label comes from: which
 * PARTID space, which register, physical or virtual PARTIDs, or the default label. It depends on configuration and is
 * worked out anew only when a configuration bit changes. A *label* is a selection applied to the fields of a
 * register, and follows every write of those fields.
 *
 * Not told apart here: page table walks, AT instructions and profiling buffers, which use the label of the Exception
 * level that they act for.
 */
import { MPAM3_SDEFLT_HI, MPAMHCR_EL0_VPMEN_LO, MPAMHCR_EL1_VPMEN_LO, MPAMHCR_GSTAPP_PLK_LO } from '../arch/fields.ts';
import { PartidSpace, packLabel } from '../arch/label.ts';
import { Reg } from '../arch/registers.ts';
import { isEl0InHost, isEl2Enabled, isTgeSet, securityAtEl } from './context.ts';
import { isMpamEnabled, selectPartidSpace } from './partid-space.ts';
import type { PeProfile } from './profile.ts';

/**
 * A selection is one integer: kind in bits 1:0, source register (n of MPAMn_ELn) in bits 3:2, PARTID space in bits 5:4.
 */
const KIND_DEFAULT = 0;
const KIND_PHYSICAL = 1;
const KIND_VIRTUAL = 2;

const kindOf = (selection: number): number => selection & 3;
export const spaceOf = (selection: number): number => (selection >> 4) & 3;
/** The label is the register's PARTID and PMG as they stand, if they are in range. */
export const isPhysical = (selection: number): boolean => (selection & 3) === KIND_PHYSICAL;
/** The register whose fields make the label: 0 for MPAM0_EL1 to 3 for MPAM3_EL3. */
export const sourceOf = (selection: number): number => (selection >> 2) & 3;

/** Work out where the label of `el` comes from. Registers start at word `base`. */
export function selectLabel(
  profile: PeProfile,
  registers: Int32Array,
  base: number,
  context: number,
  el: number,
): number {
  const security = securityAtEl(context, el, profile.features.sp4);
  const space = selectPartidSpace(profile, registers, base, context, el, security);
  const source = el === 0 && isLockedToEl1(registers, base, context) ? 1 : el;
  const kind = selectKind(profile, registers, base, context, el, source, security);
  return kind | (source << 2) | (space << 4);
}

function selectKind(
  profile: PeProfile,
  registers: Int32Array,
  base: number,
  context: number,
  el: number,
  source: number,
  security: PartidSpace,
): number {
  if (!isMpamEnabled(profile, registers, base)) return KIND_DEFAULT;
  const sdeflt = (registers[base + 2 * Reg.MPAM3_EL3 + 1]! & MPAM3_SDEFLT_HI) !== 0;
  if (security === PartidSpace.secure && sdeflt) return KIND_DEFAULT;
  if (el === 2 && !isEl2Enabled(context)) return KIND_DEFAULT;
  if (el > profile.highestEl) return KIND_DEFAULT;
  return isVirtual(registers, base, context, source) ? KIND_VIRTUAL : KIND_PHYSICAL;
}

/** EL0 uses the label of EL1. MPAMHCR_EL2 holds 0 where it is not implemented. */
function isLockedToEl1(registers: Int32Array, base: number, context: number): boolean {
  const gstappPlk = (registers[base + 2 * Reg.MPAMHCR_EL2]! & MPAMHCR_GSTAPP_PLK_LO) !== 0;
  return gstappPlk && isEl2Enabled(context) && !isTgeSet(context);
}

/** PARTIDs of the source register are virtual (MPAMIsVirtual). */
function isVirtual(registers: Int32Array, base: number, context: number, source: number): boolean {
  if (!isEl2Enabled(context)) return false;
  const mpamhcrLo = registers[base + 2 * Reg.MPAMHCR_EL2]!;
  if (source === 1) return (mpamhcrLo & MPAMHCR_EL1_VPMEN_LO) !== 0;
  return source === 0 && (mpamhcrLo & MPAMHCR_EL0_VPMEN_LO) !== 0 && !isEl0InHost(context);
}

/** The packed label of a selection, for the PARTID and PMG that stand in the source register (or in MPAMSM_EL1). */
export function applySelection(
  profile: PeProfile,
  registers: Int32Array,
  base: number,
  selection: number,
  partid: number,
  pmg: number,
): number {
  const space = spaceOf(selection);
  if (kindOf(selection) === KIND_DEFAULT) return packLabel(space, 0, 0);
  const pmgInRange = pmg <= profile.pmgMax ? pmg : 0;
  const physical =
    kindOf(selection) === KIND_VIRTUAL && partid <= profile.partidMax
      ? mapVirtualPartid(profile, registers, base, partid)
      : partid;
  if (physical >= 0 && physical <= profile.partidMax) return packLabel(space, physical, pmgInRange);
  // That the PMG becomes 0 too is CONSTRAINED UNPREDICTABLE (PeFeatures.pmgOnPartidError).
  return packLabel(space, 0, profile.keepsPmgOnError ? pmgInRange : 0, true);
}

/** MAP_vPARTID: the physical PARTID, in range or not, or -1 if neither the entry nor entry 0 is valid. */
function mapVirtualPartid(profile: PeProfile, registers: Int32Array, base: number, virtual: number): number {
  const valid = registers[base + 2 * Reg.MPAMVPMV_EL2]!;
  const entry = virtual > profile.vpartidMax ? reduceVirtualPartid(profile, virtual) : virtual;
  if (((valid >>> entry) & 1) !== 0) return mapEntry(registers, base, entry);
  return (valid & 1) !== 0 ? mapEntry(registers, base, 0) : -1;
}

/** An implementation may bring a virtual PARTID into the map as it likes (PeFeatures.vpartidReduction). */
function reduceVirtualPartid(profile: PeProfile, virtual: number): number {
  return profile.reducesVpartidByModulo ? virtual % (profile.vpartidMax + 1) : 0;
}

/** Entry v of the map. MPAMVPM0_EL2 to MPAMVPM7_EL2 are adjacent, so v is a 16-bit index into their words. */
function mapEntry(registers: Int32Array, base: number, entry: number): number {
  const word = registers[base + 2 * Reg.MPAMVPM0_EL2 + (entry >> 1)]!;
  return (entry & 1) !== 0 ? word >>> 16 : word & 0xffff;
}
