/**
 * What an MSC of an older version may not implement reads as absent.
 *
 * Source: Arm IHI 0099 B.a (A 1, "v1.1/v0.1 only"): CMIN, NO_CMAX, CASSOC, soft limit of CMAX, PARTID enable and disable with
 * NFU, RIS, the extended IDR and what it tells, the extended ESR, error and overflow MSIs, the XCL filter, and overflow
 * linkage, capture and status registers.
 */
import type {
  CacheControlFeatures,
  MonitorFeatures,
  MscConfig,
  MscFeatures,
  MscFrontFeatures,
  ResourceConfig,
} from './msc-config.ts';

/** What v1.1 added to both kinds of monitors, as it is without. */
export const MONITORS_OF_VERSION_1 = {
  hasOfsr: false,
  hasOflowLnkg: false,
  hasOflowCapt: false,
  hasCevntOflw: false,
  noMatchPartid: false,
  noMatchPmg: false,
} as const;

/** The MSC with what its version allows, and without what depends on a feature that it does not have. */
export function featuresOfVersion(config: MscConfig): MscConfig {
  const { front, features, resources } = config;
  if (front.version === 'v1.0') {
    const features1 = { ...features, hasEndis: false, hasNfu: false };
    return {
      ...config,
      features: features1,
      front: frontOfVersion1(front),
      resources: resources.filter(({ ris }) => ris === 0).map((resource) => resourceOfVersion1(resource, features1)),
    };
  }
  const hasNfu = features.hasNfu && features.hasEndis && features.intpartidMax === undefined;
  const hasExtdEsr = front.hasEsr && front.hasExtdEsr;
  const hasErrMsi = front.hasEsr && front.hasErrMsi;
  return { ...config, features: { ...features, hasNfu }, front: { ...front, hasExtdEsr, hasErrMsi } };
}

function frontOfVersion1(front: MscFrontFeatures): MscFrontFeatures {
  return {
    ...front,
    spaces: 2,
    hasExtdEsr: false,
    hasErrMsi: false,
    hasOflowSr: false,
    hasOflwMsi: false,
    ingress: undefined,
    egress: undefined,
    hasDefaultPartid: false,
  };
}

function resourceOfVersion1(resource: ResourceConfig, features: MscFeatures): ResourceConfig {
  const { cacheControls, monitors } = resource;
  return {
    ...resource,
    cacheControls: cacheControls && controlsOfVersion1({ ...cacheControls, ...features }),
    monitors: monitorsOfVersion1(monitors),
  };
}

function controlsOfVersion1(controls: CacheControlFeatures): CacheControlFeatures {
  const cmaxWd = controls.hasCmax ? controls.cmaxWd : 0;
  return { ...controls, cmaxWd, hasSoftlim: false, hasCmin: false, cassocWd: 0 };
}

function monitorsOfVersion1({ csu, mbwu }: MonitorFeatures): MonitorFeatures {
  return {
    csu: csu && { ...csu, ...MONITORS_OF_VERSION_1, hasXcl: false },
    mbwu: mbwu && { ...mbwu, ...MONITORS_OF_VERSION_1 },
  };
}
