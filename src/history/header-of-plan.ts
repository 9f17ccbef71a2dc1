/** The header of a run file, from the plan of the run: names for all the numbers in event rows. */
import { NAMES, REGISTERS } from '../arch/registers.ts';
import { World } from '../loop/event-row.ts';
import { COMMAND_CODE_NAMES, RUN_CODE_NAMES } from '../run/codes.ts';
import { ENGINE_VERSION } from '../run/engine-version.ts';
import type { MachinePlan, RunPlan } from '../run/run-plan.ts';
import { ScheduleKind } from '../schedule/schedule-batch.ts';
import { canonicalJson } from './canonical-json.ts';
import { codeNames } from './code-names.ts';
import { memoryLists } from './header-of-hierarchies.ts';
import type { CodeName, MachineRow, PeRow, RegisterFieldRow, RegisterRow, RunHeader } from './run-header.ts';

export function headerOfPlan(plan: RunPlan): RunHeader {
  return {
    name: plan.name,
    description: plan.description,
    scenarioFile: plan.scenarioFile,
    scenarioText: plan.scenarioText,
    seed: plan.seed,
    engineVersion: ENGINE_VERSION,
    timeOriginNs: plan.timeOriginNs,
    parent: null,
    inputs: plan.inputs.map(({ path, sha256, byteLength }) => ({ path, sha256, bytes: byteLength })),
    machines: plan.machines.map((machine, id) => machineRow(plan, machine, id)),
    pes: peRows(plan.machines),
    registers: registerRows(),
    registerFields: registerFieldRows(),
    controlGroups: plan.groups.map(({ name, partidD, partidI, pmgD, pmgI }, id) => {
      return { id, name, partidD, partidI, pmgD, pmgI };
    }),
    tenants: plan.tenants.map(({ name, group }, id) => ({ id, name, controlGroup: group })),
    vms: plan.vms.map(({ name, tenant }, id) => ({ id, name, tenant })),
    worlds: codeNames(World),
    scheduleKinds: codeNames(ScheduleKind),
    commandCodes: idsAndNames(COMMAND_CODE_NAMES),
    runCodes: idsAndNames(RUN_CODE_NAMES),
    ...memoryLists(plan.machines),
  };
}

function machineRow(plan: RunPlan, machine: MachinePlan, id: number): MachineRow {
  const { name, kernel, mode, unknownReset, features } = machine;
  const reset = unknownReset.kind === 'group' ? `group ${plan.groups[unknownReset.group]!.name}` : unknownReset.kind;
  return { id, name, kernel, mode, unknownReset: reset, features: canonicalJson(features) };
}

function peRows(machines: readonly MachinePlan[]): PeRow[] {
  const rows: PeRow[] = [];
  for (const [machine, { peCount }] of machines.entries()) {
    for (let cpu = 0; cpu < peCount; cpu++) rows.push({ id: rows.length, machine, cpu });
  }
  return rows;
}

function registerRows(): RegisterRow[] {
  return NAMES.map(({ name, encoding: { op0, op1, CRn, CRm, op2 } }, id) => {
    return { id, name, encoding: `${op0}, ${op1}, ${CRn}, ${CRm}, ${op2}` };
  });
}

function registerFieldRows(): RegisterFieldRow[] {
  return REGISTERS.flatMap(({ fields }, register) =>
    fields.map(({ name, high, low }) => ({ register, name, lowBit: low, width: high - low + 1 })),
  );
}

function idsAndNames(names: Readonly<Record<number, string>>): CodeName[] {
  return Object.entries(names).map(([id, name]) => ({ id: Number(id), name }));
}
