/**
 * The feature ID registers of an MSC: what it implements.
 *
 * Source: Arm IHI 0099 B.a, chapter 9 (A 2.2, 2.3). All are read-only; their values are the MSC's own.
 */
import { bit, field, type MscCondition, type MscField, type RegisterEntry } from './register-description.ts';

/** What both kinds of monitors tell (MPAMF_CSUMON_IDR, MPAMF_MBWUMON_IDR). */
const MONITOR_TYPE_FIELDS: readonly MscField[] = [
  bit('HAS_OFLOW_LNKG', 27, 'CTL.OFLOW_LNKG is there: an overflow may raise a capture event.'),
  bit('HAS_OFSR', 26, 'The overflow status of 32 instances can be read at once.'),
  bit('HAS_CEVNT_OFLW', 25, 'CTL.CEVNT_OFLW is there: a capture event may count as an overflow.'),
  bit('HAS_OFLOW_CAPT', 24, 'CTL.OFLOW_CAPT is there: an overflow may capture.'),
  bit('NO_MATCH_PARTID', 23, 'CTL.MATCH_PARTID is not there.'),
  bit('NO_MATCH_PMG', 22, 'CTL.MATCH_PMG is not there.'),
];
const NUM_MON = field('NUM_MON', 15, 0, 'Monitor instances.');
const HAS_CAPTURE = bit('HAS_CAPTURE', 31, 'Capture registers are there.');

const TRANSLATION_FIELDS: readonly MscField[] = [
  bit('HAS_DIRECT_TL', 31, 'There is an entry for each PARTID.'),
  bit('HAS_BASE_MASK', 30, 'BASE and MASK are there.'),
];

export const ID_REGISTERS = {
  MPAMF_IDR: {
    ...id(0x0000, 'ris', [], 'What the MSC implements. 64 bits wide where EXT is 1, 32 in v1.0.', [
      field('RIS_MAX', 59, 56, 'Largest RIS.'),
      bit('HAS_DEFAULT_PARTID', 46, 'PART_SEL.DEFAULT_PARTID is there (A 7: 1 is taken to mean so).'),
      bit('HAS_OUT_TL', 45, 'PARTIDs of requests that go on can be translated.'),
      bit('HAS_IN_TL', 44, 'PARTIDs of requests that come in can be translated.'),
      bit('HAS_NFU', 43, 'DIS.NFU is there.'),
      bit('HAS_ENDIS', 42, 'PARTIDs can be enabled and disabled.'),
      bit('SP4', 41, 'Four PARTID spaces are supported, not two.'),
      bit('HAS_ERR_MSI', 40, 'Errors can be told by a message.'),
      bit('HAS_ESR', 39, 'MPAMF_ESR and MPAMF_ECR are there.'),
      bit('HAS_EXTD_ESR', 38, 'MPAMF_ESR is 64 bits wide.'),
      bit('NO_IMPL_MSMON', 37, 'MPAMF_IMPL_IDR describes no monitors.'),
      bit('NO_IMPL_PART', 36, 'MPAMF_IMPL_IDR describes no partitioning.'),
      bit('HAS_RIS', 32, 'There may be several resources, selected by RIS.'),
      bit('HAS_PARTID_NRW', 31, 'PARTIDs are narrowed to internal ones.'),
      bit('HAS_MSMON', 30, 'There are monitors.'),
      bit('HAS_IMPL_IDR', 29, 'MPAMF_IMPL_IDR is there.'),
      bit('EXT', 28, 'The register has its upper half.'),
      bit('HAS_PRI_PART', 27, 'Priority partitioning.'),
      bit('HAS_MBW_PART', 26, 'Bandwidth partitioning.'),
      bit('HAS_CPOR_PART', 25, 'Cache portion partitioning.'),
      bit('HAS_CCAP_PART', 24, 'Cache capacity partitioning.'),
      field('PMG_MAX', 23, 16, 'Largest PMG.'),
      field('PARTID_MAX', 15, 0, 'Largest PARTID.'),
    ]),
    width: 64,
  },
  MPAMF_SIDR: id(0x0008, 'none', ['Secure page'], 'Ranges of the Secure PARTID space.', [
    field('S_PMG_MAX', 23, 16, 'Largest Secure PMG.'),
    field('S_PARTID_MAX', 15, 0, 'Largest Secure PARTID.'),
  ]),
  MPAMF_IIDR: id(0x0018, 'none', [], 'Who made the MSC. The same in all pages.', [
    field('ProductID', 31, 20, 'Product.'),
    field('Variant', 19, 16, 'Major revision.'),
    field('Revision', 15, 12, 'Minor revision.'),
    field('Implementer', 11, 0, 'JEP106 code: bank less 1 in 11:8, identity in 6:0.'),
  ]),
  MPAMF_AIDR: id(
    0x0020,
    'none',
    [],
    'Version of the architecture: 0x10 is v1.0, 0x11 v1.1, 0x01 v0.1. The same in all pages.',
    [field('ArchMajorRev', 7, 4, 'Major revision.'), field('ArchMinorRev', 3, 0, 'Minor revision.')],
  ),
  MPAMF_IMPL_IDR: id(0x0028, 'ris', ['MPAMF_IDR.HAS_IMPL_IDR'], 'Features that are not architected.', []),
  MPAMF_CPOR_IDR: id(0x0030, 'ris', ['MPAMF_IDR.HAS_CPOR_PART'], 'Cache portion partitioning.', [
    field('CPBM_WD', 15, 0, 'Portions, 1 to 32768.'),
  ]),
  MPAMF_CCAP_IDR: id(0x0038, 'ris', ['MPAMF_IDR.HAS_CCAP_PART'], 'Cache capacity partitioning.', [
    bit('HAS_CMAX_SOFTLIM', 31, 'CMAX.SOFTLIM is there.'),
    bit('NO_CMAX', 30, 'CMAX is not there.'),
    bit('HAS_CMIN', 29, 'CMIN is there.'),
    bit('HAS_CASSOC', 28, 'CASSOC is there.'),
    field('CASSOC_WD', 12, 8, 'Bits of CASSOC.'),
    field('CMAX_WD', 5, 0, 'Bits of CMAX and CMIN, 1 to 16.'),
  ]),
  MPAMF_MBW_IDR: id(0x0040, 'ris', ['MPAMF_IDR.HAS_MBW_PART'], 'Bandwidth partitioning.', [
    field('BWPBM_WD', 28, 16, 'Bandwidth portions, 1 to 4096.'),
    bit('WINDWR', 14, 'MBW_WINWD can be written.'),
    bit('HAS_PROP', 13, 'MBW_PROP is there.'),
    bit('HAS_PBM', 12, 'MBW_PBM is there.'),
    bit('HAS_MAX', 11, 'MBW_MAX is there.'),
    bit('HAS_MIN', 10, 'MBW_MIN is there.'),
    field('MAX_LIM', 9, 8, 'Limits of MBW_MAX: 0 soft and hard, 1 soft, 2 hard.'),
    field('BWA_WD', 5, 0, 'Bits of MIN, MAX and STRIDEM1, 1 to 16.'),
  ]),
  MPAMF_PRI_IDR: id(0x0048, 'ris', ['MPAMF_IDR.HAS_PRI_PART'], 'Priority partitioning.', [
    field('DSPRI_WD', 25, 20, 'Bits of DSPRI.'),
    bit('DSPRI_0_IS_LOW', 17, 'DSPRI 0 is the lowest priority, not the highest.'),
    bit('HAS_DSPRI', 16, 'PRI.DSPRI is there.'),
    field('INTPRI_WD', 9, 4, 'Bits of INTPRI.'),
    bit('INTPRI_0_IS_LOW', 1, 'INTPRI 0 is the lowest priority, not the highest.'),
    bit('HAS_INTPRI', 0, 'PRI.INTPRI is there.'),
  ]),
  MPAMF_PARTID_NRW_IDR: id(0x0050, 'none', ['MPAMF_IDR.HAS_PARTID_NRW'], 'PARTID narrowing.', [
    field('INTPARTID_MAX', 15, 0, 'Largest internal PARTID.'),
  ]),
  MPAMF_MSMON_IDR: id(0x0080, 'ris', ['MPAMF_IDR.HAS_MSMON'], 'Monitors.', [
    bit('HAS_LOCAL_CAPT_EVNT', 31, 'MSMON_CAPT_EVNT is there.'),
    bit('NO_HW_OFLW_INTR', 30, 'Overflows raise no interrupt.'),
    bit('HAS_OFLW_MSI', 29, 'Overflows can be told by a message.'),
    bit('HAS_OFLOW_SR', 28, 'MSMON_OFLOW_SR is there.'),
    field('HAS_TL_MONITORING', 27, 26, 'Which PARTIDs monitors compare where PARTIDs are translated.'),
    bit('MSMON_CSA', 18, 'Cache storage allocation monitors.'),
    bit('MSMON_MBWU', 17, 'Memory bandwidth usage monitors.'),
    bit('MSMON_CSU', 16, 'Cache storage usage monitors.'),
  ]),
  MPAMF_CSUMON_IDR: id(0x0088, 'ris', ['MPAMF_MSMON_IDR.MSMON_CSU'], 'Cache storage usage monitors.', [
    HAS_CAPTURE,
    bit('CSU_RO', 30, 'MSMON_CSU cannot be written.'),
    bit('HAS_XCL', 29, 'CSU_FLT.XCL is there.'),
    ...MONITOR_TYPE_FIELDS,
    NUM_MON,
  ]),
  MPAMF_MBWUMON_IDR: id(0x0090, 'ris', ['MPAMF_MSMON_IDR.MSMON_MBWU'], 'Memory bandwidth usage monitors.', [
    HAS_CAPTURE,
    bit('HAS_LONG', 30, 'MSMON_MBWU_L is there.'),
    bit('LWD', 29, 'MSMON_MBWU_L has 63 bits, not 44.'),
    bit('HAS_RWBW', 28, 'MBWU_FLT.RWBW is there.'),
    ...MONITOR_TYPE_FIELDS,
    field('SCALE', 20, 16, 'Bits that CTL.SCLEN shifts the short counter right by.'),
    NUM_MON,
  ]),
  MPAMF_IN_TL_IDR: id(0x3000, 'none', ['MPAMF_IDR.HAS_IN_TL'], 'Translation of PARTIDs that come in.', [
    ...TRANSLATION_FIELDS,
    field('IN_PARTID_MAX', 15, 0, 'Largest PARTID that can come in.'),
  ]),
  MPAMF_OUT_TL_IDR: id(0x3200, 'none', ['MPAMF_IDR.HAS_OUT_TL'], 'Translation of PARTIDs that go on.', [
    ...TRANSLATION_FIELDS,
    field('OUT_PARTID_MAX', 15, 0, 'Largest PARTID that can go on.'),
  ]),
} satisfies Record<string, RegisterEntry>;

function id(
  offset: number,
  selectedBy: 'none' | 'ris',
  presentWhen: readonly MscCondition[],
  doc: string,
  fields: readonly MscField[],
): RegisterEntry {
  return { offset, access: 'ro', selectedBy, presentWhen, fields, doc };
}
