/** How settings, commands and monitors name the MSCs that they are meant for. */
import { z } from 'zod';
import { integer, name } from './quantities.ts';

/** As the file calls the PARTID spaces. */
const SPACE_NAMES = ['secure', 'non-secure', 'root', 'realm'] as const;
export type SpaceName = (typeof SPACE_NAMES)[number];

/** MPAMCFG_PART_SEL.RIS has 4 bits. */
const RIS_MAX = 15;

export const mscName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/, 'a level such as L3, a cache such as l3-0, memory, or a memory such as mem-0')
  .meta({
    description: 'A level (all caches of it), such as L3; one cache, such as l3-0; memory (all memories); or mem-0.',
  });

export const machineOfMsc = name
  .optional()
  .meta({ description: 'One of the machines. Default: all that have such an MSC.' });

export const space = z.enum(SPACE_NAMES).default('non-secure').meta({ description: 'PARTID space.' });

export const ris = integer(
  'RIS: one resource of the MSC, for memory one channel. Default: all of them.',
  0,
  RIS_MAX,
).optional();
