/** The board with one MSC, `soc`, for all: RIS 0 is the L3, RIS 1 the channel of memory. No scenario can say that. */
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { MscConfig } from '../../src/memory/msc-config.ts';
import { Board, boardPlan } from './board.ts';

export function oneMscBoard(): Board {
  const plan = boardPlan();
  const [l3, memory] = plan.hierarchy.mscs!;
  const resources = [...l3!.resources, { ...memory!.resources[0]!, ris: 1 }];
  const soc: MscConfig = { ...l3!, name: 'soc', resources };
  const hierarchy: HierarchyConfig = { ...plan.hierarchy, mscs: [soc] };
  return new Board({ ...plan, hierarchy, machine: { ...plan.machine, hierarchy } });
}
