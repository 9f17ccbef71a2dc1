import { describe, expect, it } from 'vitest';
import { ScheduleConfigError } from '../../src/schedule/config-problem.ts';
import { DEFAULT_GUEST_ACTIVITY } from '../../src/schedule/guest-activity/rates.ts';
import { NO_OWNER, Registry } from '../../src/schedule/registry.ts';
import type { SimulatedScheduleConfig } from '../../src/schedule/simulated/config.ts';
import { simulatedBatches } from '../../src/schedule/simulated/simulated-schedule.ts';
import { hostConfig, hostTask, ioThread, vcpu } from './simulated-host.ts';

describe('a configuration that cannot be used', () => {
  const good = hostConfig(2, 1_000_000, [vcpu(0, 0)]);
  const periodic = { kind: 'periodic', distribution: 'fixed', busyNs: 1, sleepNs: 1 } as const;
  it.each<[string, Partial<SimulatedScheduleConfig>, RegExp]>([
    ['no CPU', { cpuCount: 0 }, /^cpuCount: 0 is not an integer in 1\.\.4096$/],
    ['half an end', { untilNs: 0.5 }, /^untilNs: 0\.5 is not an integer in 1\.\.36000000000000$/],
    ['a slice of 0', { timeSliceNs: 0 }, /^timeSliceNs: 0 is not an integer in 1000\.\./],
    ['a negative granularity', { wakeupGranularityNs: -1 }, /^wakeupGranularityNs: -1/],
    ["the idle task's id", { tasks: [hostTask(0)] }, /^tasks\[0\]\.tid: 0 .*0 is the idle task/],
    ['a weight of 0', { tasks: [hostTask(1, { weight: 0 })] }, /^tasks\[0\]\.weight: 0 .*nice 0 is 1024/],
    ['a CPU too far', { tasks: [hostTask(1, { cpus: [0, 2] })] }, /^tasks\[0\]\.cpus\[1\]: 2 .*the host has 2 CPUs/],
    ['a mean of 0', { tasks: [hostTask(1, { behaviour: { ...periodic, sleepNs: 0 } })] }, /sleepNs: 0 .*use always/],
    [
      'the same thread twice',
      { tasks: [hostTask(1), hostTask(1)] },
      /^tasks\[1\]\.tid: thread 1 is tasks\[0\] already/,
    ],
    [
      'the same vCPU twice',
      { tasks: [vcpu(0, 0), vcpu(0, 0, { tid: 9 })] },
      /^tasks\[1\]\.owner: tenant 0, VM 0, vCPU 0/,
    ],
    ['a vCPU without rates', { tasks: [vcpu(0, 0, { guest: undefined as never })] }, /^tasks\[0\]\.guest: is missing/],
    [
      'a kernel thread with a guest',
      { tasks: [hostTask(1, { guest: DEFAULT_GUEST_ACTIVITY })] },
      /for vCPU threads only/,
    ],
    ['a vCPU woken by exits', { tasks: [vcpu(0, 0, { behaviour: ioThread(0, 1).behaviour })] }, /not for vCPU threads/],
    ['an I/O thread of no VM', { tasks: [ioThread(0, 1, { owner: NO_OWNER })] }, /owner\.vm is below 0/],
    ['more than a thousand in a thousand', { tasks: [ioThread(0, 1001)] }, /wakesPerThousandExits: 1001 .*0\.\.1000/],
    [
      'a guest that never runs',
      { tasks: [vcpu(0, 0, { guest: { ...DEFAULT_GUEST_ACTIVITY, guestRunMeanNs: 0 } })] },
      /^tasks\[0\]\.guest\.guestRunMeanNs: 0 is not an integer in 1\.\.1099511627776$/,
    ],
    [
      'a guest without exit reasons',
      { tasks: [vcpu(0, 0, { guest: { ...DEFAULT_GUEST_ACTIVITY, exitReasons: [] } })] },
      /^tasks\[0\]\.guest\.exitReasons\.length: 0/,
    ],
  ])('%s is named with field, value and range', (_, change, message) => {
    const config = { ...good, ...change };
    const attempt = (): unknown => simulatedBatches(config, new Registry(), 1);
    expect(attempt).toThrow(ScheduleConfigError);
    expect(attempt).toThrow(message);
  });
});
