/** Control-plane commands that a run executes at given times; the scenario's `timeline`. */
import type { Name } from '../arch/registers.ts';
import type { Thread } from '../schedule/registry.ts';

/** Which threads a command means. Indexes are into the run's lists of VMs and tenants. */
export type ThreadSelector =
  | { readonly by: 'vcpu'; readonly vm: number; readonly vcpu: number }
  | { readonly by: 'vm'; readonly vm: number }
  | { readonly by: 'tenant'; readonly tenant: number }
  | { readonly by: 'tid'; readonly tid: number }
  | { readonly by: 'comm'; readonly comm: string };

export type Command =
  | { readonly kind: 'mpamDisable' }
  | { readonly kind: 'move'; readonly threads: ThreadSelector; readonly group: number }
  | { readonly kind: 'cpuDefault'; readonly cpu: number; readonly group: number }
  | { readonly kind: 'cpuOffline'; readonly cpu: number }
  | { readonly kind: 'cpuOnline'; readonly cpu: number }
  | { readonly kind: 'cpuPm'; readonly cpu: number; readonly losesRegisters: boolean }
  | {
      readonly kind: 'guestAccess';
      readonly vm: number;
      readonly vcpu: number;
      readonly register: Name;
      readonly isWrite: boolean;
      readonly low: number;
      readonly high: number;
    }
  | {
      readonly kind: 'poke';
      readonly cpu: number;
      readonly register: Name;
      readonly low: number;
      readonly high: number;
    };

/** A command and when it happens, in ns since the start of the run. Equal times keep the order of the list. */
export interface TimedCommand {
  readonly atNs: number;
  readonly command: Command;
}

export function selects(selector: ThreadSelector, thread: Thread): boolean {
  switch (selector.by) {
    case 'vcpu':
      return thread.vm === selector.vm && thread.vcpu === selector.vcpu;
    case 'vm':
      return thread.vm === selector.vm;
    case 'tenant':
      return thread.tenant === selector.tenant;
    case 'tid':
      return thread.tid === selector.tid;
    case 'comm':
      return thread.comm === selector.comm;
  }
}
