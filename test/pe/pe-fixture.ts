/** PEs in a block of their own, and their registers as 64-bit values. */
import type { PeFeatures } from '../../src/arch/features.ts';
import type { PartidSpace } from '../../src/arch/label.ts';
import { type Name, REGISTER_COUNT, Reg } from '../../src/arch/registers.ts';
import { BlockLayout } from '../../src/loop/block.ts';
import { EventRing, reserveEventRing } from '../../src/loop/event-ring.ts';
import { EventKind, metaCode, metaEl, metaKind, metaUnit, metaWorld, ROW_WORDS } from '../../src/loop/event-row.ts';
import { AccessOutcome, ProcessingElements, reserveProcessingElements } from '../../src/pe/processing-elements.ts';

interface ChangeRow {
  readonly pe: number;
  readonly reg: number;
  readonly el: number;
  readonly world: number;
  readonly before: bigint;
  readonly after: bigint;
}

export interface PeFixture {
  readonly pes: ProcessingElements;
  /** The register changes since the last call. */
  takeRows(): ChangeRow[];
}

export function makePes(features: PeFeatures | readonly PeFeatures[]): PeFixture {
  const list = Array.isArray(features) ? (features as readonly PeFeatures[]) : [features as PeFeatures];
  const layout = new BlockLayout();
  const ringRegion = reserveEventRing(layout, 16);
  const regions = reserveProcessingElements(layout, list.length);
  const block = layout.build();
  const ring = new EventRing(block, ringRegion);
  const pes = new ProcessingElements(block, regions, ring, (pe) => list[pe]!);
  const takeRows = (): ChangeRow[] => {
    const rows = Array.from({ length: ring.count }, (_, index) => changeRow(ring.rows, index * ROW_WORDS));
    ring.drain();
    return rows;
  };
  return { pes, takeRows };
}

function changeRow(words: Int32Array, at: number): ChangeRow {
  const meta = words[at + 1]!;
  if (metaKind(meta) !== EventKind.registerChange) throw new Error(`row of kind ${metaKind(meta)}`);
  return {
    pe: metaUnit(meta),
    reg: metaCode(meta),
    el: metaEl(meta),
    world: metaWorld(meta),
    before: value64(words[at + 4]!, words[at + 5]!),
    after: value64(words[at + 6]!, words[at + 7]!),
  };
}

export function value64(lo: number, hi: number): bigint {
  return (BigInt.asUintN(32, BigInt(hi)) << 32n) | BigInt.asUintN(32, BigInt(lo));
}

export const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
export const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));

export const register = (pes: ProcessingElements, pe: number, reg: number): bigint =>
  value64(pes.registerLo(pe, reg), pes.registerHi(pe, reg));

export const registers = (pes: ProcessingElements, pe: number): bigint[] =>
  Array.from({ length: REGISTER_COUNT }, (_, reg) => register(pes, pe, reg));

export const highestEl = (features: PeFeatures): number => (features.el3 ? 3 : features.el2 ? 2 : 1);

/** Reset with the given values in the UNKNOWN bits. */
export function resetTo(pes: ProcessingElements, pe: number, unknown: (reg: number) => bigint): void {
  pes.reset(pe, (reg) => ({ lo: low(unknown(reg)), hi: high(unknown(reg)) }));
}

/** Write registers from the highest Exception level; names that do not exist there are passed over. */
export function writeAll(pes: ProcessingElements, pe: number, features: PeFeatures, values: readonly bigint[]): void {
  pes.enter(pe, highestEl(features), 0);
  pes.setHcr(pe, false, false);
  // MPAM3_EL3 first: its TRAPLOWER has no effect at EL3.
  for (const reg of [Reg.MPAM3_EL3, ...Object.values(Reg)]) {
    const outcome = pes.write(pe, reg as Name, low(values[reg]!), high(values[reg]!));
    if (outcome !== AccessOutcome.done && outcome !== AccessOutcome.undefined) throw new Error(`outcome ${outcome}`);
  }
}

export interface Context {
  readonly e2h: boolean;
  readonly tge: boolean;
  readonly security: PartidSpace;
  readonly el2Enabled: boolean;
}

export function setContext(pes: ProcessingElements, pe: number, context: Context): void {
  pes.setSecurity(pe, context.security, context.el2Enabled);
  pes.setHcr(pe, context.e2h, context.tge);
}
