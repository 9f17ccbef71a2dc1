/**
 * The board of the compliance tests (board.yaml): a machine that is driven through the lines of `mpamlab bus` alone, as
 * firmware and a driver would. All values are raw register values.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrivenPlan } from '../../src/run/driven/driven-plan.ts';
import { planOf, TestClient } from '../run/driven/driven-fixture.ts';
import { MscPage, type Space } from './msc-page.ts';

const KIB = 1024;
export const LINE = 64;
/** The L3 of the board: 256 sets of 16 ways. */
export const L3_BYTES = 256 * KIB;
/** An address far from what tests hold in the cache, and a length of four times the cache: a stream. */
export const FAR = '0x800000';
export const STREAM = '+1MiB';
/** Bytes that the channel of memory serves in a ns: a line in 10 ns. */
export const CHANNEL_BYTES_PER_NS = 6.4;

/** MPAM3_EL3.MPAMEN. */
export const MPAMEN = 1n << 63n;

const BOARD = readFileSync(join(import.meta.dirname, 'board.yaml'), 'utf8');

/** The plan of the board. @param overrides what is different, as `--set` has it. */
export function boardPlan(...overrides: readonly string[]): DrivenPlan {
  return planOf(BOARD, ...overrides);
}

/** Both fields of MPAMn_ELx, for instructions and for data. */
export function label(partid: number, pmg = 0, instruction = { partid, pmg }): bigint {
  return (BigInt(pmg) << 40n) | (BigInt(instruction.pmg) << 32n) | (BigInt(partid) << 16n) | BigInt(instruction.partid);
}

export class Board {
  /** Interrupts that came, oldest first, without their marks. */
  readonly interrupts: string[] = [];
  readonly #client: TestClient;

  constructor(plan: DrivenPlan = boardPlan()) {
    this.#client = new TestClient(plan);
  }

  /** Send a line. @returns its answer without `ok`; a trap as it is. @throws Error if the line is refused. */
  ask(line: string): string {
    const lines = this.#client.send(line);
    const answer = lines.pop() ?? '';
    for (const interrupt of lines) this.interrupts.push(interrupt.replace('! interrupt ', ''));
    if (answer.startsWith('error:')) throw new Error(`${line}: ${answer}`);
    return answer.replace(/^ok ?/, '');
  }

  /** The page of an MSC for a PARTID space. */
  msc(name: string, space: Space = 'ns'): MscPage {
    return new MscPage(this, name, space);
  }

  /** MSR, at the Exception level where the PE is. @returns empty, or the trap. */
  writePe(pe: number, register: string, value: bigint): string {
    return this.ask(`pe ${pe} write ${register} 0x${value.toString(16)}`);
  }

  /** Firmware enables MPAM, then software runs at EL1 under a label. */
  runAs(pe: number, partid: number, pmg = 0): void {
    this.ask(`pe ${pe} el 3`);
    this.writePe(pe, 'MPAM3_EL3', MPAMEN);
    this.writePe(pe, 'MPAM1_EL1', label(partid, pmg));
    this.ask(`pe ${pe} el 1`);
  }

  /** `access PE ...`, `copy PE ...` or `stop PE`: what it came to, by name: accesses, ns, l3, memory. */
  counts(line: string): Readonly<Record<string, number>> {
    return numbers(this.ask(line));
  }

  /** The exact truth about who holds (a cache) or moved (memory) how much, by label as in `ns/1/0`. */
  truth(where: string): ReadonlyMap<string, Readonly<Record<string, number>>> {
    const parts = this.ask(`counters ${where}`).split(' ; ').filter(Boolean);
    return new Map(parts.map((part) => [/label=(\S+)/.exec(part)![1]!, numbers(part)]));
  }

  /** The cache is empty afterwards. */
  flush(): void {
    this.ask('maintain clean-invalidate 0x0 +16MiB');
  }
}

function numbers(text: string): Record<string, number> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)=([\d.]+)(?= |$)/g)].map(([, name, value]) => [name, Number(value)]),
  );
}
