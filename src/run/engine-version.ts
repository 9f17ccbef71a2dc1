/**
 * The version of the engine's behaviour. It is part of every run's digest: bump it with any change that alters the events
 * of some run, and say why in the commit.
 */
export const ENGINE_VERSION = '1';
