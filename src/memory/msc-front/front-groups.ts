/** Which part of the front answers for which register. */
import { MSC_REGISTERS, MscRegister } from '../../arch/msc-registers.ts';
import type { RegisterGroup } from './register-group.ts';
import type { RegisterPresence } from './register-presence.ts';

/** The parts of a front; undefined: the MSC has no such registers. */
export interface FrontGroups {
  readonly ids: RegisterGroup;
  readonly errors: RegisterGroup;
  readonly errorMessage: RegisterGroup;
  readonly overflowMessage: RegisterGroup;
  readonly partSelector: RegisterGroup;
  readonly monitorSelector: RegisterGroup;
  readonly controls: RegisterGroup;
  readonly monitors: RegisterGroup | undefined;
  readonly ingress: RegisterGroup | undefined;
  readonly egress: RegisterGroup | undefined;
}

/**
 * The group of each register that is there, by its code.
 * @param except registers with this access are left out.
 */
export function accessibleGroups(
  groups: FrontGroups,
  presence: RegisterPresence,
  except: 'ro' | 'wo',
): readonly (RegisterGroup | undefined)[] {
  return Object.values(MscRegister).map((register) => {
    const isThere = presence.exists(register) && MSC_REGISTERS[register]!.access !== except;
    return isThere ? groups[groupOf(register)] : undefined;
  });
}

/** Registers that their name does not sort. */
const NAMED: Partial<Record<keyof typeof MscRegister, keyof FrontGroups>> = {
  MPAMF_ESR: 'errors',
  MPAMF_ECR: 'errors',
  MPAMCFG_PART_SEL: 'partSelector',
  MSMON_CFG_MON_SEL: 'monitorSelector',
};

/** By the beginning of the name; the first that fits. */
const PREFIXES: readonly (readonly [prefix: string, group: keyof FrontGroups])[] = [
  ['MPAMF_ERR_MSI', 'errorMessage'],
  ['MSMON_OFLOW_MSI', 'overflowMessage'],
  ['MPAMCFG_IN_TL', 'ingress'],
  ['MPAMCFG_OUT_TL', 'egress'],
  ['MPAMCFG', 'controls'],
  ['MSMON', 'monitors'],
  ['MPAMF', 'ids'],
];

function groupOf(register: MscRegister): keyof FrontGroups {
  const { name } = MSC_REGISTERS[register]!;
  return NAMED[name as keyof typeof MscRegister] ?? PREFIXES.find(([prefix]) => name.startsWith(prefix))![1];
}
