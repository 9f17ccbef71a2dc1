/**
 * Planned parts and their components as the records that the generator reads (loop/assembly/stream-layout.ts).
 */
import {
  COMPONENT_ACCESS,
  COMPONENT_BYTES,
  COMPONENT_CHOICE,
  COMPONENT_CURSOR,
  COMPONENT_EXTENT,
  COMPONENT_LINES,
  COMPONENT_PAGES,
  COMPONENT_PATTERN,
  COMPONENT_RANDOM,
  COMPONENT_ROTATION,
  COMPONENT_STEP,
  COMPONENT_TABLE,
  COMPONENT_WRITES,
  PART_BYTES,
  PART_CODE,
  PART_COMPONENT_COUNT,
  PART_COMPONENTS,
  PART_FETCH_DUE,
  PART_FETCH_INTERVAL,
  PART_INSTRUCTIONS,
  PART_LINE_SHIFT,
  PART_QUEUE,
  PART_RANDOM,
  PATTERN_CHASE,
} from '../../loop/assembly/stream-layout.ts';
import { type PurposePart, type RandomStream, randomStream } from '../../loop/random-stream.ts';
import type { PlannedComponent } from './planned-part.ts';
import type { PlacedPart, StreamBlueprint } from './stream-blueprint.ts';

const TWO_TO_31 = 2 ** 31;
const TWO_TO_32 = 2 ** 32;
/** Every A64 instruction has 4 bytes; instructions are counted in 1/256. */
const INSTRUCTIONS_PER_CODE_BYTE = 256 / 4;

/** Writes the records of one machine's parts. `base` is where its region of the block starts, in bytes. */
export class PartRecordWriter {
  readonly #words: Uint32Array;
  readonly #base: number;
  readonly #blueprint: StreamBlueprint;

  constructor(words: Uint32Array, base: number, blueprint: StreamBlueprint) {
    this.#words = words;
    this.#base = base;
    this.#blueprint = blueprint;
  }

  /** Write the part as it is before its first access. The first line of code is fetched before anything else. */
  write(part: PlacedPart): void {
    const { lineBytes } = this.#blueprint.plan;
    const record = this.#base + part.offset;
    const components = record + PART_BYTES;
    const code = components + part.components.length * COMPONENT_BYTES;
    this.#writeRandomState(record + PART_RANDOM, this.#random(part.purpose));
    this.#put(record + PART_COMPONENTS, components);
    this.#put(record + PART_COMPONENT_COUNT, part.components.length);
    this.#put(record + PART_CODE, part.code === undefined ? 0 : code);
    this.#put(record + PART_FETCH_DUE, lineBytes * INSTRUCTIONS_PER_CODE_BYTE);
    this.#put(record + PART_FETCH_INTERVAL, lineBytes * INSTRUCTIONS_PER_CODE_BYTE);
    this.#put(record + PART_INSTRUCTIONS, part.spec.instructionsPerAccess);
    this.#put(record + PART_LINE_SHIFT, Math.log2(lineBytes));
    this.#put(record + PART_QUEUE, this.#base + part.queueOffset);
    const thresholds = choiceThresholds(part.components.map(({ weight }) => weight));
    part.components.forEach((component, at) => {
      this.#writeComponent(components + at * COMPONENT_BYTES, component, thresholds[at]!);
    });
    if (part.code !== undefined) this.#writeComponent(code, part.code, 0);
  }

  #writeComponent(record: number, component: PlannedComponent, choiceThreshold: number): void {
    const { plan, regions, tables } = this.#blueprint;
    const region = regions[component.region]!;
    const random = this.#random(component.purpose);
    this.#writeRandomState(record + COMPONENT_RANDOM, random);
    this.#putLong(record + COMPONENT_STEP, component.stepBytes);
    this.#putLong(record + COMPONENT_EXTENT, component.lines * plan.lineBytes);
    this.#put(record + COMPONENT_PATTERN, component.patternCode);
    this.#put(record + COMPONENT_LINES, component.lines);
    this.#put(record + COMPONENT_PAGES, this.#base + region.offset);
    this.#put(record + COMPONENT_WRITES, Math.round((component.writesPerThousand * TWO_TO_31) / 1000));
    this.#put(record + COMPONENT_CHOICE, choiceThreshold);
    this.#put(record + COMPONENT_ACCESS, component.access);
    if (component.table === undefined) return;
    // Hot lines and the order of a list belong to the memory, not to who looks at it; where in the list one is does not.
    const rotation = this.#random(['rotation', ...region.identity, component.lines]).below(component.lines);
    this.#put(record + COMPONENT_TABLE, this.#base + tables[component.table]!.offset);
    this.#put(record + COMPONENT_ROTATION, rotation);
    if (component.patternCode === PATTERN_CHASE) {
      this.#put(record + COMPONENT_CURSOR, random.below(component.lines));
    }
  }

  #random(purpose: readonly PurposePart[]): RandomStream {
    return randomStream(this.#blueprint.plan.seed, ...purpose);
  }

  /** Four words of the stream are the state: the purpose tells them from those of all other states. */
  #writeRandomState(address: number, random: RandomStream): void {
    for (let word = 0; word < 4; word++) this.#put(address + 4 * word, random.uint32());
  }

  #put(address: number, value: number): void {
    this.#words[address >>> 2] = value;
  }

  /** A u64 from a number below 2^53. */
  #putLong(address: number, value: number): void {
    this.#put(address, value % TWO_TO_32);
    this.#put(address + 4, Math.floor(value / TWO_TO_32));
  }
}

/** For all but the last: the share of the weights up to and with this one, as the least number of 2^32 not below it. */
function choiceThresholds(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight, at) => {
    sum += weight;
    return at === weights.length - 1 ? 0 : Math.ceil((sum * TWO_TO_32) / total);
  });
}
