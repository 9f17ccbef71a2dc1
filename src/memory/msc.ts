/**
 * One memory-system component as software and the rest of the machine meet it: its settings, its monitors, and the registers
 * in front of them.
 *
 * What happens inside becomes one stream of MscEvents: register changes, monitor events, errors and interrupts. Requests with
 * labels out of range are looked for whenever time is brought up to date (`sync`): they cost an access nothing. Several of
 * an owner's between two looks are two errors, of which the second overwrites the first (A 2.6: OVRWR), as it would be with all.
 */
import { labelPartid, labelPmg, labelSpace } from '../arch/label.ts';
import { MscRegister } from '../arch/msc-registers.ts';
import { FIRST_OWNER } from '../loop/assembly/layout.ts';
import type { MonitorEvent } from './monitors/monitor-event.ts';
import { MonitorSet } from './monitors/monitor-set.ts';
import type { MonitorSources } from './monitors/monitor-sources.ts';
import type { MscConfig } from './msc-config.ts';
import type { FrontEvent } from './msc-front/front-event.ts';
import { MscFront, type RequestErrorCode } from './msc-front/msc-front.ts';
import type { MscControls } from './settings/msc-controls.ts';

/** Errors after which MPAMF_ESR holds what it would hold after any number of them. */
const ERRORS_TOLD_MAX = 2;

/** What decides under which PARTID requests come in. */
const INGRESS_REGISTERS: ReadonlySet<MscRegister> = new Set([
  MscRegister.MPAMCFG_IN_TL,
  MscRegister.MPAMCFG_IN_TL_BASE,
  MscRegister.MPAMCFG_IN_TL_MASK,
]);

export type MscEvent = FrontEvent | Exclude<MonitorEvent, { readonly type: 'overflowInterrupt' }>;

/** An owner whose requests are errors. */
interface ErringOwner {
  readonly code: RequestErrorCode;
  /** Those that it had made when they were last looked at. */
  requests: number;
}

/** What an MSC is put in front of. */
export interface MscSurroundings extends MonitorSources {
  /** Requests of an owner that this MSC has met: any number that grows with each. */
  requests(owner: number): number;
  /** What the owner's requests carry, packed (arch/label.ts), as they come in. */
  requestLabel(owner: number): number;
  /** What `label` tells of owners has changed. */
  forgetLabels(): void;
}

export class Msc {
  readonly config: MscConfig;
  readonly controls: MscControls;
  readonly monitors: MonitorSet;
  readonly front: MscFront;
  /** The exact truth behind its monitors. */
  readonly surroundings: MscSurroundings;
  /** Owners that have been looked at, and those with labels out of range. */
  #judgedOwners = FIRST_OWNER;
  readonly #outOfRange = new Map<number, ErringOwner>();

  /** @param clock virtual time, ns. */
  constructor(
    config: MscConfig,
    controls: MscControls,
    surroundings: MscSurroundings,
    clock: () => number,
    onEvent: (event: MscEvent) => void,
  ) {
    this.config = config;
    this.controls = controls;
    this.surroundings = surroundings;
    this.monitors = new MonitorSet(config, surroundings, clock, (event) => {
      if (event.type === 'overflowInterrupt') this.front.monitorEvent(event);
      else onEvent(event);
    });
    this.front = new MscFront(config, controls, this.monitors, (event) => {
      if (event.type === 'register' && INGRESS_REGISTERS.has(event.change.register)) this.#relabel();
      onEvent(event);
    });
    if (config.front.ingress !== undefined) controls.translateBy((label) => this.front.translateIngress(label));
  }

  /** Tell what has happened up to `nowNs`: NRDY that is over, overflows, requests out of range. */
  sync(nowNs: number): void {
    this.monitors.sync(nowNs);
    this.lookForErrors();
    this.front.sync();
  }

  /** Tell of requests with labels out of range since the last look: the part of `sync` that costs next to nothing. */
  lookForErrors(): void {
    if (!this.config.front.hasEsr) return;
    for (const count = this.surroundings.ownerCount(); this.#judgedOwners < count; this.#judgedOwners++) {
      this.#judge(this.#judgedOwners, 0);
    }
    for (const [owner, erring] of this.#outOfRange) {
      const requests = this.surroundings.requests(owner);
      const errors = Math.min(requests - erring.requests, ERRORS_TOLD_MAX);
      erring.requests = requests;
      for (let error = 0; error < errors; error++) this.#report(erring.code, this.surroundings.requestLabel(owner));
    }
  }

  /** The earliest time at which `sync` should be called, ns; Infinity: only when somebody looks. */
  nextDueNs(nowNs: number): number {
    return this.monitors.nextDueNs(nowNs);
  }

  /** Ingress translation has changed: owners that are here come under other controls and filters (A 2.7). */
  #relabel(): void {
    this.lookForErrors();
    const count = this.surroundings.ownerCount();
    this.monitors.relabel(() => {
      for (let owner = FIRST_OWNER; owner < count; owner++) {
        this.controls.adopt(owner, this.surroundings.requestLabel(owner));
      }
      this.surroundings.forgetLabels();
    });
    this.#outOfRange.clear();
    for (let owner = FIRST_OWNER; owner < count; owner++) this.#judge(owner, this.surroundings.requests(owner));
  }

  /** @param requests that the owner made and that are not looked at. */
  #judge(owner: number, requests: number): void {
    const code = this.front.requestErrorOf(this.surroundings.requestLabel(owner));
    if (code !== undefined) this.#outOfRange.set(owner, { code, requests });
  }

  #report(code: RequestErrorCode, label: number): void {
    this.front.requestError(code, labelSpace(label), labelPartid(label), labelPmg(label));
  }
}
