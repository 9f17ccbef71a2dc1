import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { plainMsc } from '../../src/memory/implied-mscs.ts';
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';
import { applySettings } from '../../src/memory/settings/apply-settings.ts';
import type { ControlledResource, PartitionSettings } from '../../src/memory/settings/partition-settings.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { settingsProblems } from '../../src/memory/settings/settings-problems.ts';
import { controlsOf, labelOf, NON_SECURE } from './controls-fixture.ts';
import { ALL_CONTROLS, NARROWING, PORTIONS_ONLY } from './recording-slots.ts';

const {
  MPAMCFG_CPBM: CPBM,
  MPAMCFG_CMAX: CMAX,
  MPAMCFG_CMIN: CMIN,
  MPAMCFG_CASSOC: CASSOC,
  MPAMCFG_EN_FLAGS: EN_FLAGS,
  MPAMCFG_INTPARTID: INTPARTID,
} = MscRegister;
const NS = NON_SECURE;

const messages = (problems: readonly { readonly setting: string; readonly message: string }[]): string[] =>
  problems.map(({ setting, message }) => `${setting}: ${message}`);

/** A cache with these features as settings are checked for it. */
const controlled = (features: CacheControlFeatures): ControlledResource => ({
  msc: features,
  resource: plainMsc('l3-0', 0, features).resources[0]!,
});

describe('settings of a partition', () => {
  it('become register writes', () => {
    const { controls } = controlsOf({ ...ALL_CONTROLS, cpbmWd: 40 });
    const problems = applySettings(controls, NS, 5, {
      cpbm: [0xf0],
      cmax: { percentMilli: 80_000 },
      cmin: { percentMilli: 25_000 },
      cassoc: { field: 0x3fff },
      softlim: true,
      enabled: false,
    });
    expect(problems).toEqual([]);
    expect([0, 1].map((word) => controls.read(settingAt(CPBM, NS, 5, word)))).toEqual([0xf0, 0]);
    expect(controls.read(settingAt(CMAX, NS, 5))).toBe(0x8000cb00); // Arm's table: 80 % in 8 bits is 0xcb
    expect(controls.read(settingAt(CMIN, NS, 5))).toBe(0x4000);
    expect(controls.read(settingAt(CASSOC, NS, 5))).toBe(0x3000);
    expect(controls.read(settingAt(EN_FLAGS, NS, 5))).toBe(0xffffffdf);
  });

  it('leave alone what is not given: CMAX and SOFTLIM are set one without the other', () => {
    const { controls, changes } = controlsOf(ALL_CONTROLS);
    applySettings(controls, NS, 5, { softlim: true });
    expect(controls.read(settingAt(CMAX, NS, 5))).toBe(0x8000ff00);
    applySettings(controls, NS, 5, { cmax: { percentMilli: 50_000 } });
    expect(controls.read(settingAt(CMAX, NS, 5))).toBe(0x80007f00);
    applySettings(controls, NS, 5, { softlim: false });
    expect(controls.read(settingAt(CMAX, NS, 5))).toBe(0x7f00);
    expect(changes.every(({ register }) => register === CMAX)).toBe(true);
  });

  it('enable a PARTID again, and disable it for good', () => {
    const { controls, changes } = controlsOf(ALL_CONTROLS);
    applySettings(controls, NS, 5, { enabled: false, nfu: true });
    expect(changes.map(({ register }) => register)).toContain(CPBM);
    applySettings(controls, NS, 5, { enabled: true });
    expect(controls.read(settingAt(EN_FLAGS, NS, 5))).toBe(0xffffffff);
  });

  it('have effect on who uses the partition', () => {
    const { controls, slots } = controlsOf(PORTIONS_ONLY);
    controls.adopt(3, labelOf(5));
    applySettings(controls, NS, 5, { cpbm: [0xfff] });
    expect(slots.isUnrestricted).toBe(true);
    applySettings(controls, NS, 5, { cpbm: [0x00f] });
    expect(slots.of(3).portions).toEqual([0x00f]);
  });
});

describe('settings of a partition where PARTIDs are narrowed', () => {
  it('map the PARTID to the internal one of the same number, as Linux does', () => {
    const { controls } = controlsOf(NARROWING);
    applySettings(controls, NS, 5, { cpbm: [1] });
    expect(controls.read(settingAt(INTPARTID, NS, 5))).toBe(0x10005);
    expect([controls.read(settingAt(CPBM, NS, 5)), controls.read(settingAt(CPBM, NS, 0))]).toEqual([1, 0xffffffff]);
  });

  it('stay with the internal PARTID that was named before', () => {
    const { controls } = controlsOf(NARROWING);
    applySettings(controls, NS, 5, { intpartid: 2, cpbm: [1] });
    applySettings(controls, NS, 5, { cpbm: [3] });
    expect(controls.read(settingAt(INTPARTID, NS, 5))).toBe(0x10002);
    expect([controls.read(settingAt(CPBM, NS, 2)), controls.read(settingAt(CPBM, NS, 5))]).toEqual([3, 0xffffffff]);
  });

  it('disable the request PARTID without mapping it', () => {
    const { controls, changes } = controlsOf(NARROWING);
    applySettings(controls, NS, 200, { enabled: false });
    expect(changes.map(({ register }) => register)).toEqual([EN_FLAGS]);
  });
});

describe('settings that a cache cannot have', () => {
  const REFUSED: readonly [string, typeof ALL_CONTROLS, number, PartitionSettings, string[]][] = [
    ['a PARTID out of range', ALL_CONTROLS, 256, {}, ['partid: 256 is not an integer from 0 to 255']],
    [
      'a portion that does not exist',
      PORTIONS_ONLY,
      1,
      { cpbm: [0x1000] },
      ['cpbm: portion 12 does not exist: this cache has portions 0 to 11'],
    ],
    ['a portion in a further word', PORTIONS_ONLY, 1, { cpbm: [1, 0x8] }, ['cpbm: portion 35 does not exist']],
    [
      'a word that is none',
      ALL_CONTROLS,
      1,
      { cpbm: [-1, 2 ** 32] },
      ['cpbm: word 0 is -1', 'cpbm: word 1 is 4294967296'],
    ],
    [
      'a map without portions',
      { ...ALL_CONTROLS, cpbmWd: 0 },
      1,
      { cpbm: [1] },
      ['cpbm: this cache has no portion map'],
    ],
    [
      'capacity controls that are absent',
      PORTIONS_ONLY,
      1,
      { cmax: { percentMilli: 1000 }, cmin: { field: 1 }, cassoc: { field: 1 }, softlim: false, enabled: true },
      [
        'cmax: this cache has no CMAX',
        'cmin: this cache has no CMIN',
        'cassoc: this cache has no CASSOC',
        'softlim: this cache has no soft limit',
        'enabled: PARTIDs of this cache cannot be enabled',
      ],
    ],
    [
      'CMAX where only CMIN is',
      { ...ALL_CONTROLS, hasCmax: false },
      1,
      { cmax: { field: 1 }, cmin: { field: 1 } },
      ['cmax: this cache has no CMAX'],
    ],
    [
      'a maximum of nothing',
      ALL_CONTROLS,
      1,
      { cmax: { percentMilli: 0 } },
      ['cmax: 0 % is less than a maximum of 8 bits can be, which is 0.391 %; disable the PARTID'],
    ],
    [
      'a maximum below the smallest',
      ALL_CONTROLS,
      1,
      { cassoc: { percentMilli: 6_249 } },
      ['cassoc: 6.249 % is less than a maximum of 4 bits can be, which is 6.25 %'],
    ],
    [
      'more than 100 %',
      ALL_CONTROLS,
      1,
      { cmax: { percentMilli: 100_001 } },
      ['cmax: 100.001 % is not a share from 0 to 100 %'],
    ],
    [
      'a field of 17 bits',
      ALL_CONTROLS,
      1,
      { cmin: { field: 0x10000 } },
      ['cmin: 65536 is not an integer from 0 to 65535'],
    ],
    [
      'NFU without disabling',
      ALL_CONTROLS,
      1,
      { nfu: true },
      ['nfu: settings are forgotten when a PARTID is disabled'],
    ],
    [
      'NFU that is absent',
      { ...ALL_CONTROLS, hasNfu: false },
      1,
      { enabled: false, nfu: true },
      ['nfu: this cache does not forget settings'],
    ],
    [
      'an internal PARTID without narrowing',
      ALL_CONTROLS,
      1,
      { intpartid: 1 },
      ['intpartid: this cache does not narrow PARTIDs'],
    ],
    [
      'an internal PARTID out of range',
      NARROWING,
      1,
      { intpartid: 32 },
      ['intpartid: 32 is not an integer from 0 to 31'],
    ],
    [
      'no internal PARTID of the same number',
      NARROWING,
      32,
      { cpbm: [1] },
      ['intpartid: PARTID 32 has no internal PARTID of the same number: internal PARTIDs go from 0 to 31'],
    ],
  ];

  it.each(REFUSED)(
    '%s is refused with the value and what is allowed, and nothing is written',
    (_, features, partid, settings, expected) => {
      const { controls, changes } = controlsOf(features);
      const found = messages(applySettings(controls, NS, partid, settings));
      expect(found).toEqual(expected.map((text) => expect.stringContaining(text)));
      expect(messages(settingsProblems(controlled(features), partid, settings))).toEqual(found);
      expect(changes).toEqual([]);
      expect(controls.ignoredWrites + controls.unchangedWrites).toBe(0);
    },
  );

  it('none is left over: whatever passes the check is written whole', () => {
    const share = fc.oneof(fc.record({ percentMilli: fc.nat(100_000) }), fc.record({ field: fc.nat(0xffff) }));
    const settings = fc.record(
      {
        cpbm: fc.array(fc.nat(0xfff), { maxLength: 2 }),
        cmax: share,
        cmin: share,
        cassoc: share,
        softlim: fc.boolean(),
        enabled: fc.boolean(),
        intpartid: fc.nat(40),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(ALL_CONTROLS, NARROWING, PORTIONS_ONLY),
        fc.nat(255),
        settings,
        (features, partid, given) => {
          const { controls } = controlsOf(features);
          const problems = applySettings(controls, NS, partid, given as PartitionSettings);
          expect(controls.ignoredWrites).toBe(0);
          if (problems.length > 0) return;
          const target = features === NARROWING ? (given.intpartid ?? partid) : partid;
          if (given.cpbm !== undefined) expect(controls.read(settingAt(CPBM, NS, target))).toBe(given.cpbm[0] ?? 0);
          if (given.softlim !== undefined)
            expect(controls.read(settingAt(CMAX, NS, target)) >= 2 ** 31).toBe(given.softlim);
        },
      ),
      { seed: 53, numRuns: 300 },
    );
  });
});
