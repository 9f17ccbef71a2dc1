/**
 * Address streams: which line a part of a workload touches next (design section 2, "generate").
 *
 * Sequential and strided walks, loops, uniform and Zipf draws, pointer chases, and mixtures of them by weight; an
 * instruction fetch for every line's worth of A64 instructions executed; virtual pages that get a frame of physical
 * memory when they are touched first. Draws come from xoroshiro128+ (random.ts), with a state for each component.
 * Records and tables are made by src/workload/streams.
 *
 * Leaves out: branches (code is walked by a pattern of its own), elements that straddle two lines, and TLBs.
 */
import {
  ACCESS_BYTES,
  ACCESS_INSTRUCTIONS,
  ACCESS_KIND,
  ACCESS_LINE,
  KIND_WRITE,
  MACHINE_FRAME_FACTOR,
  MACHINE_FRAME_OFFSET,
  MACHINE_FRAMES,
  MACHINE_NEXT_FRAME,
  MACHINE_PAGE_SHIFT,
  STREAM_HEAD,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_TAIL,
} from './layout';
import { nextRandom, randomBelow } from './random';
import {
  ALIAS_BYTES,
  ALIAS_OTHER,
  ALIAS_THRESHOLD,
  COMPONENT_ACCESS,
  COMPONENT_BYTES,
  COMPONENT_CHOICE,
  COMPONENT_CURSOR,
  COMPONENT_EXTENT,
  COMPONENT_LINES,
  COMPONENT_PAGES,
  COMPONENT_PATTERN,
  COMPONENT_POSITION,
  COMPONENT_RANDOM,
  COMPONENT_ROTATION,
  COMPONENT_STEP,
  COMPONENT_TABLE,
  COMPONENT_WRITES,
  PART_CODE,
  PART_COMPONENT_COUNT,
  PART_COMPONENTS,
  PART_FETCH_DUE,
  PART_FETCH_INTERVAL,
  PART_INSTRUCTIONS,
  PART_LINE_SHIFT,
  PART_RANDOM,
  PATTERN_UNIFORM,
  PATTERN_WALK,
  PATTERN_ZIPF,
  STREAM_PART,
  UNTOUCHED_PAGE,
} from './stream-layout';

/**
 * Fill the queue of a generated stream with the next accesses of its present part.
 * A fetch comes before the instructions of its line; it counts no instructions itself.
 */
export function generate(machine: usize, stream: usize): void {
  const part: usize = load<u32>(stream, STREAM_PART);
  const code: usize = load<u32>(part, PART_CODE);
  const interval: u32 = load<u32>(part, PART_FETCH_INTERVAL);
  const instructions: u32 = load<u32>(part, PART_INSTRUCTIONS);
  const lineShift: u32 = load<u32>(part, PART_LINE_SHIFT);
  const queue: usize = load<u32>(stream, STREAM_QUEUE);
  const mask: u32 = load<u32>(stream, STREAM_QUEUE_MASK);
  const full: u32 = load<u32>(stream, STREAM_HEAD) + mask + 1;
  let due: u32 = load<u32>(part, PART_FETCH_DUE);
  let tail: u32 = load<u32>(stream, STREAM_TAIL);
  for (; tail !== full; tail++) {
    const access: usize = queue + (tail & mask) * ACCESS_BYTES;
    if (code !== 0 && due >= interval) {
      due -= interval;
      makeAccess(machine, code, access, lineShift);
      store<u32>(access, 0, ACCESS_INSTRUCTIONS);
    } else {
      due += instructions;
      makeAccess(machine, chosenComponent(part), access, lineShift);
      store<u32>(access, instructions, ACCESS_INSTRUCTIONS);
    }
  }
  store<u32>(part, due, PART_FETCH_DUE);
  store<u32>(stream, tail, STREAM_TAIL);
}

/** Write the component's next access to `access`, without its instructions. */
function makeAccess(machine: usize, component: usize, access: usize, lineShift: u32): void {
  const line: u32 = nextLine(component, lineShift);
  store<u32>(access, physicalLine(machine, load<u32>(component, COMPONENT_PAGES), line), ACCESS_LINE);
  const kind: u32 = load<u32>(component, COMPONENT_ACCESS);
  const writes: u32 = load<u32>(component, COMPONENT_WRITES);
  // Random outcomes are selected, not branched on: a branch would be mispredicted.
  const isWrite: bool = writes !== 0 && nextRandom(component + COMPONENT_RANDOM) >> 1 < writes;
  store<u32>(access, select<u32>(kind | KIND_WRITE, kind, isWrite), ACCESS_KIND);
}

function chosenComponent(part: usize): usize {
  let component: usize = load<u32>(part, PART_COMPONENTS);
  const count: usize = load<u32>(part, PART_COMPONENT_COUNT);
  if (count === 1) return component;
  const last: usize = component + (count - 1) * COMPONENT_BYTES;
  const drawn: u32 = nextRandom(part + PART_RANDOM);
  while (component !== last && drawn >= load<u32>(component, COMPONENT_CHOICE)) component += COMPONENT_BYTES;
  return component;
}

/** The region's line that the component touches next. */
function nextLine(component: usize, lineShift: u32): u32 {
  const pattern: u32 = load<u32>(component, COMPONENT_PATTERN);
  if (pattern === PATTERN_WALK) return walkedLine(component, lineShift);
  const lines: u32 = load<u32>(component, COMPONENT_LINES);
  if (pattern === PATTERN_UNIFORM) return randomBelow(component + COMPONENT_RANDOM, lines);
  const entry: u32 = pattern === PATTERN_ZIPF ? zipfEntry(component, lines) : chasedEntry(component);
  // Not entry + rotation, which overflows in regions of more than 2^31 lines.
  const before: u32 = lines - load<u32>(component, COMPONENT_ROTATION);
  return entry >= before ? entry - before : entry + (lines - before);
}

function walkedLine(component: usize, lineShift: u32): u32 {
  const position: u64 = load<u64>(component, COMPONENT_POSITION);
  const extent: u64 = load<u64>(component, COMPONENT_EXTENT);
  const next: u64 = position + load<u64>(component, COMPONENT_STEP);
  store<u64>(component, next >= extent ? next - extent : next, COMPONENT_POSITION);
  return u32(position >> lineShift);
}

/** Walker's alias method: one draw picks an entry, the next one decides between its two lines. */
function zipfEntry(component: usize, lines: u32): u32 {
  const entry: u32 = randomBelow(component + COMPONENT_RANDOM, lines);
  const alias: usize = <usize>load<u32>(component, COMPONENT_TABLE) + <usize>entry * ALIAS_BYTES;
  const drawn: u32 = nextRandom(component + COMPONENT_RANDOM);
  return select<u32>(entry, load<u32>(alias, ALIAS_OTHER), drawn < load<u32>(alias, ALIAS_THRESHOLD));
}

function chasedEntry(component: usize): u32 {
  const entry: u32 = load<u32>(component, COMPONENT_CURSOR);
  const successor: usize = <usize>load<u32>(component, COMPONENT_TABLE) + ((<usize>entry) << 2);
  store<u32>(component, load<u32>(successor), COMPONENT_CURSOR);
  return entry;
}

/** The machine's line of a region's line. A page that is touched first gets the next frame. */
function physicalLine(machine: usize, pages: usize, line: u32): u32 {
  const shift: u32 = load<u32>(machine, MACHINE_PAGE_SHIFT);
  const entry: usize = pages + ((<usize>line >> shift) << 2);
  let frame: u32 = load<u32>(entry);
  if (frame === <u32>UNTOUCHED_PAGE) {
    frame = nextFrame(machine);
    store<u32>(entry, frame);
  }
  return (frame << shift) | (line & ((1 << shift) - 1));
}

/**
 * Frames are handed out in an order that visits each one once. That there are enough was planned: else it is a trap.
 */
function nextFrame(machine: usize): u32 {
  const n: u32 = load<u32>(machine, MACHINE_NEXT_FRAME);
  const frames: u32 = load<u32>(machine, MACHINE_FRAMES);
  if (n >= frames) unreachable();
  store<u32>(machine, n + 1, MACHINE_NEXT_FRAME);
  const factor: u64 = load<u32>(machine, MACHINE_FRAME_FACTOR);
  return u32((factor * n + load<u32>(machine, MACHINE_FRAME_OFFSET)) % frames);
}
