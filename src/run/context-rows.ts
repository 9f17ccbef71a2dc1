/**
 * The rows that tell what each PE was doing: one closes each context, with how long it lasted, where (world and EL), and
 * under which labels, judged against the tenant's own (design section 3). So time under a label is a plain sum over rows.
 */
import { PARTID_LIMIT, PMG_LIMIT, packLabel } from '../arch/label.ts';
import type { KvmHost } from '../kvm/kvm-host.ts';
import type { EventRing } from '../loop/event-ring.ts';
import { EventKind, packArgument, packThread, timeHighOf, World } from '../loop/event-row.ts';
import { NO_THREAD, ScheduleFlag } from '../schedule/schedule-batch.ts';
import type { PeContexts } from './pe-context.ts';
import type { TaskLabels } from './task-labels.ts';

/** Bits above the packed label in words 6 and 7 of a schedule row. */
export const ROW_MODELLED = 1 << 27;
export const ROW_MISLABELLED = 1 << 28;

/** What of a packed label is compared with the tenant's own: PARTID, PMG and the error flag, not the space. */
const OWN_LABEL_MASK = packLabel(0, PARTID_LIMIT, PMG_LIMIT, true);

const MODELLED = ScheduleFlag.modelled;

export class ContextRows {
  readonly #host: KvmHost;
  readonly #contexts: PeContexts;
  readonly #tasks: TaskLabels;
  readonly #ring: EventRing;
  readonly #onContextEnd: ((pe: number) => void) | undefined;

  /** @param onContextEnd is told of every PE whose context ends. */
  constructor(
    host: KvmHost,
    contexts: PeContexts,
    tasks: TaskLabels,
    onContextEnd: ((pe: number) => void) | undefined,
  ) {
    this.#onContextEnd = onContextEnd;
    this.#host = host;
    this.#contexts = contexts;
    this.#tasks = tasks;
    this.#ring = host.ring;
  }

  /** Append the row of an event that ends the PE's present context. @returns its seq. */
  endContext(pe: number, kind: number, thread: number, argument: number, flags: number, causeSeq: number): number {
    this.#onContextEnd?.(pe);
    const pes = this.#host.pes;
    const el = pes.el(pe);
    const world = pes.world(pe);
    const { timeHigh, timeLow } = this.#ring;
    const lastedNs = this.#contexts.restart(pe, timeHigh, timeLow);
    let data = pes.dataLabel(pe, el);
    let instruction = pes.instructionLabel(pe, el);
    if (world === World.guest && thread !== NO_THREAD && this.#tasks.isOwned[thread] === 1) {
      if (((data ^ this.#tasks.ownData(this.#host, pe, thread)) & OWN_LABEL_MASK) !== 0) data |= ROW_MISLABELLED;
      if (((instruction ^ this.#tasks.ownInstruction(this.#host, pe, thread)) & OWN_LABEL_MASK) !== 0) {
        instruction |= ROW_MISLABELLED;
      }
    }
    if ((flags & MODELLED) !== 0) data |= ROW_MODELLED;
    this.#ring.causeSeq = causeSeq;
    const lastedHigh = timeHighOf(lastedNs);
    const word3 = packThread(thread, lastedHigh);
    const word4 = packArgument(argument, lastedHigh);
    return this.#ring.append(EventKind.schedule, el, world, kind, pe, word3, word4, lastedNs | 0, data, instruction);
  }

  /** Append the row of an event that ends no context (a wake-up, a migration): host kernel code says so in passing. */
  note(pe: number, kind: number, thread: number, argument: number, flags: number): void {
    const modelled = (flags & MODELLED) !== 0 ? ROW_MODELLED : 0;
    const el = this.#host.hostKernelEl;
    this.#ring.causeSeq = 0;
    this.#ring.append(
      EventKind.schedule,
      el,
      World.host,
      kind,
      pe,
      packThread(thread, 0),
      packArgument(argument, 0),
      0,
      modelled,
      0,
    );
  }
}
