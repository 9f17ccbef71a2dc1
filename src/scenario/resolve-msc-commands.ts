/** Commands of the timeline that software and wires give to MSCs: register writes and capture events. */
import { MSC_REGISTERS, type MscRegister, mscRegisterName } from '../arch/msc-registers.ts';
import { MSC_REGISTER_NAMES, mscRegisterNamed } from './msc-register-name.ts';
import { type MscNames, resolveMscTarget } from './resolve-msc-target.ts';
import type { CommandSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import { didYouMean } from './suggest.ts';
import type { CommandInput } from './timeline-schema.ts';

type WriteInput = Extract<CommandInput, { write_msc: unknown }>['write_msc'];
type CaptureInput = Extract<CommandInput, { capture: unknown }>['capture'];

/** Registers that the MSC does not have are no mistake: they are RAZ/WI, as in hardware. */
export function resolveWriteMsc(input: WriteInput, path: Path, names: MscNames, report: Report): CommandSpec {
  const { target } = resolveMscTarget(input, path, names, report);
  const named = mscRegisterNamed(input.register);
  if (named === undefined) reportUnknown(input.register, [...path, 'register'], report);
  else checkWrite(named.register, named.word, input, path, report);
  const { register, word } = named ?? { register: 0, word: 0 };
  return {
    kind: 'writeMsc',
    ...target,
    register,
    word,
    partid: input.partid ?? 0,
    instance: input.instance ?? 0,
    ...input.value,
  };
}

function reportUnknown(text: string, at: Path, report: Report): void {
  const several = MSC_REGISTERS.find(({ words, name }) => words > 1 && text.startsWith(name.replace('<n>', '')));
  const hint =
    several === undefined
      ? didYouMean(text, MSC_REGISTER_NAMES)
      : `${several.name} has the numbers 0 to ${several.words - 1}`;
  report(at, `there is no register "${text}"`, { hint });
}

function checkWrite(register: MscRegister, word: number, input: WriteInput, path: Path, report: Report): void {
  const { access, width, selectedBy } = MSC_REGISTERS[register]!;
  const name = mscRegisterName(register, word);
  if (access === 'ro') report([...path, 'register'], `${name} is read-only`);
  if (width === 32 && input.value.hi !== 0) report([...path, 'value'], `more than the 32 bits of ${name}`);
  const needsPartid = ['control', 'request', 'group'].includes(selectedBy);
  const needsInstance = ['monitor', 'monitor-group'].includes(selectedBy);
  expectSelector('partid', needsPartid, 'a PARTID');
  expectSelector('instance', needsInstance, 'a monitor instance');

  function expectSelector(key: 'partid' | 'instance', isNeeded: boolean, what: string): void {
    if (isNeeded && input[key] === undefined) report(path, `${name} is selected by ${what}`, { hint: `give ${key}` });
    if (!isNeeded && input[key] !== undefined)
      report([...path, key], `${name} is not selected by ${what}`, { at: 'key' });
  }
}

export function resolveCapture(input: CaptureInput, path: Path, names: MscNames, report: Report): CommandSpec {
  const { target } = resolveMscTarget(input, path, names, report);
  const { event, all = false } = input;
  if (all && event !== 'local') {
    report([...path, 'all'], 'external events reach all PARTID spaces', { hint: 'leave it out', at: 'key' });
  }
  return { kind: 'capture', ...target, event, isForAll: all };
}
