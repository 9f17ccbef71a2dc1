/** What schemas of hardware are made of: optional members whose defaults, if they are plain, are told to editors. */
import { z } from 'zod';
import { integer } from './quantities.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** An integer from `min` to `max`, both allowed. */
export function within(description: string, { min, max }: Range) {
  return integer(description, min, max).optional();
}

export function flag(description: string, byDefault?: boolean) {
  const schema = z.boolean().optional();
  return byDefault === undefined ? schema.meta({ description }) : schema.meta({ description, default: byDefault });
}

export function choice<const T extends readonly string[]>(description: string, words: T, byDefault?: T[number]) {
  const schema = z.enum(words).optional();
  return byDefault === undefined ? schema.meta({ description }) : schema.meta({ description, default: byDefault });
}
