/** The channels of the access loop against the naive model: every grant, its time and the parts of its delay, to the ps. */
import { describe, it } from 'vitest';
import { judgeRandomTrials } from './judged-trials.ts';

describe('random channels, partitions and traffic', () => {
  it('are served as the naive model serves them', () => {
    judgeRandomTrials({ steps: 60, changes: 'none' }, 1000, 4);
  });

  it('are served so when limits, portions and owners change at any time', () => {
    judgeRandomTrials({ steps: 80, changes: 'some' }, 1000, 5);
  });

  it('are served so when owners go to other partitions with all that waits', () => {
    judgeRandomTrials({ steps: 80, changes: 'moves' }, 1000, 6);
  });
});
