/** From caches as written to caches with all numbers known; what does not fit together is reported at its place. */
import { NO_LINE } from '../../loop/assembly/layout.ts';
import { TOPOLOGY_LIMITS } from '../../machine/topology.ts';
import { brokenCacheRules } from '../../memory/cache-rules.ts';
import { checkAgainst } from '../issue-text.ts';
import { formatSize } from '../memory-size.ts';
import type { Report } from '../scenario-problem.ts';
import { snakeCase } from '../snake-case.ts';
import { type CacheInput, type HierarchyInput, hierarchySchema } from './hierarchy-schema.ts';
import { DEFAULT_MEMORY_LINES, type StudyCache, type StudyHierarchy, type StudyLlc } from './study-hierarchy.ts';

/** Line numbers have 32 bits, and the last one means that a way is invalid. */
const MEMORY_LINES_MAX = NO_LINE;

/**
 * Check plain data (from YAML, or made of command-line options) and resolve it.
 * @returns undefined if anything was reported.
 */
export function resolveHierarchy(plain: unknown, report: Report): StudyHierarchy | undefined {
  let isSound = true;
  const observed: Report = (path, message, options) => {
    isSound = false;
    report(path, message, options);
  };
  const input = checkAgainst(hierarchySchema, plain ?? {}, observed);
  const hierarchy = input && resolved(input, observed);
  return isSound ? hierarchy : undefined;
}

function resolved(input: HierarchyInput, report: Report): StudyHierarchy {
  const { line, l1i, l1d, l2, llc } = input;
  if ((line & (line - 1)) !== 0) report(['line'], `${formatSize(line)}; expected a power of two`);
  if (l1i === undefined && l1d === undefined && l2 === undefined && llc === undefined) {
    report([], 'there is no cache', { hint: 'give at least llc, e.g. llc: { size: 1MiB, ways: 16 }' });
  }
  const hasL1 = l1i !== undefined || l1d !== undefined;
  const memoryLines = input.memory === undefined ? DEFAULT_MEMORY_LINES : Math.floor(input.memory / line);
  if (memoryLines > MEMORY_LINES_MAX) {
    report(['memory'], `${memoryLines} lines; expected at most ${MEMORY_LINES_MAX}`, { hint: 'use longer lines' });
  }
  return {
    lineBytes: line,
    l1i: l1i && cacheOf('l1i', l1i, line, false, report),
    l1d: l1d && cacheOf('l1d', l1d, line, false, report),
    l2: l2 && cacheOf('l2', l2, line, hasL1, report),
    llc: llc && llcOf(llc, line, hasL1 || l2 !== undefined, report),
    memoryLines,
  };
}

function cacheOf(key: string, input: CacheInput, line: number, hasInner: boolean, report: Report): StudyCache {
  const { ways, policy, write_policy: writePolicy } = input;
  const inclusion = 'inclusion' in input ? input.inclusion : 'non-inclusive';
  if (inclusion !== 'non-inclusive' && !hasInner) {
    report([key, 'inclusion'], `${inclusion}; there is no cache inside it`, { hint: 'leave it out' });
  }
  const writeHitOwner = 'write_hit_owner' in input ? input.write_hit_owner : 'allocator';
  for (const { member, value, allowed, hint } of brokenCacheRules({ inclusion, writePolicy, writeHitOwner })) {
    report([key, snakeCase(member)], `${value}; expected ${allowed}`, { hint });
  }
  return { sets: setsOf(key, input, line, report), ways, policy, writePolicy, inclusion };
}

function setsOf(key: string, { size, sets, ways }: CacheInput, line: number, report: Report): number {
  if (size !== undefined && sets !== undefined) report([key, 'sets'], 'there is a size, too: give one of them');
  if (sets !== undefined) return sets;
  if (size === undefined) {
    report([key], 'has neither size nor sets');
    return 1;
  }
  const bySize = size / (ways * line);
  const { max } = TOPOLOGY_LIMITS.sets;
  if (Number.isInteger(bySize) && bySize <= max) return bySize;
  const set = formatSize(ways * line);
  const range = `a multiple of ${set} (${ways} ways of ${formatSize(line)}), at most ${max} times`;
  report([key, 'size'], `${formatSize(size)}; expected ${range}`);
  return 1;
}

function llcOf(input: NonNullable<HierarchyInput['llc']>, line: number, hasInner: boolean, report: Report): StudyLlc {
  const cache = cacheOf('llc', input, line, hasInner, report);
  const { portion_kind: portionKind, cmax_width: cmaxWidth } = input;
  const portions = input.portions ?? defaultPortions(cache);
  checkPortions(cache, portions, portionKind, report);
  return {
    ...cache,
    ...{ portions, portionKind, cmaxWidth },
    writeHitOwner: input.write_hit_owner,
    victimPreference: input.victim_preference,
  };
}

/** A fully associative cache can have more ways than a portion map has bits. */
function defaultPortions({ ways }: StudyCache): number {
  return ways <= TOPOLOGY_LIMITS.cpbmWd.max ? ways : 0;
}

/** Portions are of equal size (A 3.3). */
function checkPortions(
  { sets, ways }: StudyCache,
  portions: number,
  kind: StudyLlc['portionKind'],
  report: Report,
): void {
  const units = kind === 'sets' ? sets : ways;
  const fits = kind === 'ways' ? portions === units || portions === 0 : units % portions === 0;
  if (fits) return;
  const expected =
    kind === 'ways' ? `${units}, one per way` : `a number that divides the ${units} ${kind === 'sets' ? kind : 'ways'}`;
  report(
    ['llc', 'portions'],
    `${portions}; expected ${expected}`,
    kind === 'ways' ? { hint: 'or choose portion_kind: way-groups' } : {},
  );
}
