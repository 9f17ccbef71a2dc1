/** What would be executed, how caches and memory are partitioned, and what is watched, as tables of text. */
import { formatSize } from '../../scenario/memory-size.ts';
import { formatDuration } from '../../scenario/quantities.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type {
  ComponentSpec,
  PartSpec,
  PatternSpec,
  RegionSpec,
  ServiceSpec,
  WorkloadSpec,
} from '../../workload/workload.ts';
import { monitorText, partitionText } from './partition-text.ts';
import { type Cell, table } from './table.ts';
import { heading } from './terminal.ts';

/** The sections that a scenario with caches has beside the others; none for a scenario without workloads and partitions. */
export function workloadOverview(scenario: Scenario): string[] {
  const sections: string[] = [];
  if (scenario.workloads.length > 0) {
    sections.push(`${heading('Workloads')}\n${workloadTable(scenario)}`);
    sections.push(`${heading('Memory that they touch')}${scaleText(scenario)}\n${memoryTable(scenario.workloads)}`);
  }
  if (scenario.partitions.length > 0) {
    const lines = scenario.partitions.map((partition) => partitionText(partition, scenario));
    sections.push(`${heading('Partitions from the start')}\n${lines.join('\n')}`);
  }
  if (scenario.monitors.length > 0) {
    const lines = scenario.monitors.map((monitor) => monitorText(monitor, scenario));
    sections.push(`${heading('Monitors')}\n${lines.join('\n')}`);
  }
  return sections;
}

function scaleText({ machines, workloads }: Scenario): string {
  const scale = machines.find(({ topology }) => topology !== undefined)?.topology?.scale ?? 1;
  if (scale === 1) return '';
  const hasRecorded = workloads.some(({ kind }) => kind === 'recorded');
  return `, at scale 1/${scale}${hasRecorded ? ' (recorded traces are not scaled)' : ''}`;
}

function workloadTable(scenario: Scenario): string {
  const columns = ['workload', 'executed by', 'phase', 'side', 'instructions/access', 'CPI', 'MLP', 'requests'];
  const rows = scenario.workloads.flatMap((workload, index): Cell[][] => {
    const by = executorsOf(index, scenario).join(', ') || 'nobody';
    return partsOf(workload).map(({ phase, side, part }) => {
      const { instructionsPerAccess, baseCpi, parallelism } = part;
      const pace = [instructionsPerAccess, baseCpi, parallelism].map(fixedText);
      return [workload.name, by, phase, side, ...pace, side === 'user' ? requestsText(workload.service) : ''];
    });
  });
  return table(columns, rows);
}

/** VMs and host tasks, as the file names them. */
function executorsOf(workload: number, { vms, hostTasks }: Scenario): string[] {
  return [
    ...vms.filter((vm) => vm.workload === workload).map(({ name }) => name),
    ...vms.filter((vm) => vm.vmmWorkload === workload).map(({ name }) => `VMM of ${name}`),
    ...hostTasks.filter((task) => task.workload === workload).map(({ comm }) => comm),
  ];
}

interface PartRow {
  readonly phase: string;
  readonly side: 'user' | 'kernel';
  readonly part: Pick<PartSpec, 'instructionsPerAccess' | 'baseCpi' | 'parallelism'> & Partial<PartSpec>;
}

function partsOf(workload: WorkloadSpec): PartRow[] {
  if (workload.kind === 'recorded') {
    return [{ phase: '', side: 'user', part: workload }, ...kernelRow('', workload.kernel)];
  }
  return workload.phases.flatMap(({ lengthNs, user, kernel }, index): PartRow[] => {
    const length = Number.isFinite(lengthNs) ? formatDuration(lengthNs) : 'to the end';
    const phase = workload.phases.length === 1 && !Number.isFinite(lengthNs) ? '' : `${index} (${length})`;
    return [...(user === undefined ? [] : [{ phase, side: 'user' as const, part: user }]), ...kernelRow(phase, kernel)];
  });
}

function kernelRow(phase: string, kernel: PartSpec | undefined): PartRow[] {
  return kernel === undefined ? [] : [{ phase, side: 'kernel', part: kernel }];
}

function memoryTable(workloads: readonly WorkloadSpec[]): string {
  const columns = ['workload', 'phase', 'side', 'what', 'pattern', 'size', 'one per', 'region', 'weight', 'stores'];
  const rows = workloads.flatMap((workload) => [
    ...(workload.kind === 'recorded' ? [recordedRow(workload)] : []),
    ...partsOf(workload).flatMap(({ phase, side, part }) => {
      const before = [workload.name, phase, side];
      return [...(part.components ?? []).map((component) => componentRow(before, component)), ...codeRow(before, part)];
    }),
  ]);
  return table(columns, rows);
}

function recordedRow({ name, file, format, repeats }: Extract<WorkloadSpec, { kind: 'recorded' }>): Cell[] {
  const what = `recorded, ${format === 'auto' ? 'format to be recognised' : format}`;
  return [name, '', 'user', what, repeats ? 'again and again' : 'once', '', 'vcpu', file, '', ''];
}

function componentRow(before: readonly Cell[], component: ComponentSpec): Cell[] {
  const { region, pattern, weight, elementBytes, writesPerThousand } = component;
  const what = `data of ${elementBytes}B`;
  return [...before, what, patternText(pattern), ...regionCells(region), weight, `${writesPerThousand / 10} %`];
}

function codeRow(before: readonly Cell[], { code }: PartRow['part']): Cell[][] {
  return code === undefined
    ? []
    : [[...before, 'code', patternText(code.pattern), ...regionCells(code.region), '', '']];
}

function regionCells({ bytes, sharing, name }: RegionSpec): Cell[] {
  return [formatSize(bytes), sharing, name];
}

function patternText(pattern: PatternSpec): string {
  if (pattern.kind === 'zipf') return `zipf, exponent ${pattern.exponentMilli / 1000}`;
  return pattern.kind === 'strided' ? `strided by ${formatSize(pattern.strideBytes)}` : pattern.kind;
}

function requestsText(service: ServiceSpec | undefined): string {
  if (service === undefined) return '';
  const { arrivals, accessesPerRequest } = service;
  const when =
    arrivals.kind === 'file' ? `at times in ${arrivals.file}` : `every ${formatDuration(arrivals.meanNs)} (mean)`;
  return `${when}, ${accessesPerRequest} accesses each`;
}

/** In 1/256, with as many decimals as say something. */
function fixedText(value: number): string {
  return String(Number((value / 256).toFixed(3)));
}
