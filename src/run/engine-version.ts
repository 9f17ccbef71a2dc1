/**
 * The version of the engine's behaviour. It is part of every run's digest: bump it with any change that alters the events
 * of some run, and say why in the commit.
 *
 * 2: machines made from a preset have the bandwidth, the monitors and the quirks of the preset.
 */
export const ENGINE_VERSION = '2';
