/**
 * What the front of an MSC is like where nothing else is said: v1.1, two PARTID spaces, all errors reported.
 *
 * Of the choices that A 2.6 and A 4 leave to implementations: a selector out of range is stored and found out when it is used;
 * errors about RIS and missing monitors are reported; interrupts are level-sensitive, as Arm recommends; monitors need no time
 * to settle. Not a choice, as one of the permitted behaviours is always taken: an access that errs reads 0 and writes nothing.
 */
import type { MscFrontFeatures } from '../msc-config.ts';

export const FRONT_DEFAULTS: MscFrontFeatures = {
  version: 'v1.1',
  iidr: 0,
  spaces: 2,
  hasEsr: true,
  hasExtdEsr: true,
  hasErrMsi: false,
  hasOflowSr: true,
  hasOflwMsi: false,
  hasOflowInterrupt: true,
  hasLocalCaptEvnt: true,
  interrupt: 'level',
  ingress: undefined,
  egress: undefined,
  hasDefaultPartid: false,
  outOfRangeSelector: 'stored',
  reportsRisErrors: true,
  missingMonitor: 'error',
  nrdyNs: 0,
  quirks: [],
};
