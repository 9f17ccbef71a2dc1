/** Play one trial on channels, and compare what two of them did with it. */
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import { OWNERS, type TrafficStep, type Trial } from './arbitrary-bandwidth.ts';
import type { DrivenChannels, Grant } from './driven-channels.ts';

const ALL_OWNERS = Array.from({ length: OWNERS }, (_, index) => FIRST_OWNER + index);

/** Later than all that a trial can lead to. */
const THE_END = 2 ** 52;

export function setUp(channels: DrivenChannels, { plans }: Pick<Trial, 'plans'>): void {
  plans.forEach(({ portions: count, partitions, ownerPartitions }, channel) => {
    partitions.forEach(({ limits, portions }, index) => {
      const partition = index === 0 ? 0 : channels.addPartition(channel);
      channels.setLimits(channel, partition, limits);
      if (count > 0) channels.setPortions(channel, partition, portions);
    });
    ownerPartitions.forEach((partition, index) => {
      channels.setOwner(channel, ALL_OWNERS[index]!, partition);
    });
  });
}

function change(channels: DrivenChannels, step: TrafficStep): void {
  switch (step.does) {
    case 'set limits':
      channels.setLimits(step.channel, step.partition, step.limits);
      break;
    case 'set portions':
      if (step.portions.length > 0) channels.setPortions(step.channel, step.partition, step.portions);
      break;
    case 'move owner':
      channels.setOwner(step.channel, step.owner, step.partition);
      break;
    default:
      throw new Error(`${step.does} is no change`);
  }
}

/** Make the steps, then let all be served. @returns the grants in the order of the decisions. */
export function play(channels: DrivenChannels, steps: readonly TrafficStep[]): Grant[] {
  const grants: Grant[] = [];
  let time = 0;
  steps.forEach((step, tag) => {
    time += step.gapPs;
    channels.serveUntil(time);
    if (step.does === 'offer') {
      const { cache, owner, kind, line } = step;
      channels.offer({ cache, owner, kind, line, tag, arrivalPs: time });
    } else change(channels, step);
    grants.push(...channels.takeGrants());
  });
  channels.serveUntil(THE_END);
  return [...grants, ...channels.takeGrants()];
}

/** All that is counted, as one value to compare. */
export function books(channels: DrivenChannels, count: number) {
  return Array.from({ length: count }, (_, channel) => ({
    totals: channels.totals(channel),
    owners: ALL_OWNERS.map((owner) => ({
      owner,
      counters: channels.counters(channel, owner),
      delays: ALL_OWNERS.map((served) => channels.delayPs(channel, owner, served)),
    })),
  }));
}
