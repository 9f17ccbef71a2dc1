/**
 * What an MSC of v1.0 cannot have, as it came with v1.1 (A 1): CMIN, CMAX's soft limit, CASSOC, PARTID disable, resource
 * instances, the extended IDR and ESR with what they tell, error and overflow MSIs, overflow registers of monitors, and the XCL
 * filter. A topology that asks for one of them is told so: the MSC would be another one than the author meant.
 */
import type { CacheControlFeatures, MonitorFeatures, MscFeatures, MscFrontFeatures } from '../memory/msc-config.ts';
import type { TellProblem } from './topology-problem.ts';

const FRONT_FLAGS = ['hasExtdEsr', 'hasErrMsi', 'hasOflowSr', 'hasOflwMsi', 'hasDefaultPartid'] as const;
const CONTROL_FLAGS = ['hasEndis', 'hasSoftlim', 'hasCmin'] as const;
const MONITOR_FLAGS = [
  ...(['hasOfsr', 'hasOflowLnkg', 'hasOflowCapt', 'hasCevntOflw', 'noMatchPartid', 'noMatchPmg'] as const),
  'hasXcl',
] as const;

/** What an MSC has behind its front. */
interface BehindFront {
  readonly controls: MscFeatures & Partial<CacheControlFeatures>;
  readonly monitors: MonitorFeatures | undefined;
}

/** @param tell takes places in the draft of the cache or of memory. */
export function tellVersionProblems(
  front: MscFrontFeatures,
  { controls, monitors }: BehindFront,
  tell: TellProblem,
): void {
  if (front.version !== 'v1.0') return;
  const refuse = (path: readonly string[], value: string | number | boolean, allowed: string | number): void =>
    tell(path, value, `${allowed} in an MSC of v1.0`, 'it came with version v1.1');
  if (front.spaces === 4) refuse(['msc', 'spaces'], 4, 2);
  for (const flag of FRONT_FLAGS) if (front[flag]) refuse(['msc', flag], true, 'false');
  for (const key of ['ingress', 'egress'] as const) {
    if (front[key] !== undefined) refuse(['msc', key], 'set', 'no translation');
  }
  for (const flag of CONTROL_FLAGS) if (controls[flag] === true) refuse(['controls', flag], true, 'false');
  const { cassocWd = 0 } = controls;
  if (cassocWd > 0) refuse(['controls', 'cassocWd'], cassocWd, 0);
  for (const type of ['csu', 'mbwu'] as const) {
    const features: Partial<Record<(typeof MONITOR_FLAGS)[number], boolean>> = monitors?.[type] ?? {};
    for (const flag of MONITOR_FLAGS) if (features[flag] === true) refuse(['monitors', type, flag], true, 'false');
  }
}
