/**
 * Arbitrary things to do to a machine: accesses, and changes of partitioning in between.
 *
 * A step is drawn as one integer, whose digits in a mixed radix are the choices: cheap to draw, and small when shrunk.
 */
import fc from 'fast-check';
import { packLabel } from '../../src/arch/label.ts';
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { Kind } from './naive-cache.ts';

export interface AccessStep {
  readonly does: 'access';
  readonly port: number;
  readonly line: number;
  readonly kind: Kind;
  /** Index into OWNERS. */
  readonly owner: number;
}

export interface SettingStep {
  readonly does: 'setting';
  readonly cache: number;
  readonly space: number;
  readonly partid: number;
  readonly setting:
    | { readonly what: 'portions'; readonly allowed: readonly boolean[] }
    | { readonly what: 'cmax'; readonly field: number; readonly softlim: boolean }
    | { readonly what: 'cmin' | 'cassoc'; readonly field: number }
    | { readonly what: 'enabled'; readonly isEnabled: boolean }
    | { readonly what: 'intpartid'; readonly intpartid: number };
}

export type Step = AccessStep | SettingStep;

/** Who accesses: labels in and out of range, two tenants under one label, and one tenant under two. */
export const OWNERS: readonly { readonly label: number; readonly tenant: number }[] = [
  { label: packLabel(1, 0, 0), tenant: -1 },
  { label: packLabel(1, 1, 0), tenant: 0 },
  { label: packLabel(1, 1, 0), tenant: 1 },
  { label: packLabel(1, 2, 1), tenant: 1 },
  { label: packLabel(0, 1, 0), tenant: 2 },
  { label: packLabel(1, 7, 0), tenant: 3 },
  { label: packLabel(1, 2, 3), tenant: 4 },
];

const KINDS: readonly Kind[] = ['read', 'write', 'read', 'fetch', 'write'];
/** Both ends, and values around quarters of what the widths of the fields can say. */
const FIELDS = [0xffff, 0, 0x7fff, 0x3fff, 0x1fff, 0x8000, 0x5555, 0xbfff, 0x0fff, 0x2aaa, 0x0001];
const PATTERNS = [0xffffffff, 0, 1, 0x55555555, 0xaaaaaaaa, 0x0000000f, 0xfffffff0, 0x00000003, 0x6];

/** Takes the digits of an integer apart. */
class Digits {
  #rest: number;

  constructor(value: number) {
    this.#rest = value;
  }

  below(radix: number): number {
    const digit = this.#rest % radix;
    this.#rest = Math.floor(this.#rest / radix);
    return digit;
  }

  from<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** @param lines accesses are to lines 0 to lines - 1. */
export function arbitrarySteps(config: HierarchyConfig, lines: number, count: number): fc.Arbitrary<Step[]> {
  const integers = fc.noBias(fc.maxSafeNat());
  const settings = fc.array(integers, { maxLength: 12 });
  const rest = fc.array(integers, { minLength: 1, maxLength: count, size: 'max' });
  return fc
    .tuple(settings, rest)
    .map(([first, then]) => [
      ...first.map((value) => settingStep(new Digits(value), config)).filter((step) => step !== undefined),
      ...then.map((value) => step(new Digits(value), config, lines)),
    ]);
}

function step(digits: Digits, config: HierarchyConfig, lines: number): Step {
  const setting = digits.below(16) === 15 ? settingStep(digits, config) : undefined;
  if (setting) return setting;
  return {
    does: 'access',
    line: digits.below(lines),
    kind: digits.from(KINDS),
    owner: digits.below(OWNERS.length),
    port: digits.below(config.ports.length),
  };
}

/** A change of one register of a cache that has controls; undefined if that cache has none. */
function settingStep(digits: Digits, config: HierarchyConfig): SettingStep | undefined {
  const cache = digits.below(config.caches.length);
  const features = config.caches[cache]!.controls;
  if (features === undefined) return undefined;
  const space = digits.from([1, 1, 1, 0]);
  const requestPartid = digits.below(Math.min(features.partidMax, 7) + 1);
  const controlPartid = features.intpartidMax === undefined ? requestPartid : digits.below(features.intpartidMax + 1);
  const change = (partid: number, setting: SettingStep['setting']): SettingStep => {
    return { does: 'setting', cache, space, partid, setting };
  };
  switch (digits.from(['portions', 'cmax', 'cmin', 'cassoc', 'enabled', 'intpartid', 'portions', 'cmax'] as const)) {
    case 'portions': {
      const [pattern, shift] = [digits.from(PATTERNS), digits.below(5)];
      const allowed = Array.from({ length: features.cpbmWd }, (_, p) => ((pattern >>> ((p + shift) % 32)) & 1) === 1);
      return change(controlPartid, { what: 'portions', allowed });
    }
    case 'cmax':
      return change(controlPartid, { what: 'cmax', field: digits.from(FIELDS), softlim: digits.below(2) === 1 });
    case 'cmin':
      return change(controlPartid, { what: 'cmin', field: digits.from(FIELDS) });
    case 'cassoc':
      return change(controlPartid, { what: 'cassoc', field: digits.from(FIELDS) });
    case 'enabled':
      return change(requestPartid, { what: 'enabled', isEnabled: digits.below(2) === 1 });
    case 'intpartid':
      if (features.intpartidMax === undefined) return undefined;
      return change(requestPartid, { what: 'intpartid', intpartid: digits.below(features.intpartidMax + 1) });
  }
}
