/** The commands of the protocol that act on the machine, by name. */
import type { BusCommand } from './bus-command.ts';
import { ACCESS_COMMAND, COPY_COMMAND, STOP_COMMAND } from './commands/access-command.ts';
import { CAPTURE_COMMAND } from './commands/capture-command.ts';
import { COUNTERS_COMMAND } from './commands/counters-command.ts';
import { MAINTAIN_COMMAND } from './commands/maintain-command.ts';
import { MSC_COMMAND } from './commands/msc-command.ts';
import { PE_COMMAND } from './commands/pe-command.ts';
import { WAIT_COMMAND } from './commands/time-command.ts';

const COMMANDS: readonly BusCommand[] = [
  ...[PE_COMMAND, MSC_COMMAND, ACCESS_COMMAND, COPY_COMMAND, STOP_COMMAND, WAIT_COMMAND],
  ...[MAINTAIN_COMMAND, CAPTURE_COMMAND, COUNTERS_COMMAND],
];

export const BUS_COMMANDS: ReadonlyMap<string, BusCommand> = new Map(
  COMMANDS.map((command) => [command.name, command]),
);
