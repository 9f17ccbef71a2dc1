/** The events of an MSC as rows (loop/event-row.ts). */

import type { EventRing } from '../../loop/event-ring.ts';
import { EventKind, MonitorEventCode, packMscSelector } from '../../loop/event-row.ts';
import type { MscEvent } from '../../memory/msc.ts';
import type { MscRegisterChange } from '../../memory/msc-register-change.ts';

const MONITOR_CODES = {
  capture: MonitorEventCode.capture,
  overflow: MonitorEventCode.overflow,
  notReady: MonitorEventCode.notReady,
  ready: MonitorEventCode.ready,
} as const;

/** Append the row of an event of MSC number `msc` (counted through all machines). */
export function appendMscEvent(ring: EventRing, msc: number, event: MscEvent): void {
  switch (event.type) {
    case 'register':
      appendMscRegisterChange(ring, msc, event.change);
      break;
    case 'error': {
      const { code, space, ris, partid, pmg, overwrote } = event;
      const selector = packMscSelector({ partid, space, ris, internal: false });
      ring.append(EventKind.mscError, 0, 0, code, msc, selector, pmg, overwrote ? 1 : 0, 0, 0);
      break;
    }
    case 'interrupt': {
      const { code, level, space, addressLo, addressHi, data } = event;
      const selector = packMscSelector({ partid: 0, space, ris: 0, internal: false });
      ring.append(EventKind.interrupt, 0, 0, code, msc, selector, level, addressLo | 0, addressHi | 0, data | 0);
      break;
    }
    default: {
      const { type, kind, space, ris, instance, lo, hi, event: captureEvent } = event;
      const selector = packMscSelector({ partid: instance, space, ris, internal: false });
      ring.append(EventKind.monitor, 0, 0, MONITOR_CODES[type], msc, selector, kind, lo | 0, hi | 0, captureEvent);
    }
  }
}

/** Append the row of a register of MSC number `msc` that got another value. */
function appendMscRegisterChange(ring: EventRing, msc: number, change: MscRegisterChange): void {
  const { register, space, ris, partid, word, internal, oldValue, newValue } = change;
  const selector = packMscSelector({ partid, space, ris, internal });
  ring.append(EventKind.mscRegisterChange, 0, 0, register, msc, selector, word, oldValue | 0, newValue | 0, 0);
}
