/**
 * The world-switch core: thread switch, vCPU load, guest entry, guest exit, vCPU put, with change records and refreshed
 * labels, no store; two threads of different labels in turn, so that every write changes something.
 *
 * Floor: the same number of compared and recorded writes in a bare loop over typed arrays of the same layout.
 */
import { DEFAULT_PE_FEATURES } from '../src/arch/features.ts';
import { cpuEnableMpam, finaliseEl2State, firmwareInit, threadSwitch } from '../src/kvm/host-labels.ts';
import { KERNELS } from '../src/kvm/kernels.ts';
import { KvmHost, reserveLinuxCopies } from '../src/kvm/kvm-host.ts';
import { KVM_MODES, type KvmModeName } from '../src/kvm/modes.ts';
import { guestEntry, guestExit, vcpuLoad, vcpuPut } from '../src/kvm/world-switch.ts';
import { BlockLayout } from '../src/loop/block.ts';
import { EventRing, reserveEventRing } from '../src/loop/event-ring.ts';
import { EventKind, packMeta, ROW_WORDS } from '../src/loop/event-row.ts';
import { ProcessingElements, reserveProcessingElements } from '../src/pe/processing-elements.ts';
import { measureRatio } from './ratio.ts';

const SWITCHES_PER_CALL = 2048;
const PE_COUNT = 8;
const DRAIN_ROWS = 4096;

export async function run(): Promise<void> {
  for (const mode of ['vhe', 'nvhe'] as const) {
    const { host, ring } = benchHost(mode);
    worldSwitches(host, ring, 2);
    ring.drain();
    worldSwitches(host, ring, 1);
    const writes = ring.count;
    await measureRatio({
      name: `world switch, ${mode}, ${writes} changes each`,
      operations: SWITCHES_PER_CALL,
      unit: 'switches/s',
      goal: 0.5,
      run: () => worldSwitches(host, ring, SWITCHES_PER_CALL),
      floor: bareLoop(writes),
    });
  }
}

function benchHost(mode: KvmModeName): { host: KvmHost; ring: EventRing } {
  const layout = new BlockLayout();
  const regions = reserveProcessingElements(layout, PE_COUNT);
  const copies = reserveLinuxCopies(layout, PE_COUNT);
  const ringRegion = reserveEventRing(layout, DRAIN_ROWS);
  const block = layout.build();
  const ring = new EventRing(block, ringRegion);
  const pes = new ProcessingElements(block, regions, ring, () => DEFAULT_PE_FEATURES);
  const options = { pes, ring, firstPe: 0, peCount: PE_COUNT, hasHcr: true, hasSme: false, hasEl3: true };
  const host = new KvmHost({ ...options, kernel: KERNELS['v7.1'], mode: KVM_MODES[mode] }, block, copies);
  for (let pe = 0; pe < PE_COUNT; pe++) {
    pes.reset(pe, () => ({ lo: 0, hi: 0 }));
    firmwareInit(host, pe);
    finaliseEl2State(host, pe);
    cpuEnableMpam(host, pe);
  }
  host.mpamEnabled = true;
  return { host, ring };
}

let turn = 0;

function worldSwitches(host: KvmHost, ring: EventRing, count: number): void {
  for (let i = 0; i < count; i++) {
    const pe = i % PE_COUNT;
    if (pe === 0) turn ^= 1;
    const label = 2 + turn * 3;
    ring.timeLow = (ring.timeLow + 1000) | 0;
    threadSwitch(host, pe, (label << 16) | label, 0x0101);
    vcpuLoad(host, pe);
    guestEntry(host, pe, 1);
    guestExit(host, pe);
    vcpuPut(host, pe);
    if (ring.count >= DRAIN_ROWS) ring.drain();
  }
}

/** Compare, store and record `writes` register halves per switch, over the same layout, with nothing in between. */
function bareLoop(writes: number): () => void {
  const registers = new Int32Array(PE_COUNT * writes * 2);
  const rows = new Int32Array((DRAIN_ROWS + writes) * ROW_WORDS);
  let time = 0;
  let value = 0;
  let count = 0;
  return () => {
    for (let i = 0; i < SWITCHES_PER_CALL; i++) {
      const pe = i % PE_COUNT;
      time = (time + 1000) | 0;
      value = (value + 1) | 0;
      for (let write = 0; write < writes; write++) {
        const at = (pe * writes + write) * 2;
        const oldLow = registers[at]!;
        const oldHigh = registers[at + 1]!;
        if (oldLow === value && oldHigh === 0x0101) continue;
        registers[at] = value;
        registers[at + 1] = 0x0101;
        const row = count * ROW_WORDS;
        rows[row] = time;
        rows[row + 1] = packMeta(EventKind.registerChange, 2, 0, write, pe);
        rows[row + 2] = write;
        rows[row + 3] = 0;
        rows[row + 4] = oldLow;
        rows[row + 5] = oldHigh;
        rows[row + 6] = value;
        rows[row + 7] = 0x0101;
        count++;
      }
      if (count >= DRAIN_ROWS) count = 0;
    }
  };
}
