/**
 * The streams of a machine before there is memory for them: how much they need, of the block and of physical memory, and
 * where in the block each record and table will lie.
 */

import { ACCESS_BYTES, MACHINE_BYTES, STREAM_BYTES } from '../../loop/assembly/layout.ts';
import { COMPONENT_BYTES, PART_BYTES, PART_QUEUE_ACCESSES } from '../../loop/assembly/stream-layout.ts';
import type { BlockLayout, Region } from '../../loop/block.ts';
import type { PartSpec, WorkloadSpec } from '../workload.ts';
import { AddressSpaces, type VirtualRegion } from './address-spaces.ts';
import { type PatternTable, PatternTables, tableBytes } from './pattern-tables.ts';
import { type PartPlanning, type PlannedPart, plannedPart } from './planned-part.ts';
import { type ExecutorPlan, SIDES, Side, type StreamPlan } from './stream-plan.ts';

/** Accesses in the queue of a recorded stream: decoded ahead in one go. */
export const RECORDED_QUEUE_ACCESSES = 1024;
const FRAME_BYTES = 4;
const ALIGNMENT_BYTES = 16;

/** Offsets count from the start of the machine's region of the block, in bytes. */
interface Placed {
  readonly offset: number;
}

export type PlacedPart = PlannedPart & Placed & { readonly queueOffset: number };

/** One stream record: an executor's side. */
interface PlacedStream extends Placed {
  readonly executor: number;
  readonly side: Side;
  /** By phase; undefined where the side makes no accesses. Empty for a recorded stream. */
  readonly parts: readonly (PlacedPart | undefined)[];
  /** The queue of a recorded stream. */
  readonly recordedQueueOffset: number | undefined;
}

export interface StreamBlueprint {
  readonly plan: StreamPlan;
  readonly streams: readonly PlacedStream[];
  readonly regions: readonly (VirtualRegion & Placed)[];
  readonly tables: readonly (PatternTable & Placed)[];
  /** Pages of all regions and recorded traces together, and the lines they are: line numbers are below. */
  readonly frames: number;
  readonly physicalLines: number;
  /** Bytes of the block. */
  readonly byteLength: number;
}

/**
 * Plan the streams of a machine. It takes next to no time: tables are made when there is memory for them. Whether so many
 * lines and bytes fit the machine is for the caller to judge.
 * @throws Error if two executors have the same identity, or a part has no component.
 */
export function planStreams(plan: StreamPlan): StreamBlueprint {
  if (new Set(plan.executors.map(({ identity }) => JSON.stringify(identity))).size < plan.executors.length) {
    throw new Error(`streams ${plan.name}: two executors have the same identity`);
  }
  const spaces = new AddressSpaces(plan.pageBytes);
  const tables = new PatternTables();
  const room = new Room(MACHINE_BYTES);
  const streams = plan.executors.flatMap((executor, index) =>
    SIDES.map((side) => placedStream({ lineBytes: plan.lineBytes, spaces, tables }, executor, index, side, room)),
  );
  const regions = spaces.regions.map((one) => ({ ...one, offset: room.take(one.pages * FRAME_BYTES) }));
  const placedTables = tables.tables.map((table) => ({ ...table, offset: room.take(tableBytes(table)) }));
  const frames = Math.max(
    1,
    regions.reduce((sum, region) => sum + region.pages, plan.recordedPages),
  );
  const physicalLines = frames * (plan.pageBytes / plan.lineBytes);
  return { plan, streams, regions, tables: placedTables, frames, physicalLines, byteLength: room.byteLength };
}

/** Reserve the machine's region of the block. */
export function reserveStreams(layout: BlockLayout, blueprint: StreamBlueprint): Region {
  return layout.reserve(`${blueprint.plan.name} streams`, blueprint.byteLength);
}

function placedStream(
  planning: PartPlanning,
  executor: ExecutorPlan,
  index: number,
  side: Side,
  room: Room,
): PlacedStream {
  const { workload } = executor;
  const offset = room.take(STREAM_BYTES);
  const isRecorded = workload.kind === 'recorded' && side === Side.user;
  const parts = partSpecs(workload, side).map((spec, phase) => {
    if (spec === undefined) return undefined;
    const part = plannedPart(planning, executor, spec, [side, phase]);
    const componentCount = part.components.length + (part.code === undefined ? 0 : 1);
    return {
      ...part,
      offset: room.take(PART_BYTES + componentCount * COMPONENT_BYTES),
      queueOffset: room.take(PART_QUEUE_ACCESSES * ACCESS_BYTES),
    };
  });
  const recordedQueueOffset = isRecorded ? room.take(RECORDED_QUEUE_ACCESSES * ACCESS_BYTES) : undefined;
  return { executor: index, side, offset, parts, recordedQueueOffset };
}

/** What is executed on one side, by phase. The user side of a recorded workload is read from its trace instead. */
function partSpecs(workload: WorkloadSpec, side: Side): readonly (PartSpec | undefined)[] {
  if (workload.kind === 'recorded') return side === Side.user ? [] : [workload.kernel];
  return workload.phases.map((phase) => (side === Side.user ? phase.user : phase.kernel));
}

/** Gives out places one after the other. */
class Room {
  byteLength: number;

  constructor(used: number) {
    this.byteLength = used;
  }

  /** Offset of `bytes` bytes that nobody else has. */
  take(bytes: number): number {
    const offset = Math.ceil(this.byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    this.byteLength = offset + bytes;
    return offset;
  }
}
