import { lastValueFrom, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { recordedSchedule } from '../../src/schedule/ftrace/recorded-schedule.ts';
import { surveyRecording } from '../../src/schedule/ftrace/recording-survey.ts';
import { internExitReasons } from '../../src/schedule/guest-activity/guest-life.ts';
import { DEFAULT_GUEST_ACTIVITY } from '../../src/schedule/guest-activity/rates.ts';
import { withGuestActivity } from '../../src/schedule/guest-activity/with-guest-activity.ts';
import { Registry } from '../../src/schedule/registry.ts';
import { ownerOfRules } from '../../src/schedule/thread-rules.ts';
import { hasSharedData, sharedDataPath } from '../support/shared-data.ts';
import { checkGuestLife, checkTimeOrder } from './schedule-checkers.ts';
import { appendRows, type Row } from './schedule-rows.ts';

/** All QEMU vCPU threads, whatever their process. */
const RULES = [{ match: { comm: 'CPU {vcpu}/KVM' }, tenant: 0, vm: 0, group: 1 }];

async function schedule(
  path: string,
  isModelled: boolean,
  batchRows = 4096,
): Promise<{ rows: Row[]; registry: Registry }> {
  const { firstTimeNs: originNs, cpuCount, tgidByTid } = await surveyRecording(path);
  const registry = new Registry(ownerOfRules(RULES));
  internExitReasons(registry, [DEFAULT_GUEST_ACTIVITY]);
  const recorded$ = recordedSchedule(path, registry, { originNs, cpuCount, tgidByTid, batchRows });
  const ratesOf = () => DEFAULT_GUEST_ACTIVITY;
  const modelled$ = recorded$.pipe(withGuestActivity({ registry, seed: 1, cpuCount, ratesOf }));
  const rows: Row[] = [];
  const batch$ = isModelled ? modelled$ : recorded$;
  await lastValueFrom(batch$.pipe(tap((batch) => appendRows(rows, batch))));
  return { rows, registry };
}

describe.skipIf(!hasSharedData)('a recorded KVM schedule without entries and exits', () => {
  it.each(['kvm-overcommit', 'kvm-light'])('%s gets a guest life that fits it', async (name) => {
    const path = sharedDataPath(`kvm-schedule/${name}.trace.gz`);
    const { rows, registry } = await schedule(path, true);
    checkTimeOrder(rows);
    checkGuestLife(rows, registry);
    expect(rows.filter((row) => row.kind === 'guestEntry').length).toBeGreaterThan(10_000);
    const recorded = await schedule(path, false);
    expect(rows.filter((row) => !row.modelled)).toEqual(recorded.rows);
  });

  it('gets the same rows and the same names, however far the importer reads ahead', async () => {
    const path = sharedDataPath('kvm-schedule/kvm-light.trace.gz');
    const [far, near] = [await schedule(path, true), await schedule(path, true, 17)];
    expect(near.registry.texts).toEqual(far.registry.texts);
    expect(near.rows).toEqual(far.rows);
  });
});
