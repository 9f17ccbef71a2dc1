/**
 * The registers of an MSC for errors, and those for interrupts by message (MSI) of errors and overflows.
 *
 * Source: Arm IHI 0099 B.a, chapter 9 (A 2.2, 2.6).
 */
import { bit, field, type MscCondition, type RegisterEntry } from './register-description.ts';

const ERR_MSI: MscCondition = 'MPAMF_IDR.HAS_ERR_MSI';
const OFLOW_MSI: MscCondition = 'MPAMF_MSMON_IDR.HAS_OFLW_MSI';

/** The five registers of a message, of errors and of overflows alike. */
const message = {
  MPAM: (offset: number, present: MscCondition): RegisterEntry => ({
    ...banked(offset, present, 'Label of the message.'),
    fields: [field('PMG', 23, 16, 'PMG.'), field('PARTID', 15, 0, 'PARTID.')],
  }),
  ADDR_L: (offset: number, present: MscCondition): RegisterEntry => ({
    ...banked(offset, present, 'Address of the message, lower half.'),
    fields: [field('MSI_ADDR_L', 31, 2, 'Address bits 31:2.')],
  }),
  ADDR_H: (offset: number, present: MscCondition): RegisterEntry => ({
    ...banked(offset, present, 'Address of the message, upper half.'),
    fields: [field('MSI_ADDR_H', 19, 0, 'Address bits 51:32.')],
  }),
  DATA: (offset: number, present: MscCondition): RegisterEntry => ({
    ...banked(offset, present, 'Data of the message.'),
    fields: [field('MSI_DATA', 31, 0, 'Data.')],
  }),
  ATTR: (offset: number, present: MscCondition): RegisterEntry => ({
    ...banked(offset, present, 'Attributes of the message.'),
    fields: [
      field('MSI_SH', 29, 28, 'Shareability.'),
      field('MSI_MEMATTR', 27, 24, 'Memory type.'),
      bit('MSIEN', 0, 'Messages are sent; the wire is not used.'),
    ],
    reset: 0,
  }),
};

function banked(offset: number, present: MscCondition, doc: string): RegisterEntry {
  return { offset, access: 'rw', selectedBy: 'none', presentWhen: [present], fields: [], doc };
}

export const ERROR_REGISTERS = {
  MPAMF_ESR: {
    ...banked(0x00f8, 'errors', 'The last error. 64 bits wide where IDR.HAS_EXTD_ESR is 1, else 32.'),
    width: 64,
    fields: [
      field('RIS', 35, 32, 'RIS that was selected.'),
      bit('OVRWR', 31, 'An earlier error was overwritten.'),
      field('ERRCODE', 27, 24, 'Which error; 0: none.'),
      field('PMG', 23, 16, 'PMG of the request or the filter.'),
      field('PARTID_MON', 15, 0, 'PARTID, or instance of the monitor.'),
    ],
  },
  MPAMF_ECR: {
    ...banked(0x00f0, 'errors', 'Control of error interrupts.'),
    fields: [bit('INTEN', 0, 'Errors interrupt.')],
  },
  MPAMF_ERR_MSI_MPAM: message.MPAM(0x00dc, ERR_MSI),
  MPAMF_ERR_MSI_ADDR_L: message.ADDR_L(0x00e0, ERR_MSI),
  MPAMF_ERR_MSI_ADDR_H: message.ADDR_H(0x00e4, ERR_MSI),
  MPAMF_ERR_MSI_DATA: message.DATA(0x00e8, ERR_MSI),
  MPAMF_ERR_MSI_ATTR: message.ATTR(0x00ec, ERR_MSI),
  MSMON_OFLOW_MSI_MPAM: message.MPAM(0x08dc, OFLOW_MSI),
  MSMON_OFLOW_MSI_ADDR_L: message.ADDR_L(0x08e0, OFLOW_MSI),
  MSMON_OFLOW_MSI_ADDR_H: message.ADDR_H(0x08e4, OFLOW_MSI),
  MSMON_OFLOW_MSI_DATA: message.DATA(0x08e8, OFLOW_MSI),
  MSMON_OFLOW_MSI_ATTR: message.ATTR(0x08ec, OFLOW_MSI),
} satisfies Record<string, RegisterEntry>;
