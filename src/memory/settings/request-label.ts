/**
 * The label that an MSC processes a request under: the request's own, brought into the MSC's range.
 *
 * Source: Arm IHI 0099 B.a (A 2.6 codes 2 and 4, A 3.12). The request itself keeps its label, and so do the lines that it
 * allocates and what goes on downstream. Left out: MSCs that know fewer PARTID spaces than the requester.
 */
import { labelPartid, labelPmg, labelSpace, packLabel } from '../../arch/label.ts';
import type { MscFeatures } from '../msc-config.ts';

/**
 * The label whose PARTID selects the controls and whose PARTID and PMG monitors compare.
 *
 * `default`, as recommended: a PARTID out of range becomes 0, and a PMG out of range makes both 0. `modulo`: whichever is
 * out of range is reduced modulo the number of valid ones, which an MSC may do, as it may take any valid one.
 */
export function processedLabel(features: MscFeatures, label: number): number {
  const { partidMax, pmgMax } = features;
  const partid = labelPartid(label);
  const pmg = labelPmg(label);
  if (features.outOfRange === 'modulo') {
    return packLabel(labelSpace(label), partid % (partidMax + 1), pmg % (pmgMax + 1));
  }
  if (pmg > pmgMax) return packLabel(labelSpace(label), 0, 0);
  return packLabel(labelSpace(label), partid > partidMax ? 0 : partid, pmg);
}
