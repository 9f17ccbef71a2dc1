/**
 * Names met while a schedule is read: threads and short texts (exit reasons, task states).
 *
 * Names are interned at the edge and are small integers inside. What is new or has changed since the last look is
 * queued as a side row, so that the store learns of a thread no later than of its first event.
 *
 * A source reads ahead of the rows that it has handed on. So an index never changes its owner: a TID that comes to belong
 * to somebody else (used again, or renamed) goes on under a new index, and earlier rows keep the old one.
 */

import type { ImportIssueName } from './import-issue-kinds.ts';
import { visibleText } from './visible-text.ts';

/** Who a thread belongs to, as decided by the scenario's rules. Indexes are into the scenario's lists; -1 for none. */
export interface ThreadOwner {
  readonly tenant: number;
  readonly vm: number;
  /** vCPU number inside the VM, or -1 for a thread that runs no guest. */
  readonly vcpu: number;
  /** Index of the control group whose label the thread starts with. 0 is the default group. */
  readonly group: number;
}

export const NO_OWNER: ThreadOwner = { tenant: -1, vm: -1, vcpu: -1, group: 0 };

export interface Thread extends ThreadOwner {
  readonly index: number;
  /** Linux thread id; 0 is the idle task, one entry for all CPUs. Several entries may have it: one for each owner in turn. */
  readonly tid: number;
  /** Process id, or -1 while unknown. */
  readonly tgid: number;
  readonly comm: string;
}

/**
 * Are these two entries one task under two owners? By TID: a TID that is used again cannot be told from a new name, and
 * there is at most one task of it at any time.
 */
export function isSameTask(a: Thread, b: Thread): boolean {
  return a.tid === b.tid;
}

/** Decides the owner of a thread from what is known of it, and from nothing else; called again when tgid or comm change. */
export type OwnerOf = (tid: number, tgid: number, comm: string) => ThreadOwner;

/** One line of input that could not be used, or was used with a repair. */
export interface ImportIssue {
  /** 1-based line in the source; 0 when the issue is not about a line. */
  readonly line: number;
  /** A stable name: one of IMPORT_ISSUE_KINDS, or of the kinds that workloads have. */
  readonly kind: string;
  /** The offending text or an explanation; shortened to ISSUE_TEXT_MAX characters, control characters escaped. */
  readonly text: string;
}

/** Index of the idle task in every registry: one entry for all CPUs. */
export const IDLE_THREAD = 0;
/** Id of the empty text in every registry. */
export const EMPTY_TEXT = 0;

const ISSUE_TEXT_MAX = 200;

/** News for the store, in order of discovery. */
export type SideRow =
  | { readonly kind: 'thread'; readonly thread: Thread }
  | { readonly kind: 'text'; readonly id: number; readonly text: string }
  | { readonly kind: 'issue'; readonly issue: ImportIssue }
  /** How many lines of a recording were this event on this CPU; reported once, at the end of the import. */
  | { readonly kind: 'importCount'; readonly event: string; readonly cpu: number; readonly count: number };

/** Threads, texts and issues of one run. The idle task (IDLE_THREAD) and the empty text (EMPTY_TEXT) are always known. */
export class Registry {
  readonly threads: Thread[] = [];
  readonly texts: string[] = [];
  readonly #threadByTid = new Map<number, number>();
  readonly #textIds = new Map<string, number>();
  readonly #ownerOf: OwnerOf;
  #side: SideRow[] = [];

  constructor(ownerOf: OwnerOf = () => NO_OWNER) {
    this.#ownerOf = ownerOf;
    this.internThread(0, 'swapper');
    this.internText('');
  }

  /**
   * The thread's index. A changed comm or a first-seen tgid updates the entry, unless the rules then give the thread to
   * another owner: that makes a new entry.
   */
  internThread(tid: number, comm: string, tgid = -1): number {
    const known = this.#threadByTid.get(tid);
    if (known === undefined) return this.#add(tid, tgid, comm, this.#own(tid, tgid, comm));
    if (tid === 0) return known;
    const thread = this.threads[known]!;
    const newTgid = tgid === -1 ? thread.tgid : tgid;
    if (thread.comm === comm && thread.tgid === newTgid) return known;
    const owner = this.#own(tid, newTgid, comm);
    if (!isSameOwner(owner, thread)) return this.#add(tid, newTgid, comm, owner);
    this.#put({ ...owner, index: known, tid, tgid: newTgid, comm });
    return known;
  }

  /** The newest index of a known thread id, or -1. */
  threadOfTid(tid: number): number {
    return this.#threadByTid.get(tid) ?? -1;
  }

  internText(text: string): number {
    const known = this.#textIds.get(text);
    if (known !== undefined) return known;
    const id = this.texts.length;
    this.texts.push(text);
    this.#textIds.set(text, id);
    this.#side.push({ kind: 'text', id, text });
    return id;
  }

  /** Something wrong with the schedule, or with what the scenario asks of it. */
  report(line: number, kind: ImportIssueName, text: string): void {
    this.reportInput({ line, kind, text });
  }

  /** Something wrong with another input of the run, whose kinds are not the schedule's. */
  reportInput({ line, kind, text }: ImportIssue): void {
    this.#side.push({ kind: 'issue', issue: { line, kind, text: printable(text) } });
  }

  reportCount(event: string, cpu: number, count: number): void {
    this.#side.push({ kind: 'importCount', event, cpu, count });
  }

  /** Take what is new since the last call. */
  takeSideRows(): SideRow[] {
    const rows = this.#side;
    if (rows.length > 0) this.#side = [];
    return rows;
  }

  #own(tid: number, tgid: number, comm: string): ThreadOwner {
    return tid === 0 ? NO_OWNER : this.#ownerOf(tid, tgid, comm);
  }

  #add(tid: number, tgid: number, comm: string, owner: ThreadOwner): number {
    const index = this.threads.length;
    this.#threadByTid.set(tid, index);
    this.#put({ ...owner, index, tid, tgid, comm });
    return index;
  }

  #put(thread: Thread): void {
    this.threads[thread.index] = thread;
    this.#side.push({ kind: 'thread', thread });
  }
}

function isSameOwner(a: ThreadOwner, b: ThreadOwner): boolean {
  return a.tenant === b.tenant && a.vm === b.vm && a.vcpu === b.vcpu && a.group === b.group;
}

/** Shorten, and escape what a terminal or a CSV reader would stumble over. */
function printable(text: string): string {
  return visibleText(text.length > ISSUE_TEXT_MAX ? `${text.slice(0, ISSUE_TEXT_MAX - 1)}…` : text);
}
