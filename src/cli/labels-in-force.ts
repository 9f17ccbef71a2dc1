/**
 * The labels that follow from stored registers: the registers are written into processing elements as firmware at the
 * highest Exception level would write them, and these select their labels as they do in a run.
 *
 * Left out: HCR_EL2, which is no MPAM register and not stored. It decides about labels only where GSTAPP_PLK or virtual
 * PARTIDs are in use, which Linux never does (K 1.4).
 */
import type { PeFeatures } from '../arch/features.ts';
import { Reg } from '../arch/registers.ts';
import type { RegisterAt } from '../history/register-state.ts';
import type { RunHeader } from '../history/run-header.ts';
import { BlockLayout } from '../loop/block.ts';
import { EventRing, reserveEventRing } from '../loop/event-ring.ts';
import { World } from '../loop/event-row.ts';
import { ProcessingElements, reserveProcessingElements } from '../pe/processing-elements.ts';

/** Packed labels at `pe * 8 + el * 2`, data first, then instruction (ProcessingElements.labels). */
export function labelsInForce(header: RunHeader, registers: readonly RegisterAt[]): Int32Array {
  const featuresOf = header.machines.map(({ features }) => JSON.parse(features) as PeFeatures);
  const layout = new BlockLayout();
  const regions = reserveProcessingElements(layout, header.pes.length);
  const ringRegion = reserveEventRing(layout, 64);
  const block = layout.build();
  const ring = new EventRing(block, ringRegion);
  const pes = new ProcessingElements(block, regions, ring, (pe) => featuresOf[header.pes[pe]!.machine]!);
  for (const { id: pe, machine } of header.pes) pes.enter(pe, featuresOf[machine]!.el3 ? 3 : 2, World.firmware);
  for (const { pe, register, lo, hi } of registers) {
    if (register !== Reg.MPAMIDR_EL1) pes.write(pe, register as Reg, lo | 0, hi | 0);
    ring.drain();
  }
  return pes.labels;
}
