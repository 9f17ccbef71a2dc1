/** Workloads with all defaults filled in, working sets scaled, and files found. */
import { dirname, isAbsolute, join } from 'node:path';
import type { PhaseSpec, ServiceSpec, WorkloadSpec } from '../workload/workload.ts';
import { requireCaches } from './require-caches.ts';
import type { MachineSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import type { ScenarioInput } from './scenario-schema.ts';
import { kernelPart, type Level, type PartContext, userPart } from './workload-parts.ts';
import { type ServiceInput, WORKLOAD_DEFAULTS, type WorkloadInput } from './workload-schema.ts';

/** Why a file cannot be used as an input, in words; undefined if it can, as far as can be seen without reading it. */
export type InputProblem = (path: string) => string | undefined;

/** What workloads are resolved against. */
interface WorkloadContext extends PartContext {
  readonly machines: readonly MachineSpec[];
  /** The scenario's own file, which inputs are relative to. */
  readonly file: string;
  readonly inputProblem: InputProblem;
}

/** Requests wait for the vCPUs of a VM: nobody else serves them. */
export function refuseService(workload: WorkloadInput | undefined, path: Path, report: Report): void {
  if (workload?.service === undefined) return;
  report(path, 'has a service, whose requests only a guest can serve', { hint: "name it as a VM's workload" });
}

/** In the file's order. */
export function resolveWorkloads(
  workloads: ScenarioInput['workloads'],
  context: WorkloadContext,
): readonly WorkloadSpec[] {
  const entries = Object.entries(workloads);
  if (entries.length > 0)
    requireCaches(context.machines, ['workloads'], 'no workload would be executed', context.report);
  return entries.map(([name, input]) => resolveWorkload(name, input, context));
}

function resolveWorkload(name: string, input: WorkloadInput, context: WorkloadContext): WorkloadSpec {
  const path = ['workloads', name];
  const service = input.service === undefined ? undefined : resolveService(input.service, path, context);
  if ('trace' in input) return { ...resolveRecorded(name, input, path, context), service };
  return { kind: 'synthetic', name, phases: resolvePhases(input, path, context), service };
}

function resolvePhases(
  input: Exclude<WorkloadInput, { trace: string }>,
  path: Path,
  context: WorkloadContext,
): readonly PhaseSpec[] {
  const workload: Level = { input, path };
  if (!('phases' in input)) {
    const user = userPart(input.data, [...path, 'data'], [workload], context);
    return [{ lengthNs: Number.POSITIVE_INFINITY, user, kernel: kernelPart([workload], context) }];
  }
  return input.phases.map((phase, index) => {
    const phasePath = [...path, 'phases', index];
    const isLast = index === input.phases.length - 1;
    if (phase.for === undefined && !isLast) {
      context.report(phasePath, 'has no length, so that the phases after it never come', { hint: 'e.g. for: 20ms' });
    }
    const levels: readonly Level[] = [{ input: phase, path: phasePath }, workload];
    return {
      lengthNs: phase.for ?? Number.POSITIVE_INFINITY,
      user: userPart(phase.data, [...phasePath, 'data'], levels, context),
      kernel: kernelPart(levels, context),
    };
  });
}

type RecordedSpec = Extract<WorkloadSpec, { kind: 'recorded' }>;

/** A recorded trace is executed at the user side; it cannot be scaled. */
function resolveRecorded(
  name: string,
  input: Extract<WorkloadInput, { trace: string }>,
  path: Path,
  context: WorkloadContext,
): Omit<RecordedSpec, 'service'> {
  return {
    kind: 'recorded',
    name,
    file: input.trace,
    path: inputPath(input.trace, [...path, 'trace'], context),
    format: input.format,
    repeats: input.repeat,
    instructionsPerAccess: input.instructions_per_access ?? WORKLOAD_DEFAULTS.instructionsPerAccess,
    baseCpi: input.cpi ?? WORKLOAD_DEFAULTS.baseCpi,
    parallelism: input.mlp ?? WORKLOAD_DEFAULTS.parallelism,
    kernel: kernelPart([{ input, path }], context),
  };
}

function resolveService(service: ServiceInput, path: Path, context: WorkloadContext): ServiceSpec {
  const at = [...path, 'service'];
  const { rate, arrivals, accesses } = service;
  const hint = 'give a rate, e.g. 2000/s, or a file of arrivals';
  if (rate === undefined && arrivals === undefined) context.report(at, 'has no requests', { hint });
  if (rate !== undefined && arrivals !== undefined) context.report(at, 'has both a rate and arrivals', { hint });
  if (arrivals === undefined) return { arrivals: { kind: 'poisson', meanNs: rate ?? 1 }, accessesPerRequest: accesses };
  const found = inputPath(arrivals, [...at, 'arrivals'], context);
  return { arrivals: { kind: 'file', file: arrivals, path: found }, accessesPerRequest: accesses };
}

/** Where an input is from here; reports one that cannot be used. */
function inputPath(file: string, path: Path, { file: scenarioFile, inputProblem, report }: WorkloadContext): string {
  const found = isAbsolute(file) ? file : join(dirname(scenarioFile), file);
  const problem = inputProblem(found);
  if (problem !== undefined) report(path, `${found}: ${problem}`, { hint: 'files are relative to the scenario' });
  return found;
}
