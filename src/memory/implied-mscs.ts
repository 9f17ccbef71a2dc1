/**
 * The MSCs of a machine: those that it names, or one plain one for each cache with controls.
 *
 * A plain MSC has the controls that its cache has, as RIS 0, and nothing else that could be told apart: no monitors, no error
 * reporting, no interrupts.
 */

import { featuresOfVersion } from './feature-version.ts';
import type { HierarchyConfig } from './hierarchy-config.ts';
import type { CacheControlFeatures, MscConfig, MscFrontFeatures } from './msc-config.ts';

/** A front with the registers of v1.1 that the resources need, and none that tells of anything by itself. */
export const PLAIN_FRONT: MscFrontFeatures = {
  version: 'v1.1',
  iidr: 0,
  spaces: 4,
  hasEsr: false,
  hasExtdEsr: false,
  hasErrMsi: false,
  hasOflowSr: false,
  hasOflwMsi: false,
  hasOflowInterrupt: false,
  hasLocalCaptEvnt: false,
  interrupt: 'level',
  ingress: undefined,
  egress: undefined,
  hasDefaultPartid: false,
  outOfRangeSelector: 'stored',
  reportsRisErrors: false,
  missingMonitor: 'silent',
  nrdyNs: 0,
  quirks: [],
};

/** All MSCs of a machine, in the order of their numbers, each with what its version of the architecture allows. */
export function mscsOf({ mscs, caches }: HierarchyConfig): readonly MscConfig[] {
  if (mscs !== undefined) return mscs.map(featuresOfVersion);
  return caches.flatMap(({ name, controls }, cache) => (controls === undefined ? [] : plainMsc(name, cache, controls)));
}

/** The MSC of a cache alone. */
export function plainMsc(name: string, cache: number, cacheControls: CacheControlFeatures): MscConfig {
  const resource = {
    ris: 0,
    cache,
    channel: undefined,
    cacheControls,
    bandwidth: undefined,
    priority: undefined,
    monitors: { csu: undefined, mbwu: undefined },
  };
  return { name, features: cacheControls, front: PLAIN_FRONT, resources: [resource] };
}
