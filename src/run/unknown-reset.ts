/**
 * The values that UNKNOWN register fields take at reset. The architecture leaves them open, so they are a seeded choice of
 * the scenario; the reset itself records them as events.
 */
import type { PeFeatures } from '../arch/features.ts';
import { labelRegisterHigh, labelRegisterLow } from '../arch/label.ts';
import type { Reg, RegisterValue } from '../arch/registers.ts';
import { type RandomStream, randomStream } from '../loop/random-stream.ts';
import type { GroupSpec } from '../scenario/scenario.ts';
import type { MachinePlan, RunPlan } from './run-plan.ts';

/** Value of a register's UNKNOWN bits; the PE masks it to the fields that exist. */
export type UnknownValues = (reg: Reg) => RegisterValue;

/** The supplier for one PE of one machine. */
export function unknownValues(plan: RunPlan, machine: MachinePlan, cpu: number): UnknownValues {
  const stream = randomStream(plan.seed, 'unknown-reset', machine.name, cpu);
  const choice = machine.unknownReset;
  switch (choice.kind) {
    case 'zero':
      return always({ lo: 0, hi: 0 });
    case 'random':
      return () => randomLabelValue(stream, machine.features);
    case 'group':
      return always(groupValue(plan.groups[choice.group]!));
    case 'worst-case':
      return always(worstValue(plan, stream, machine.features));
  }
}

/** A group's label in MPAM0_EL1 layout (K 1.1), as two halves. */
export function groupValue(group: Omit<GroupSpec, 'name'>): RegisterValue {
  return { lo: labelRegisterLow(group.partidD, group.partidI), hi: labelRegisterHigh(group.pmgD, group.pmgI) };
}

function always<T>(value: T): () => T {
  return () => value;
}

function randomLabelValue(stream: RandomStream, features: PeFeatures): RegisterValue {
  const partid = () => stream.below(features.partidMax + 1);
  const pmg = () => stream.below(features.pmgMax + 1);
  return { lo: labelRegisterLow(partid(), partid()), hi: labelRegisterHigh(pmg(), pmg()) };
}

/**
 * A label that somebody who runs here is hurt by: one of the tenants' labels, which is foreign to all the others. Where there is
 * only one tenant's label, that of a group that no tenant uses.
 */
function worstValue(plan: RunPlan, stream: RandomStream, features: PeFeatures): RegisterValue {
  const used = [...new Set(plan.tenants.map((tenant) => tenant.group))].filter((group) => group !== 0);
  if (used.length > 1) return groupValue(plan.groups[used[stream.below(used.length)]!]!);
  const unused = plan.groups.findLast((_, group) => group !== 0 && !used.includes(group));
  const nobodys = { partidD: features.partidMax, partidI: features.partidMax, pmgD: 0, pmgI: 0 };
  return groupValue(unused ?? nobodys);
}
