/** One host with KVM on one or more PEs, brought up, with every register write by name on record. */
import { DEFAULT_PE_FEATURES, type PeFeatures } from '../../src/arch/features.ts';
import { formatHex64, NAMES, type Name } from '../../src/arch/registers.ts';
import { cpuEnableMpam, finaliseEl2State, firmwareInit } from '../../src/kvm/host-labels.ts';
import { KERNELS, type KernelName } from '../../src/kvm/kernels.ts';
import { KvmHost, reserveLinuxCopies } from '../../src/kvm/kvm-host.ts';
import { KVM_MODES, type KvmModeName } from '../../src/kvm/modes.ts';
import { BlockLayout } from '../../src/loop/block.ts';
import { EventRing, reserveEventRing } from '../../src/loop/event-ring.ts';
import { ProcessingElements, reserveProcessingElements } from '../../src/pe/processing-elements.ts';

export interface TestHostOptions {
  readonly mode: KvmModeName;
  readonly kernel: KernelName;
  readonly features?: Partial<PeFeatures>;
  /** What UNKNOWN fields hold after reset, in every register. */
  readonly unknown?: { readonly lo: number; readonly hi: number };
}

export interface TestHost {
  readonly host: KvmHost;
  readonly ring: EventRing;
  /** Run something; the MSRs it made by name, in order, as `NAME=0x...`, whether they changed anything or not. */
  readonly writesOf: (action: () => void) => string[];
}

/** PE 0 after reset and firmware, before the kernel has touched it. */
export function resetTestHost(options: TestHostOptions): TestHost {
  const features: PeFeatures = { ...DEFAULT_PE_FEATURES, ...options.features };
  const layout = new BlockLayout();
  const regions = reserveProcessingElements(layout, 1);
  const copies = reserveLinuxCopies(layout, 1);
  const ringRegion = reserveEventRing(layout, 1024);
  const block = layout.build();
  const ring = new EventRing(block, ringRegion);
  const pes = new ProcessingElements(block, regions, ring, () => features);
  const writes: string[] = [];
  const write = pes.write.bind(pes);
  pes.write = (pe: number, name: Name, lo: number, hi: number) => {
    writes.push(`${NAMES[name]!.name}=${formatHex64(lo, hi)}`);
    return write(pe, name, lo, hi);
  };
  const host = new KvmHost(
    {
      pes,
      ring,
      firstPe: 0,
      peCount: 1,
      kernel: KERNELS[options.kernel],
      mode: KVM_MODES[options.mode],
      hasHcr: features.hasHcr,
      hasSme: features.sme,
      hasEl3: features.el3,
    },
    block,
    copies,
  );
  pes.reset(0, () => options.unknown ?? { lo: 0, hi: 0 });
  firmwareInit(host, 0);
  const writesOf = (action: () => void): string[] => {
    writes.length = 0;
    action();
    return [...writes];
  };
  return { host, ring, writesOf };
}

/** The same, brought up by the kernel, with labels being switched. */
export function bootedTestHost(options: TestHostOptions): TestHost {
  const test = resetTestHost(options);
  finaliseEl2State(test.host, 0);
  cpuEnableMpam(test.host, 0);
  test.host.mpamEnabled = true;
  return test;
}

/** A register's value on PE 0. */
export function registerValue(test: TestHost, reg: number): string {
  return formatHex64(test.host.pes.registerLo(0, reg), test.host.pes.registerHi(0, reg));
}
