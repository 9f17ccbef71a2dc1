/** From the command line of `mpamlab trace` to a memory-trace study. */
import { basename } from 'node:path';
import type { Inclusion, ReplacementPolicy } from '../memory/hierarchy-config.ts';
import type { PartitionSettings } from '../memory/settings/partition-settings.ts';
import type {
  Convention,
  Interleaving,
  StudyTenant,
  TraceStudyOptions,
} from '../run/trace-study/trace-study-options.ts';
import { parsePortions } from '../scenario/partition-quantities.ts';
import { didYouMean } from '../scenario/suggest.ts';
import { parsePercentMilli } from '../scenario/workload-quantities.ts';
import { studyHierarchy } from './cache-specs.ts';
import { CliError, ExitCode } from './exit-code.ts';

export interface TraceCommandOptions {
  readonly partid?: string;
  readonly format: string;
  readonly llc?: string;
  readonly l1i?: string;
  readonly l1d?: string;
  readonly l2?: string;
  readonly policy?: ReplacementPolicy;
  readonly inclusion?: Inclusion;
  readonly memory?: string;
  readonly hierarchy?: string;
  readonly cpbm: readonly string[];
  readonly cmax: readonly string[];
  readonly interleave: Interleaving;
  readonly convention: Convention;
  readonly mrc?: true;
  readonly sampleRate?: number;
  readonly seed: number;
  readonly json?: true;
}

const PARTID_MAX = 0xffff;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const COMPRESSED = /\.(gz|xz|zst|zip)$/;
const SHARE = /^([^,]+)(?:,(soft|hard))?$/;
const FIELD = /^0x[0-9a-fA-F]{1,4}$/;

/** @throws CliError for what cannot be meant; what the caches cannot do is found by the study. */
export function studyOptions(traces: readonly string[], options: TraceCommandOptions): TraceStudyOptions {
  const { format, interleave: interleaving, convention, seed, mrc = false, sampleRate } = options;
  return {
    tenants: tenantsOf(traces, options),
    hierarchy: studyHierarchy(options),
    curves: { exact: mrc, sampleRate },
    ...{ format, interleaving, convention, seed },
  };
}

function tenantsOf(traces: readonly string[], { partid, cpbm, cmax }: TraceCommandOptions): StudyTenant[] {
  const named = namedTraces(traces);
  const partids = partid === undefined ? named.map((_, at) => at + 1) : partidsOf(partid, named.length);
  const names = named.map(({ name }) => name);
  const settings = new Map<string, PartitionSettings>();
  const add = (name: string, more: PartitionSettings): unknown =>
    settings.set(name, { ...settings.get(name), ...more });
  for (const text of cpbm) {
    const [name, mask] = settingOf('--cpbm', text, names);
    add(name, { cpbm: portionsOf(text, mask) });
  }
  for (const text of cmax) {
    const [name, share] = settingOf('--cmax', text, names);
    add(name, limitOf(text, share));
  }
  return named.map(({ name, path }, at) => ({ name, path, partid: partids[at], settings: settings.get(name) }));
}

/** `NAME=FILE`, or a file whose name without extensions is used; files of one name are numbered. */
function namedTraces(traces: readonly string[]): { readonly name: string; readonly path: string }[] {
  const taken = new Set<string>();
  return traces.map((text) => {
    const equals = text.indexOf('=');
    const given = text.slice(0, Math.max(0, equals));
    if (NAME.test(given)) {
      if (taken.has(given)) throw usage(`${text}: there is a tenant ${given} already; choose another name`);
      taken.add(given);
      return { name: given, path: text.slice(equals + 1) };
    }
    const name = freeName(stemOf(text), taken);
    taken.add(name);
    return { name, path: text };
  });
}

/** `runs/my prog.lackey.gz` to `my-prog`. */
function stemOf(path: string): string {
  const stem = basename(path)
    .replace(COMPRESSED, '')
    .replace(/(.)\.[^.]*$/, '$1');
  const name = stem.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name.slice(0, 60) || 'trace';
}

function freeName(stem: string, taken: ReadonlySet<string>): string {
  let name = stem;
  for (let number = 2; taken.has(name); number++) name = `${stem}-${number}`;
  return name;
}

function partidsOf(text: string, count: number): number[] {
  const partids = text.split(',').map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
  if (partids.length === count && partids.every((partid) => partid <= PARTID_MAX)) return partids;
  throw usage(`--partid ${text}: expected ${count} PARTIDs from 0 to ${PARTID_MAX}, one per trace, e.g. 1,2,5`);
}

/** `NAME=VALUE`, for a tenant that is there. */
function settingOf(option: string, text: string, names: readonly string[]): [name: string, value: string] {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals));
  if (names.includes(name)) return [name, text.slice(equals + 1)];
  if (equals < 1) throw usage(`${option} ${text} is not of the form NAME=VALUE`);
  throw usage(`${option} ${text}: there is no tenant ${name} (${didYouMean(name, names)})`);
}

function portionsOf(text: string, mask: string): readonly number[] {
  const words = parsePortions(mask);
  if (words !== undefined) return words;
  throw usage(`--cpbm ${text}: ${mask} is neither a mask such as 0x0f nor a list of portions such as 0-3,8`);
}

function limitOf(text: string, share: string): PartitionSettings {
  const [, amount = '', kind = 'hard'] = SHARE.exec(share) ?? [];
  const percentMilli = parsePercentMilli(amount);
  const softlim = kind === 'soft';
  if (percentMilli !== undefined) return { cmax: { percentMilli }, softlim };
  if (FIELD.test(amount)) return { cmax: { field: Number(amount) }, softlim };
  throw usage(`--cmax ${text}: expected a percentage or a 16-bit field, hard or soft, e.g. 25%, 12.5%,soft or 0x3fff`);
}

function usage(message: string): CliError {
  return new CliError(ExitCode.usage, message);
}
