/** The state of each PE at a moment: its MPAM registers, field by field, and the labels that follow from them. */
import { labelHasError, labelPartid, labelPmg } from '../../arch/label.ts';
import { decodeFields, formatHex64, type Reg } from '../../arch/registers.ts';
import type { RegisterAt } from '../../history/register-state.ts';
import type { RunHeader } from '../../history/run-header.ts';
import { labelsInForce } from '../labels-in-force.ts';
import { seconds } from './format.ts';
import { table } from './table.ts';
import { heading } from './terminal.ts';

interface RegisterState {
  readonly register: string;
  /** `0x` and 16 hexadecimal digits. */
  readonly value: string;
  readonly fields: Readonly<Record<string, number>>;
  /** The change that set it. */
  readonly sinceNs: number;
  readonly seq: number;
}

interface LabelState {
  readonly el: number;
  readonly access: 'data' | 'instruction';
  readonly partid: number;
  readonly pmg: number;
  /** The PARTID could not be used as it stood. */
  readonly error: boolean;
}

export interface PeState {
  readonly pe: number;
  readonly machine: string;
  readonly cpu: number;
  readonly registers: readonly RegisterState[];
  readonly labels: readonly LabelState[];
}

/** All PEs of a run. Registers that were never changed hold 0 and are left out. */
export function peStates(header: RunHeader, registers: readonly RegisterAt[]): PeState[] {
  const labels = labelsInForce(header, registers);
  return header.pes.map(({ id: pe, machine, cpu }) => ({
    pe,
    machine: header.machines[machine]!.name,
    cpu,
    registers: registers.filter((register) => register.pe === pe).map((register) => registerState(header, register)),
    labels: [0, 1, 2, 3].flatMap((el) => [
      labelState(el, 'data', labels[pe * 8 + el * 2]!),
      labelState(el, 'instruction', labels[pe * 8 + el * 2 + 1]!),
    ]),
  }));
}

function registerState(header: RunHeader, { register, lo, hi, timeNs, seq }: RegisterAt): RegisterState {
  const fields = decodeFields(register as Reg, lo | 0, hi | 0);
  return {
    register: header.registers[register]!.name,
    value: formatHex64(lo, hi),
    fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
    sinceNs: timeNs,
    seq,
  };
}

function labelState(el: number, access: LabelState['access'], label: number): LabelState {
  return { el, access, partid: labelPartid(label), pmg: labelPmg(label), error: labelHasError(label) };
}

export function stateText(states: readonly PeState[]): string {
  const registerRows = states.flatMap(({ pe, machine, cpu, registers }) =>
    registers.map(({ register, value, fields, sinceNs, seq }) => {
      return [pe, machine, cpu, register, value, fieldText(fields), seconds(sinceNs), seq];
    }),
  );
  const labelRows = states.map(({ pe, machine, cpu, labels }) => [
    pe,
    machine,
    cpu,
    ...[0, 1, 2, 3].map(elText(labels)),
  ]);
  return [
    heading('Registers (those never changed hold 0)'),
    table(['PE', 'machine', 'CPU', 'register', 'value', 'fields that are not 0', 'since', 'seq'], registerRows),
    '',
    heading('Labels in force, PARTID/PMG; data and instruction where they differ'),
    table(['PE', 'machine', 'CPU', 'EL0', 'EL1', 'EL2', 'EL3'], labelRows),
  ].join('\n');
}

function fieldText(fields: RegisterState['fields']): string {
  const set = Object.entries(fields).filter(([, value]) => value !== 0);
  return set.map(([name, value]) => `${name}=${value}`).join(' ');
}

function elText(labels: readonly LabelState[]): (el: number) => string {
  return (el) => {
    const texts = labels
      .filter((label) => label.el === el)
      .map(({ partid, pmg, error }) => `${partid}/${pmg}${error ? '!' : ''}`);
    return [...new Set(texts)].join(' ');
  };
}
