/** Studies for tests: options with defaults, and traces written by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StudyTenant, TraceStudyOptions } from '../../../src/run/trace-study/trace-study-options.ts';
import { resolveHierarchy } from '../../../src/scenario/study/resolve-hierarchy.ts';
import type { StudyHierarchy } from '../../../src/scenario/study/study-hierarchy.ts';
import { temporaryFolder } from '../../support/run-files.ts';

/** Caches as a hierarchy file has them. */
export function hierarchyOf(plain: unknown): StudyHierarchy {
  const hierarchy = resolveHierarchy(plain, (path, message) => {
    throw new Error(`${path.join('.')}: ${message}`);
  });
  if (hierarchy === undefined) throw new Error('no hierarchy');
  return hierarchy;
}

export function tenant(name: string, path: string, partid: number, more: Partial<StudyTenant> = {}): StudyTenant {
  return { name, path, partid, settings: undefined, ...more };
}

export function studyOptions(
  tenants: readonly StudyTenant[],
  plainHierarchy: unknown,
  more: Partial<TraceStudyOptions> = {},
): TraceStudyOptions {
  return {
    tenants,
    format: 'auto',
    hierarchy: hierarchyOf(plainHierarchy),
    convention: 'lines',
    interleaving: 'round-robin',
    curves: { exact: false, sampleRate: undefined },
    seed: 1,
    ...more,
  };
}

/** Write a trace file. @returns its path. */
export function writeTrace(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

/** A UCSD trace: one access per word, `l` or `s` and a line number in decimal, e.g. `l0 s1 l0`; gaps of 1. */
export function ucsdText(words: string, lineBytes = 64): string {
  const lines = words.split(' ').map((word) => {
    return `${word[0]} 0x${(Number(word.slice(1)) * lineBytes).toString(16)} 1\n`;
  });
  return lines.join('');
}
