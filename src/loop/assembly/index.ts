/** What the TypeScript rooms call. One instance works on one block of memory. */
import { limitUse, reconsider, setStride } from './bandwidth-limits';
import { access as accessHierarchy } from './hierarchy';
import { moveOwnerTo } from './moved-owner';
import { accessStraddling as accessTwoLines } from './straddling';
import { leaveSpan, offer, serve } from './traffic';
import { TRAFFIC_FREE_REQUESTS } from './traffic-layout';
import { wayOutOf } from './way-out';

export { judgeAll } from './accounting';
export { advance, beginSpan } from './advance';
export { awaitReads } from './await-reads';
export { countDirtyLines } from './dirty-lines';
export { generate } from './generate';
export { maintain } from './maintenance';
export { releasePe } from './pe-waits';
export { replay } from './replay';

/** One access of PE number `port` of the records at `pes`. @returns the step that served it. */
export function access(pes: usize, port: u32, line: u32, kind: u32, owner: u32): u32 {
  return accessHierarchy(wayOutOf(pes, port, kind), line, kind, owner);
}

/** Two lines of one access. */
export function accessStraddling(pes: usize, port: u32, line: u32, next: u32, kind: u32, owner: u32): u32 {
  return accessTwoLines(wayOutOf(pes, port, kind), line, next, kind, owner);
}

/** Limits of a bandwidth slot from now on: MIN, MAX over 65536, HARDLIM, the window in ps, and MBW_PROP (0: EN = 0). */
export function limitBandwidth(
  traffic: usize,
  channel: usize,
  slot: usize,
  minimum: u32,
  maximum: u32,
  isHard: bool,
  windowPs: f64,
  stride: u32,
): void {
  limitUse(traffic, channel, slot, minimum, maximum, isHard, windowPs);
  setStride(channel, slot, stride);
  reconsider(traffic, channel);
}

/** An owner, whose record in the channel is given, goes to another bandwidth slot, and takes what waits along. */
export function moveOwner(traffic: usize, channel: usize, owner: usize, slot: usize): void {
  moveOwnerTo(channel, owner, slot);
  reconsider(traffic, channel);
}

/** Portions or priorities of a channel's slots have changed. */
export function reconsiderChannel(traffic: usize, channel: usize): void {
  reconsider(traffic, channel);
}

/** Leave the present span before its end, when no PE has anything left to do in it. */
export function leaveTrafficSpan(traffic: usize, timePs: f64): void {
  leaveSpan(traffic, timePs as i64);
}

/** Open loop: make all channel decisions before `untilPs`. @returns false if the log of grants is full before. */
export function serveChannels(traffic: usize, untilPs: f64): bool {
  return serve(traffic, untilPs as i64);
}

/** Open loop: a request arrives now. @returns false if there is no room for it. */
export function offerRequest(traffic: usize, route: usize, line: u32, ownerWord: u32, tag: u32): bool {
  if (load<u32>(traffic, TRAFFIC_FREE_REQUESTS) === 0) return false;
  offer(traffic, route, line, ownerWord, tag);
  return true;
}
