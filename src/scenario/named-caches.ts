/** Which caches of a machine a name means: all of a level (`L3`), or one (`l3-0`), as its topology calls them. */
import { cachesOf, LEVEL_NAMES } from '../machine/topology.ts';
import type { CacheControlFeatures } from '../memory/msc-config.ts';
import { PES_MAX } from './machine-schema.ts';
import type { MachineSpec } from './scenario.ts';
import { didYouMean } from './suggest.ts';

interface NamedCache {
  readonly name: string;
  /** undefined: it is no MSC. */
  readonly controls: CacheControlFeatures | undefined;
}

/** A name in whatever case, as topologies write it. */
export function canonicalCacheName(text: string): string {
  return text.includes('-') ? text.toLowerCase() : text.toUpperCase();
}

/**
 * The caches that a name means; of those of a level that are alike, one.
 * @param peCount undefined: not known before the recording is read; then there may be any number of caches.
 */
export function cachesNamed(
  name: string,
  machines: readonly MachineSpec[],
  peCount: number | undefined,
): readonly NamedCache[] {
  return machines.flatMap(({ topology }) =>
    (topology?.levels ?? []).flatMap((level): readonly NamedCache[] => {
      const { key, domains } = level;
      const count = cachesOf(level, peCount ?? PES_MAX);
      if (LEVEL_NAMES[key] === name) {
        return domains.slice(0, count).map(({ controls }, index) => ({ name: `${key}-${index}`, controls }));
      }
      const index = name.startsWith(`${key}-`) ? cacheIndex(name.slice(key.length + 1)) : undefined;
      if (index === undefined || index >= count) return [];
      return [{ name, controls: domains[index % domains.length]!.controls }];
    }),
  );
}

function cacheIndex(digits: string): number | undefined {
  return /^(0|[1-9]\d{0,5})$/.test(digits) ? Number(digits) : undefined;
}

/** What could be meant by a name that means nothing. */
export function cacheHint(
  name: string,
  machines: readonly MachineSpec[],
  peCount: number | undefined,
): string | undefined {
  const levels = machines.flatMap(({ topology }) => topology?.levels ?? []);
  const level = levels.find(({ key }) => name.startsWith(`${key}-`));
  if (level === undefined) return didYouMean(name, [...new Set(levels.map(({ key }) => LEVEL_NAMES[key]))]);
  const last = cachesOf(level, peCount ?? PES_MAX) - 1;
  return `the caches of ${LEVEL_NAMES[level.key]} are ${level.key}-0 to ${level.key}-${last}`;
}

/** The levels that implement partitioning, for a hint. */
export function controlledLevels(machines: readonly MachineSpec[]): string {
  const levels = machines.flatMap(({ topology }) => topology?.levels ?? []);
  const controlled = levels.filter(({ domains }) => domains.some(({ controls }) => controls !== undefined));
  const names = [...new Set(controlled.map(({ key }) => LEVEL_NAMES[key]))];
  return names.length === 0 ? 'no cache of the topology does' : `these do: ${names.join(', ')}`;
}
