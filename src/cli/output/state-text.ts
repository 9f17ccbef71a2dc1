/** The state of PEs, MSCs and caches at a moment, as tables. */
import type { CacheHolder, CacheSnapshot } from '../../history/cache-states.ts';
import type { MscSnapshot } from '../../history/msc-states.ts';
import type { LabelInForce, PeSnapshot, RegisterSnapshot } from '../../history/pe-states.ts';
import { percent, seconds } from './format.ts';
import { table } from './table.ts';
import { heading } from './terminal.ts';

/** A table of registers and one of labels; if there are MSCs, one of their settings; if there are caches, of who holds them. */
export function stateText(
  states: readonly PeSnapshot[],
  mscs: readonly MscSnapshot[],
  caches: readonly CacheSnapshot[],
): string {
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
    ...(mscs.length === 0 ? [] : ['', mscText(mscs)]),
    ...(caches.length === 0 ? [] : ['', cachesText(caches)]),
  ].join('\n');
}

function mscText(states: readonly MscSnapshot[]): string {
  const rows = states.flatMap(({ msc, machine, name, settings }) =>
    settings.map((setting) => {
      const { register, ris, resource, partidSpace, partid, internal, instance, value, sinceNs, seq } = setting;
      const whose = partid === null ? `monitor ${instance}` : `${partid}${internal ? ' (internal)' : ''}`;
      return [msc, machine, name, ris, resource ?? '-', partidSpace, whose, register, value, seconds(sinceNs), seq];
    }),
  );
  const title = heading('MSC settings (those never changed are as after reset)');
  if (rows.length === 0) return `${title}\nnone was changed`;
  const setting = ['PARTID space', 'PARTID', 'register', 'value', 'since', 'seq'];
  return `${title}\n${table(['MSC', 'machine', 'name', 'RIS', 'resource', ...setting], rows)}`;
}

function cachesText(states: readonly CacheSnapshot[]): string {
  const rows = states.flatMap(({ machine, cache, capacityLines, sampledNs, holders }) =>
    holders.map((holder) => {
      const { tenant, partidSpace, lines, bytes } = holder;
      const held = [lines, (bytes / 1024).toFixed(1), percent(lines / capacityLines)];
      return [machine, cache, tenant ?? '-', partidSpace, labelText(holder), ...held, seconds(sampledNs!)];
    }),
  );
  const title = heading('Lines in the last caches (by the last sample until then)');
  if (rows.length === 0) {
    return `${title}\n${states.some(({ sampledNs }) => sampledNs !== null) ? 'none' : 'there was no sample until then'}`;
  }
  const owner = ['tenant', 'PARTID space', 'PARTID/PMG'];
  return `${title}\n${table(['machine', 'cache', ...owner, 'lines', 'KiB', 'share', 'sampled'], rows)}`;
}

function labelText({ partid, pmg, error }: LabelInForce | CacheHolder): string {
  return `${partid}/${pmg}${error ? '!' : ''}`;
}

function fieldText(fields: RegisterSnapshot['fields']): string {
  const set = Object.entries(fields).filter(([, value]) => value !== 0);
  return set.map(([name, value]) => `${name}=${value}`).join(' ');
}

function elText(labels: readonly LabelInForce[]): (el: number) => string {
  return (el) => {
    const texts = labels.filter((label) => label.el === el).map(labelText);
    return [...new Set(texts)].join(' ');
  };
}
