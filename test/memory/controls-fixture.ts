/** Controls of one cache, as an MSC of its own, over slots that record, with the changes that they told. */
import { packLabel } from '../../src/arch/label.ts';
import { plainMsc } from '../../src/memory/implied-mscs.ts';
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';
import type { MscRegisterChange } from '../../src/memory/msc-register-change.ts';
import { MscControls } from '../../src/memory/settings/msc-controls.ts';
import { RecordingSlots } from './recording-slots.ts';

export const NON_SECURE = 1;
export const SECURE = 0;

export interface ControlsFixture {
  readonly controls: MscControls;
  readonly slots: RecordingSlots;
  readonly changes: MscRegisterChange[];
}

/** 1024 sets of 16 ways: 16,384 lines. */
export function controlsOf(features: CacheControlFeatures, seed = 1, name = 'l3-0'): ControlsFixture {
  const slots = new RecordingSlots(1024, 16);
  const changes: MscRegisterChange[] = [];
  const config = plainMsc(name, 0, features);
  const resource = { ris: 0, cache: slots };
  const controls = new MscControls({ config, seed }, [resource], (change) => changes.push(change));
  return { controls, slots, changes };
}

/** The label of Non-secure requests. */
export const labelOf = (partid: number, pmg = 0): number => packLabel(NON_SECURE, partid, pmg);
