/** One access in time: what it costs besides waiting in the channels of memory, and on whose account. */
import { add, increment } from './accounting';
import { access } from './hierarchy';
import {
  ACCESS_INSTRUCTIONS,
  ACCESS_KIND,
  ACCESS_KIND_MASK,
  ACCESS_LINE,
  ACCESS_SERIAL,
  EXECUTOR_COMPUTE,
  EXECUTOR_INSTRUCTIONS,
  EXECUTOR_READS,
  EXECUTOR_SERVED,
  EXECUTOR_STALLS,
  KIND_FETCH,
  PE_FETCH_STALLS,
  PE_WAYS,
  STEP_MEMORY,
  STREAM_COMPUTE,
  STREAM_SERIAL_STALLS,
  STREAM_STALLS,
  WAY_FIRST_STEP,
  WAY_OWNER,
  WAY_SHIFT,
} from './layout';

/** instructions / 256 times ps / 256 instructions. */
const COMPUTE_SHIFT: u64 = 16;

/**
 * Make one access and book what it costs.
 * @param hasChannels waits for memory are not of the stall tables, and booked when they are over.
 * @returns ps.
 */
@inline
export function execute(pe: usize, stream: usize, executor: usize, entry: usize, hasChannels: bool): i64 {
  const word = load<u32>(entry, ACCESS_KIND);
  const kind = word & ACCESS_KIND_MASK;
  const line = load<u32>(entry, ACCESS_LINE);
  const wayOut = pe + PE_WAYS + ((kind & KIND_FETCH) << WAY_SHIFT);
  const served = access(wayOut, line, kind, load<u32>(wayOut, WAY_OWNER));
  const step = select(served, served + load<u32>(wayOut, WAY_FIRST_STEP), served === STEP_MEMORY);
  const dataStalls = stream + select(STREAM_SERIAL_STALLS, STREAM_STALLS, (word & ACCESS_SERIAL) !== 0);
  const stalls = select(pe + PE_FETCH_STALLS, dataStalls, kind === KIND_FETCH);
  const stall: u64 = hasChannels && served === STEP_MEMORY ? 0 : load<u32>(stalls + (step << 2));
  const instructions = load<u32>(entry, ACCESS_INSTRUCTIONS) as u64;
  let compute = (instructions * (load<u32>(stream, STREAM_COMPUTE) as u64)) >> COMPUTE_SHIFT;
  // Nothing is for free, or a stream of such accesses would never end; but for fetches that data accesses follow.
  if (compute + stall === 0 && (kind !== KIND_FETCH || instructions !== 0)) compute = 1;
  add(executor + EXECUTOR_INSTRUCTIONS, instructions);
  add(executor + EXECUTOR_COMPUTE, compute);
  add(executor + EXECUTOR_STALLS + (step << 3), stall);
  increment(executor + EXECUTOR_SERVED + (step << 3));
  increment(executor + EXECUTOR_READS + (kind << 3));
  return (compute + stall) as i64;
}
