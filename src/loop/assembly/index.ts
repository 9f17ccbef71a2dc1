/** What the TypeScript rooms call. One instance works on one block of memory. */
import { access as accessHierarchy } from './hierarchy';
import { accessStraddling as accessTwoLines } from './straddling';
import { wayOutOf } from './way-out';

export { judgeAll } from './accounting';
export { advance, beginSpan } from './advance';
export { generate } from './generate';
export { replay } from './replay';

/** One access of PE number `port` of the records at `pes`. @returns the step that served it. */
export function access(pes: usize, port: u32, line: u32, kind: u32, owner: u32): u32 {
  return accessHierarchy(wayOutOf(pes, port, kind), line, kind, owner);
}

/** Two lines of one access. */
export function accessStraddling(pes: usize, port: u32, line: u32, next: u32, kind: u32, owner: u32): u32 {
  return accessTwoLines(wayOutOf(pes, port, kind), line, next, kind, owner);
}
