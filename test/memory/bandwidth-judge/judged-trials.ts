/** Random channels, partitions and traffic, judged grant by grant: shared by the test and its longer version. */
import fc from 'fast-check';
import { arbitraryTrial, type Trial, type TrialOptions } from './arbitrary-bandwidth.ts';
import type { Grant } from './driven-channels.ts';
import { NaiveTraffic } from './naive-traffic.ts';
import { openLoop } from './open-loop.ts';
import { books, play, setUp } from './trial.ts';

/** The first grant about which the two disagree. */
function firstDifference(judged: readonly Grant[], known: readonly Grant[]): string | undefined {
  const count = Math.max(judged.length, known.length);
  for (let n = 0; n < count; n++) {
    const [is, mustBe] = [judged[n], known[n]].map((grant) => JSON.stringify(grant, Object.keys(known[0]!)));
    if (is !== mustBe) return `grant ${n} is ${is}, must be ${mustBe}`;
  }
  return undefined;
}

/** @throws naming the first grant, or else the figure of a channel, about which the channels and the judge disagree. */
function judge(trial: Trial): void {
  const channels = openLoop(trial.config);
  const naive = new NaiveTraffic(trial.config);
  setUp(channels, trial);
  setUp(naive, trial);
  const known = play(naive, trial.steps);
  const difference = firstDifference(play(channels, trial.steps), known);
  if (difference !== undefined) throw new Error(difference);
  const count = trial.config.channels.length;
  const [is, mustBe] = [books(channels, count), books(naive, count)];
  is.forEach((channel, index) => {
    const [a, b] = [JSON.stringify(channel), JSON.stringify(mustBe[index])];
    if (a !== b) throw new Error(`channel ${index} counts ${a}, must count ${b}`);
  });
}

/** Judge so many random trials. */
export function judgeRandomTrials(options: TrialOptions, runs: number, seed: number): void {
  fc.assert(fc.property(arbitraryTrial(options), judge), { seed, numRuns: runs });
}
