/** Everything that can be wrong with what a run reads: recordings, memory traces, arrival times. */
import { IMPORT_ISSUE_KINDS, type ImportIssueKind } from '../schedule/import-issue-kinds.ts';
import { TRACE_ISSUE_KINDS } from '../workload/memory-trace/trace-issues.ts';
import { ARRIVAL_ISSUE_KINDS } from '../workload/service/arrival-file.ts';

export const ISSUE_KINDS: Readonly<Record<string, ImportIssueKind>> = {
  ...IMPORT_ISSUE_KINDS,
  ...TRACE_ISSUE_KINDS,
  ...ARRIVAL_ISSUE_KINDS,
};
