/**
 * The registers of an MSC for PARTID translation (FEAT_MPAM_MSC_DOMAINS): of requests that come in, and of those that go on.
 *
 * Source: Arm IHI 0099 B.a, chapter 9 (A 2.2, 2.7). PART_SEL.INGRESS_TL says of which way PARTID_SEL selects an entry.
 */
import { bit, field, type MscCondition, type RegisterEntry } from './register-description.ts';

/** One way of a translation: an entry per PARTID, and what becomes of those without one. */
function translationEntry(offset: number, present: MscCondition, way: string): RegisterEntry {
  return {
    ...register(offset, present, `Translation of a PARTID on the way ${way}.`),
    selectedBy: 'request',
    fields: [
      bit('ENABLE', 31, 'PARTIDs are translated.'),
      field('PARTID_TL', 15, 0, 'What the selected PARTID is translated to.'),
    ],
  };
}

function translationBase(offset: number, present: MscCondition): RegisterEntry {
  return {
    ...register(offset, present, 'Upper bits of PARTIDs without an entry.'),
    fields: [field('BASE', 15, 0, 'Taken where the mask is 0.')],
  };
}

function translationMask(offset: number, present: MscCondition): RegisterEntry {
  return {
    ...register(offset, present, 'How many bits of PARTIDs without an entry stay.'),
    fields: [field('MASK_WD', 4, 0, 'Lower bits that are kept.')],
  };
}

const IN_TL: MscCondition = 'MPAMF_IDR.HAS_IN_TL';
const OUT_TL: MscCondition = 'MPAMF_IDR.HAS_OUT_TL';

export const TRANSLATION_REGISTERS = {
  MPAMCFG_IN_TL: translationEntry(0x3008, IN_TL, 'in'),
  MPAMCFG_IN_TL_BASE: translationBase(0x3010, IN_TL),
  MPAMCFG_IN_TL_MASK: translationMask(0x3018, IN_TL),
  MPAMCFG_OUT_TL: translationEntry(0x3208, OUT_TL, 'out'),
  MPAMCFG_OUT_TL_BASE: translationBase(0x3210, OUT_TL),
  MPAMCFG_OUT_TL_MASK: translationMask(0x3218, OUT_TL),
} satisfies Record<string, RegisterEntry>;

function register(offset: number, present: MscCondition, doc: string): RegisterEntry {
  return { offset, access: 'rw', selectedBy: 'none', presentWhen: [present], fields: [], doc };
}
