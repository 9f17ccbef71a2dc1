/**
 * What `mpamlab state` makes of the events of a driven run is what its MSCs read as, whatever was written, captured, and
 * counted; registers that it does not show are as after reset.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MSC_REGISTERS } from '../../../src/arch/msc-registers.ts';
import { DrivenRun } from '../../../src/history/driven-run.ts';
import { mscStates } from '../../../src/history/msc-states.ts';
import { openRun } from '../../../src/history/run-reader.ts';
import type { MscConfig } from '../../../src/memory/msc-config.ts';
import type { DrivenPlan } from '../../../src/run/driven/driven-plan.ts';
import { temporaryFolder } from '../../support/run-files.ts';
import { benchPlan, TestClient } from './driven-fixture.ts';

/** MPAMCFG_PART_SEL. */
const INTERNAL = 2 ** 16;
const INGRESS_TL = 2 ** 17;
const RIS = 2 ** 24;
const SPACES = ['ns', 's'] as const;
const SPACE_NAMES: Readonly<Record<string, string>> = { 'Non-secure': 'ns', Secure: 's' };
const PARTIDS = [0, 1, 2, 63];
const INSTANCES = [0, 1, 7];
/** What is measured and not kept. */
const MEASURED = ['MSMON_CSU', 'MSMON_MBWU', 'MSMON_MBWU_L'];
/** Words of a map of portions that are looked at. */
const WORDS_MAX = 2;

const KEPT = MSC_REGISTERS.filter(({ access, name }) => access === 'rw' && !MEASURED.includes(name));

interface Copy {
  readonly selector: string;
  readonly select: number;
  readonly ris: number;
  readonly index: number;
}

const keyOf = (msc: string, space: string, register: string, ris: number, index: number): string =>
  [msc, space, register, ris, index].join(' ');

/** Each copy of a register that is looked at: what selects it, and under which numbers it is kept. */
function copiesOf({ name, selectedBy }: (typeof KEPT)[number], msc: MscConfig): readonly Copy[] {
  const isNarrowed = msc.features.intpartidMax !== undefined;
  const isPerRis = selectedBy === 'monitor' || (selectedBy === 'control' && name !== 'MPAMCFG_MBW_WINWD');
  const risOf = isPerRis ? msc.resources.map(({ ris }) => ris) : [0];
  const copies = (selector: string, indexes: readonly number[], flags: number, group = 1): Copy[] =>
    risOf.flatMap((ris) =>
      indexes.map((n) => ({ selector, select: n + flags + ris * RIS, ris, index: n - (n % group) })),
    );
  switch (selectedBy) {
    case 'control':
      return copies('MPAMCFG_PART_SEL', isNarrowed ? PARTIDS.slice(0, 3) : PARTIDS, isNarrowed ? INTERNAL : 0);
    case 'request':
      return copies('MPAMCFG_PART_SEL', PARTIDS, name === 'MPAMCFG_IN_TL' ? INGRESS_TL : 0);
    case 'group':
      return copies('MPAMCFG_PART_SEL', PARTIDS, 0, 32);
    case 'monitor':
      return copies('MSMON_CFG_MON_SEL', INSTANCES, 0);
    default:
      return [{ selector: '', select: 0, ris: 0, index: 0 }];
  }
}

/** All that is kept in the MSCs of a machine, as its registers read. */
function registersOf(plan: DrivenPlan, client: TestClient): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  // Selectors and the last error first: looking at the others changes them.
  const inOrder = [...KEPT].sort((a, b) => Number(b.selectedBy === 'none') - Number(a.selectedBy === 'none'));
  for (const config of plan.hierarchy.mscs!) {
    const { name: msc } = config;
    for (const space of SPACES) {
      for (const register of inOrder) {
        for (const { selector, select, ris, index } of copiesOf(register, config)) {
          if (selector !== '') client.ask(`msc ${msc} write ${space} ${selector} ${select}`);
          for (let word = 0; word < Math.min(register.words, WORDS_MAX); word++) {
            const answer = client.ask(`msc ${msc} read ${space} ${register.name.replace('<n>', String(word))}`);
            const value = BigInt(answer.replace('ok ', ''));
            const name = register.name.replace('<n>', String(word));
            values.set(keyOf(msc, space, name, ris, index), Number(value & 0xffffffffn));
            if (register.width === 64)
              values.set(keyOf(msc, space, `${name}[63:32]`, ris, index), Number(value >> 32n));
          }
        }
      }
    }
  }
  return values;
}

/** The same, as far as `mpamlab state` shows it at the end of a run. */
async function shownAfter(plan: DrivenPlan, commands: readonly string[], path: string): Promise<Map<string, number>> {
  const run = new DrivenRun(plan, { path, ifExists: 'replace' });
  for (const command of commands) run.session.execute(command);
  await run.finish(false);
  const reader = openRun(path);
  const states = mscStates(reader.header, reader.mscSettingsAt({ seq: reader.lastSeq }));
  reader.close();
  return new Map(
    states.flatMap(({ name, settings }) =>
      settings.map(({ partidSpace, register, ris, partid, instance, value }) => [
        keyOf(name, SPACE_NAMES[partidSpace]!, register, ris, instance ?? partid ?? 0),
        Number(value),
      ]),
    ),
  );
}

const value = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(0, 1, 2, 3, 63, 64, 2 ** 16 + 2, 0x7fffff80, 2 ** 31, 2 ** 31 + 5, 2 ** 32 - 1),
);

/** Switch a monitor on for all, with anything else: capture events, their reset, overflow and what it does. */
const enabled = value.map((bits) => ((bits | 0x80000000) & ~0x00030000) >>> 0);

function arbitraryCommands(mscs: readonly string[]): fc.Arbitrary<string[]> {
  const place = fc.record({ msc: fc.constantFrom(...mscs), space: fc.constantFrom('ns', 'ns', 's') });
  const flags = fc.constantFrom(0, 0, INTERNAL, INGRESS_TL);
  const partSel = fc
    .tuple(place, fc.constantFrom(...PARTIDS, 64), fc.nat(2), flags)
    .map(([{ msc, space }, partid, ris, flag]) => [
      `msc ${msc} write ${space} MPAMCFG_PART_SEL ${partid + flag + ris * RIS}`,
    ]);
  const monSel = fc
    .tuple(place, fc.constantFrom(...INSTANCES, 8), fc.nat(2))
    .map(([{ msc, space }, instance, ris]) => [`msc ${msc} write ${space} MSMON_CFG_MON_SEL ${instance + ris * RIS}`]);
  const register = fc.constantFrom(...MSC_REGISTERS.filter(({ access }) => access !== 'ro'));
  const write = fc
    .tuple(place, register, fc.nat(WORDS_MAX - 1), value)
    .map(([{ msc, space }, { offset, words, width }, word, bits]) => [
      `msc ${msc} write32 ${space} ${offset + 4 * (word % Math.max(words, width / 32))} ${bits}`,
    ]);
  const monitor = fc
    .tuple(place, fc.constantFrom('CSU', 'MBWU'), enabled)
    .map(([{ msc, space }, type, bits]) => [`msc ${msc} write ${space} MSMON_CFG_${type}_CTL ${bits}`]);
  const overflow = fc
    .tuple(place, fc.nat(2048))
    .map(([{ msc, space }, below]) => [`msc ${msc} write ${space} MSMON_MBWU ${2 ** 31 - 1 - below}`]);
  const access = fc
    .tuple(fc.nat(1), fc.constantFrom('read', 'write'), fc.nat(1000), fc.constantFrom(64, 4096, 16384))
    .map(([pe, kind, line, bytes]) => [`access ${pe} ${kind} ${line * 64} +${bytes}`]);
  const capture = fc
    .tuple(fc.constantFrom(...mscs, 'all'), fc.integer({ min: 1, max: 6 }))
    .map(([msc, event]) => [`capture ${msc} ${event}`]);
  const wait = fc.constantFrom('100ns', '3us').map((time) => [`wait ${time}`]);
  const others = [partSel, monSel, monitor, overflow, access, capture, wait];
  const command = fc.oneof({ weight: 8, arbitrary: write }, ...others.map((arbitrary) => ({ weight: 2, arbitrary })));
  return fc.array(command, { minLength: 200, maxLength: 400, size: 'max' }).map((all) => all.flat());
}

const LABELS = [0x0000010100010001n, 0x0000000000020002n].flatMap((label, pe) => [
  `pe ${pe} write MPAM3_EL3 0x8000000000000000`,
  `pe ${pe} el 1`,
  `pe ${pe} write MPAM1_EL1 ${label}`,
]);
const TRANSLATION = '{ partid_max: 255, has_direct: true, has_base_mask: true }';

describe('registers of MSCs that the history shows', () => {
  it.each([
    ['of the bench', []],
    [
      'that translate PARTIDs, narrow them, and interrupt by edges',
      [
        `machine.topology.l3.msc={ ingress: ${TRANSLATION}, egress: ${TRANSLATION}, interrupt: edge }`,
        'machine.topology.memory.controls.intpartid_max=7',
        'machine.topology.memory.msc={ nrdy: 0s, interrupt: edge }',
      ],
    ],
  ])(
    '%s read as they are shown, and all others as after reset',
    async (_, overrides) => {
      const plan = benchPlan(...overrides);
      const fresh = registersOf(plan, new TestClient(plan));
      const path = join(temporaryFolder(), 'run.db');
      const mscs = plan.hierarchy.mscs!.map(({ name }) => name);
      const isEntry = (key: string): boolean => /_TL /.test(key);
      await fc.assert(
        fc.asyncProperty(arbitraryCommands(mscs), async (random) => {
          const commands = [...LABELS, ...random];
          const shown = await shownAfter(plan, commands, path);
          const client = new TestClient(plan);
          client.send(...commands);
          const wrong = [...registersOf(plan, client)].filter(([key, now]) => {
            // An entry that software never wrote has no history, and shows ENABLE nevertheless.
            if (isEntry(key) && !shown.has(key)) return false;
            return now !== (shown.get(key) ?? fresh.get(key));
          });
          expect(wrong.map(([key, now]) => [key, now, shown.get(key)])).toEqual([]);
          expect(shown.size).toBeGreaterThan(10);
        }),
        { numRuns: 4, seed: 20, endOnFailure: true },
      );
    },
    60_000,
  );
});
