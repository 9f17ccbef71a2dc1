/** The queue of known result T14 at the length that its tolerance is for: 5 million requests. */
import { expect, it } from 'vitest';
import { waitOfPoisson } from '../run/execution/service-scenario.ts';

it.each([
  [0.5, 21],
  [0.8, 13],
  [0.9, 12],
])('Poisson requests at a load of %f wait as in M/D/1, within 2 percent, over %i s', async (load, seconds) => {
  const { requests, waitNs, closedFormNs } = await waitOfPoisson(load, { seed: 14, untilNs: seconds * 1e9 });
  expect(requests).toBeGreaterThan(5_000_000);
  expect(Math.abs(waitNs / closedFormNs - 1)).toBeLessThan(0.02);
});
