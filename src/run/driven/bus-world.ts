/** What the words of a command may name: a machine's PEs, MSCs, caches and tenants. */
import { labelHasError, labelPartid, labelPmg, labelSpace, PartidSpace } from '../../arch/label.ts';
import { World } from '../../loop/event-row.ts';
import type { Msc } from '../../memory/msc.ts';
import type { Words } from './bus-words.ts';
import type { DrivenMachine } from './driven-machine.ts';

/** PARTID spaces and Security states by the names that the protocol has for them. */
export const SPACES: ReadonlyMap<string, PartidSpace> = new Map([
  ['ns', PartidSpace.nonSecure],
  ['s', PartidSpace.secure],
  ['root', PartidSpace.root],
  ['realm', PartidSpace.realm],
]);
export const WORLDS: ReadonlyMap<string, number> = new Map(Object.entries(World));

const SPACE_NAMES = new Map([...SPACES].map(([name, space]) => [space as number, name]));
const WORLD_NAMES = new Map([...WORLDS].map(([name, world]) => [world, name]));

export const spaceName = (space: number): string => SPACE_NAMES.get(space)!;
export const worldName = (world: number): string => WORLD_NAMES.get(world)!;

/** `SPACE/PARTID/PMG`, with a mark where the PARTID could not be used as it stood. */
export function labelText(label: number): string {
  const text = `${spaceName(labelSpace(label))}/${labelPartid(label)}/${labelPmg(label)}`;
  return labelHasError(label) ? `${text}/error` : text;
}

export class BusWorld {
  readonly machine: DrivenMachine;
  readonly mscs: ReadonlyMap<string, Msc>;
  readonly caches: ReadonlyMap<string, number>;
  readonly tenants: ReadonlyMap<string, number>;
  readonly #lastPe: number;

  constructor(machine: DrivenMachine) {
    const { run, hierarchy } = machine.plan;
    this.machine = machine;
    this.mscs = new Map(machine.mscs.map((msc) => [msc.config.name, msc]));
    this.caches = new Map(hierarchy.caches.map(({ name }, index) => [name, index]));
    this.tenants = new Map(run.tenants.map(({ name }, index) => [name, index]));
    this.#lastPe = machine.plan.machine.peCount - 1;
  }

  /** Take the number of a PE. */
  pe(words: Words): number {
    return words.integer('a PE', 0, this.#lastPe);
  }

  get lastPe(): number {
    return this.#lastPe;
  }

  /** Name of a tenant, `-` for nobody. */
  tenantName(tenant: number): string {
    return this.machine.plan.run.tenants[tenant]?.name ?? '-';
  }
}
