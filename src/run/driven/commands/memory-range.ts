/** Physical addresses in the words of a command. */
import { formatHex64 } from '../../../arch/registers.ts';
import type { Words } from '../bus-words.ts';
import type { BusWorld } from '../bus-world.ts';

interface MemoryRange {
  readonly address: number;
  readonly bytes: number;
}

/** Take `ADDRESS +LENGTH`, inside of memory. */
export function memoryRange(words: Words, world: BusWorld): MemoryRange {
  const address = words.integer('an address', 0, Number.MAX_SAFE_INTEGER);
  const bytes = words.length(Number.MAX_SAFE_INTEGER);
  refuseBeyond(words, world, address, bytes);
  return { address, bytes };
}

/** Take an address where `bytes` bytes are. */
export function startIn(words: Words, world: BusWorld, bytes: number): number {
  const address = words.integer('an address', 0, Number.MAX_SAFE_INTEGER);
  refuseBeyond(words, world, address, bytes);
  return address;
}

function refuseBeyond(words: Words, { machine }: BusWorld, address: number, bytes: number): void {
  const { memoryBytes } = machine.plan;
  if (address + bytes <= memoryBytes) return;
  const end = address + bytes - 1;
  throw words.problem(
    `goes up to ${hex(end)}, beyond memory`,
    `addresses ${hex(0)} to ${hex(memoryBytes - 1)}`,
    'memory is as large as topology.memory.recorded of the scenario',
  );
}

const hex = (address: number): string =>
  formatHex64(address | 0, Math.floor(address / 2 ** 32)).replace(/^0x0{1,15}/, '0x');
