/**
 * The state of each PE at a moment: its MPAM registers, field by field, and the labels that follow from them.
 *
 * Labels are not stored. The registers are written into processing elements as firmware at the highest Exception level
 * would write them, and these select their labels as they do in a run.
 *
 * Left out: HCR_EL2, which is no MPAM register and not stored. It decides about labels only where GSTAPP_PLK or virtual
 * PARTIDs are in use, which Linux never does (K 1.4).
 */
import type { PeFeatures } from '../arch/features.ts';
import { labelHasError, labelPartid, labelPmg } from '../arch/label.ts';
import { decodeFields, formatHex64, Reg } from '../arch/registers.ts';
import { BlockLayout } from '../loop/block.ts';
import { EventRing, reserveEventRing } from '../loop/event-ring.ts';
import { World } from '../loop/event-row.ts';
import { ProcessingElements, reserveProcessingElements } from '../pe/processing-elements.ts';
import type { RegisterAt } from './register-state.ts';
import type { RunHeader } from './run-header.ts';

/** A register at a moment. */
export interface RegisterSnapshot {
  readonly register: string;
  /** `0x` and 16 hexadecimal digits. */
  readonly value: string;
  readonly fields: Readonly<Record<string, number>>;
  /** The change that set it. */
  readonly sinceNs: number;
  readonly seq: number;
}

/** What a PE puts on its memory accesses at an Exception level. */
export interface LabelInForce {
  readonly el: number;
  readonly access: 'data' | 'instruction';
  readonly partid: number;
  readonly pmg: number;
  /** The PARTID could not be used as it stood. */
  readonly error: boolean;
}

/** A PE at a moment. */
export interface PeSnapshot {
  readonly pe: number;
  readonly machine: string;
  readonly cpu: number;
  readonly registers: readonly RegisterSnapshot[];
  readonly labels: readonly LabelInForce[];
}

/**
 * All PEs of a run, in order of their numbers.
 * @param registers of one moment, from `RunReader.registersAt`. Registers that were never changed hold 0 and are left out.
 */
export function peStates(header: RunHeader, registers: readonly RegisterAt[]): PeSnapshot[] {
  const live = restoredPes(header, registers);
  const registersOf = Map.groupBy(registers, ({ pe }) => pe);
  return header.pes.map(({ id: pe, machine, cpu }) => ({
    pe,
    machine: header.machines[machine]!.name,
    cpu,
    registers: (registersOf.get(pe) ?? []).map((register) => registerSnapshot(header, register)),
    labels: [0, 1, 2, 3].flatMap((el) => [
      labelInForce(el, 'data', live.dataLabel(pe, el)),
      labelInForce(el, 'instruction', live.instructionLabel(pe, el)),
    ]),
  }));
}

function registerSnapshot(header: RunHeader, { register, lo, hi, timeNs, seq }: RegisterAt): RegisterSnapshot {
  const fields = decodeFields(register as Reg, lo | 0, hi | 0);
  return {
    register: header.registers[register]!.name,
    value: formatHex64(lo, hi),
    fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
    sinceNs: timeNs,
    seq,
  };
}

function labelInForce(el: number, access: LabelInForce['access'], label: number): LabelInForce {
  return { el, access, partid: labelPartid(label), pmg: labelPmg(label), error: labelHasError(label) };
}

/** Processing elements that hold these registers. */
function restoredPes(header: RunHeader, registers: readonly RegisterAt[]): ProcessingElements {
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
  return pes;
}
