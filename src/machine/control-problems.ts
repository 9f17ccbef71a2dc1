/** What the MPAM features of a cache can be together (A 2.3, 3.3, 3.4, 3.8), and what its geometry allows. */
import type { CacheControlFeatures } from '../memory/msc-config.ts';
import { type CacheSpec, TOPOLOGY_LIMITS } from './topology.ts';
import type { TellProblem } from './topology-problem.ts';

/** Tell every rule that a cache's features break. */
export function tellControlProblems(cache: CacheSpec, controls: CacheControlFeatures, tell: TellProblem): void {
  tellPortionProblems(cache, controls, tell);
  tellCapacityProblems(controls, tell);
  const { hasEndis, hasNfu, intpartidMax } = controls;
  if (hasNfu && !hasEndis) tell(['hasNfu'], true, 'false without hasEndis');
  if (hasNfu && intpartidMax !== undefined) tell(['hasNfu'], true, 'false with PARTID narrowing (intpartidMax)');
}

/** Portions are equal pieces of the cache (A 3.3). */
function tellPortionProblems({ sets, ways }: CacheSpec, controls: CacheControlFeatures, tell: TellProblem): void {
  const { cpbmWd, portionKind } = controls;
  const { max } = TOPOLOGY_LIMITS.cpbmWd;
  if (cpbmWd === 0) return;
  if (cpbmWd > max) {
    tell(['cpbmWd'], cpbmWd, `at most ${max}`, 'with more ways, let a portion be several: portionKind way-groups');
  } else if (portionKind === 'ways' && cpbmWd !== ways) {
    const hint = 'portionKind way-groups or sets allow other numbers';
    tell(['cpbmWd'], cpbmWd, `${ways}: one portion for each way`, hint);
  } else if (portionKind === 'way-groups' && ways % cpbmWd !== 0) {
    tell(['cpbmWd'], cpbmWd, `a divisor of the ${ways} ways`, 'portions are of equal size');
  } else if (portionKind === 'sets' && sets % cpbmWd !== 0) {
    tell(['cpbmWd'], cpbmWd, `a divisor of the ${sets} sets`, 'portions are of equal size');
  }
}

function tellCapacityProblems(controls: CacheControlFeatures, tell: TellProblem): void {
  const { cmaxWd, hasCmax, hasCmin, hasSoftlim } = controls;
  if (cmaxWd === 0 && hasCmax) tell(['hasCmax'], true, 'false without cmaxWd');
  if (cmaxWd === 0 && hasCmin) tell(['hasCmin'], true, 'false without cmaxWd', 'CMIN has the width of CMAX');
  if (cmaxWd > 0 && !hasCmax && !hasCmin) tell(['cmaxWd'], cmaxWd, '0 without hasCmax and hasCmin');
  if (hasSoftlim && !hasCmax) tell(['hasSoftlim'], true, 'false without hasCmax', 'SOFTLIM is a bit of CMAX');
}
