/** Caches as the command line gives them: `256K,16,64`, as cachegrind writes them, or `128x12`; or a YAML file. */
import type { Inclusion, ReplacementPolicy } from '../memory/hierarchy-config.ts';
import type { Path } from '../scenario/scenario-problem.ts';
import { loadHierarchy } from '../scenario/study/load-hierarchy.ts';
import { resolveHierarchy } from '../scenario/study/resolve-hierarchy.ts';
import type { StudyHierarchy } from '../scenario/study/study-hierarchy.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { printProblems } from './scenario-input.ts';

const LEVELS = ['l1i', 'l1d', 'l2', 'llc'] as const;
type Level = (typeof LEVELS)[number];

export type CacheSpecs = { readonly [level in Level]?: string } & {
  readonly policy?: ReplacementPolicy;
  readonly inclusion?: Inclusion;
  readonly memory?: string;
  readonly hierarchy?: string;
};

const BY_SIZE = /^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?,(\d+)(?:,(\d+))?$/i;
const BY_SETS = /^(\d+)x(\d+)(?:,(\d+))?$/;

/** A spec as the hierarchy file would say it. */
interface CacheShape {
  readonly size?: string;
  readonly sets?: number;
  readonly ways: number;
  readonly line: string | undefined;
}

/** @throws CliError with every problem told, or printed before if the caches come from a file. */
export function studyHierarchy(specs: CacheSpecs): StudyHierarchy {
  return specs.hierarchy === undefined ? hierarchyOfSpecs(specs) : hierarchyOfFile(specs.hierarchy);
}

function hierarchyOfFile(file: string): StudyHierarchy {
  const checked = loadHierarchy(file);
  if (checked.ok) return checked.value;
  printProblems(checked.problems);
  const { length } = checked.problems;
  throw new CliError(ExitCode.usage, length === 1 ? `1 problem in ${file}` : `${length} problems in ${file}`);
}

function hierarchyOfSpecs(specs: CacheSpecs): StudyHierarchy {
  const given = LEVELS.filter((level) => specs[level] !== undefined);
  if (given.length === 0) throw usage('there is no cache; give at least --llc, e.g. --llc 1M,16, or --hierarchy FILE');
  const shapes = given.map((level) => [level, shapeOf(level, specs[level]!)] as const);
  const caches = shapes.map(([level, { line: _line, ...shape }]) => {
    const inclusion = isOuter(level, given) && specs.inclusion !== undefined ? { inclusion: specs.inclusion } : {};
    return [level, { ...shape, ...inclusion, ...(specs.policy === undefined ? {} : { policy: specs.policy }) }];
  });
  const plain = { ...Object.fromEntries(caches), line: lineOf(shapes), memory: withUnit(specs.memory) };
  const problems: string[] = [];
  const hierarchy = resolveHierarchy(plain, (path, message, { hint } = {}) => {
    problems.push(`${optionOf(path, specs)}${message}${hint === undefined ? '' : ` (${hint})`}`);
  });
  if (hierarchy === undefined) throw usage(problems.slice(0, 3).join('\n'));
  return hierarchy;
}

/** L2 and LLC, the L2 only if there is an L1: the innermost cache includes nothing. */
function isOuter(level: Level, given: readonly Level[]): boolean {
  return level === 'llc' || (level === 'l2' && (given.includes('l1i') || given.includes('l1d')));
}

function shapeOf(level: Level, spec: string): CacheShape {
  const bySets = BY_SETS.exec(spec);
  if (bySets !== null) {
    const [, sets, ways, line] = bySets;
    return { sets: Number(sets), ways: Number(ways), line: inBytes(line) };
  }
  const bySize = BY_SIZE.exec(spec);
  if (bySize === null) {
    throw usage(
      `--${level} ${spec}: expected SIZE,WAYS or SETSxWAYS, and the bytes of a line: 256K,16,64 or 128x12,64`,
    );
  }
  const [, amount, unit = '', ways, line] = bySize;
  return { size: `${amount}${unit === '' ? 'B' : `${unit.toUpperCase()}iB`}`, ways: Number(ways), line: inBytes(line) };
}

/** `4G` as in the other options: GiB. What is no such size stays as it is, to be refused. */
function withUnit(size: string | undefined): string | undefined {
  return size?.replace(/^(\d+(?:\.\d+)?)([KMGT])$/i, (_, amount: string, unit: string) => {
    return `${amount}${unit.toUpperCase()}iB`;
  });
}

function inBytes(line: string | undefined): string | undefined {
  return line === undefined ? undefined : `${line}B`;
}

/** All caches of a machine have lines of one size; 64 bytes unless said otherwise. */
function lineOf(shapes: readonly (readonly [Level, CacheShape])[]): string | undefined {
  const said = shapes.filter(([, { line }]) => line !== undefined);
  const [first] = said;
  const other = said.find(([, { line }]) => line !== first?.[1].line);
  if (first === undefined || other === undefined) return first?.[1].line;
  throw usage(
    `--${first[0]} has lines of ${first[1].line}, --${other[0]} of ${other[1].line}; all caches have lines of one size`,
  );
}

/** The option that a problem is about, with its value. */
function optionOf([key, member]: Path, specs: CacheSpecs): string {
  if (member === 'inclusion') return `--inclusion ${specs.inclusion}: `;
  if (key === 'memory') return `--memory ${specs.memory}: `;
  if (key === 'line') return 'line size: ';
  const level = LEVELS.find((candidate) => candidate === key);
  return level === undefined ? '' : `--${level} ${specs[level]}: ${member === undefined ? '' : `${member}: `}`;
}

function usage(message: string): CliError {
  return new CliError(ExitCode.usage, message);
}
