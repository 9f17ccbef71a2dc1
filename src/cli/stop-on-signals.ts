/** Signals that end a long work cleanly: what has been done is kept. */

/** Ctrl-C, `kill`, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal aborts; the second one kills the process, as nobody listens any more. Only a closing terminal is heard again
 * and again: shells and the system both tell of it.
 */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return controller.signal;
}
