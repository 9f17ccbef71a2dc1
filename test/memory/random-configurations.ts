/** Random machines, partitions and accesses, judged step by step: shared by the test and its longer version. */
import fc from 'fast-check';
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import { arbitraryHierarchy, type Sizes } from './arbitrary-hierarchy.ts';
import { type AccessStep, arbitrarySteps, type Step } from './arbitrary-steps.ts';
import { JudgedMachine } from './judged-machine.ts';

interface Trial {
  readonly config: HierarchyConfig;
  readonly lines: number;
  readonly steps: readonly Step[];
}

/** Steps between two looks at the conservation identities. */
const BATCH = 100;

/** Lines in use: fewer than the largest cache holds, or up to three times as many. */
const crowding = fc.constantFrom(0.6, 1.2, 1.7, 3);

function arbitraryTrial(sizes: Sizes, steps: number): fc.Arbitrary<Trial> {
  return fc.tuple(arbitraryHierarchy(sizes), crowding).chain(([config, factor]) => {
    const lines = 2 + Math.ceil(factor * Math.max(...config.caches.map(({ sets, ways }) => sets * ways)));
    const physicalLines = lines + 1;
    return fc.record({
      config: fc.constant({ ...config, physicalLines }),
      lines: fc.constant(lines),
      steps: arbitrarySteps(config, lines, steps),
    });
  });
}

/** @throws naming the first access, the counter or the line about which the caches and the judge disagree. */
function judge({ config, lines, steps }: Trial): void {
  const machine = new JudgedMachine(config);
  steps.forEach((step, n) => {
    const disagreement = machine.do(step);
    if (disagreement) throw new Error(`step ${n}, ${JSON.stringify(step)}: ${disagreement}`);
    if (n % BATCH === BATCH - 1) throwIfAny(`after step ${n}`, machine.brokenIdentities());
  });
  throwIfAny('at the end', [...machine.brokenIdentities(), ...machine.differences(lines)]);
}

/** The same, with the accesses between two settings in one call: judged by what is counted and held afterwards. */
function judgeReplay({ config, lines, steps }: Trial): void {
  const machine = new JudgedMachine(config);
  let accesses: AccessStep[] = [];
  for (const step of steps) {
    if (step.does === 'access') accesses.push(step);
    else {
      machine.replay(accesses);
      machine.do(step);
      accesses = [];
    }
  }
  machine.replay(accesses);
  throwIfAny('at the end', [...machine.brokenIdentities(), ...machine.differences(lines)]);
}

function throwIfAny(when: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`${when}:\n${problems.slice(0, 20).join('\n')}`);
}

/** As `judgeRandomConfigurations`, replayed. Without random victims: what was taken is not known any more afterwards. */
export function judgeRandomReplays(sizes: Sizes, steps: number, runs: number, seed: number): void {
  const isKnown = ({ config }: Trial): boolean => config.caches.every(({ policy }) => policy !== 'random');
  const trials = arbitraryTrial(sizes, steps).filter(isKnown);
  fc.assert(fc.property(trials, judgeReplay), { seed, numRuns: runs, endOnFailure: true });
}

/** Judge `runs` random machines with up to `steps` steps each. */
export function judgeRandomConfigurations(sizes: Sizes, steps: number, runs: number, seed: number): void {
  fc.assert(fc.property(arbitraryTrial(sizes, steps), judge), { seed, numRuns: runs, endOnFailure: true });
}
