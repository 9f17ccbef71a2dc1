/** Which PARTID spaces a local capture event reaches (Arm IHI 0099 B.a; A 4.1). */
import { PartidSpace } from '../../arch/label.ts';

const WITH_ALL: Readonly<Record<PartidSpace, readonly PartidSpace[]>> = {
  [PartidSpace.secure]: [PartidSpace.secure, PartidSpace.nonSecure],
  [PartidSpace.nonSecure]: [PartidSpace.nonSecure],
  [PartidSpace.root]: Object.values(PartidSpace),
  [PartidSpace.realm]: [PartidSpace.nonSecure, PartidSpace.realm],
};

/**
 * @param space of the feature page that MSMON_CAPT_EVNT was written in.
 * @param all ALL, which is RAZ/WI in the Non-secure page.
 */
export function captureSpaces(space: PartidSpace, all: boolean): readonly PartidSpace[] {
  return all ? WITH_ALL[space] : [space];
}
