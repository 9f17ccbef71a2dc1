/**
 * Why a vCPU left its guest: the bodies of kvm_exit and kvm_userspace_exit lines.
 *
 *     TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0xffff800010a3f2c4          arm64 (arch/arm64/kvm/trace_arm.h)
 *     IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffff800010081c2c            arm64; for other types HSR_EC means nothing
 *     reason HLT rip 0xffffffffbb51c00a info 0 0                       x86, trace-cmd (its kvm plug-in)
 *     vcpu 0 reason MSR_WRITE rip 0x.. info1 0x.. info2 0x.. intr_info 0x.. error_code 0x..     x86, kernel
 *     reason KVM_EXIT_MMIO (6)                                         kvm_userspace_exit (include/trace/events/kvm.h)
 *
 * kvm_entry needs no parser: on arm64 it prints the PC only, on x86 a vCPU number that is not unique on a host. Which
 * vCPU it is follows from the thread, for entries and exits alike.
 */
import { ascii, COMMA, SPACE, startsAt } from './bytes.ts';

/** Where the guest was differs in every line; the reason ends before it. */
const RIP = ascii(' rip ');
const PC = ascii(', PC:');
const REASON_BYTES_MAX = 128;

/** Where the reason in the kvm_exit body bytes[from..to) ends: before the guest's program counter. -1 if there is none. */
export function endOfExitReason(bytes: Uint8Array, from: number, to: number): number {
  const limit = Math.min(to, from + REASON_BYTES_MAX);
  for (let at = from; at < limit; at++) {
    if (bytes[at] === SPACE && startsAt(bytes, at, RIP)) return at;
    if (bytes[at] === COMMA && startsAt(bytes, at, PC)) return at;
  }
  return -1;
}

/** Where the kvm_userspace_exit body bytes[from..to) ends, if it can be one; else -1. */
export function endOfUserspaceReason(from: number, to: number): number {
  return to - from <= REASON_BYTES_MAX ? to : -1;
}

/**
 * The reason as a word or two: `HLT`, `IRQ`, `DABT_LOW` (of a trap, the exception class as arch/arm64/kvm names it). Undefined
 * if `raw`, a kvm_exit body up to its program counter, is in none of the known layouts.
 */
export function exitReason(raw: string): string | undefined {
  const x86 = /^(?:vcpu \d+,? )?reason (\S.*)$/.exec(raw);
  if (x86 !== null) return x86[1].trimEnd();
  const arm64 = /^(\w+): (?:HSR|ESR)_EC: 0x[0-9a-f]+ \((.*)\)$/i.exec(raw);
  if (arm64 === null) return undefined;
  return arm64[1] === 'TRAP' ? arm64[2] : arm64[1];
}

/** `KVM_EXIT_MMIO`, `restart`, `error`; undefined if `raw` is no kvm_userspace_exit body. */
export function userspaceReason(raw: string): string | undefined {
  return /^reason (\S+) \(-?\d+\)\s*$/.exec(raw)?.[1];
}
