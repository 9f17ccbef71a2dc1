/**
 * Everything that can be wrong with a schedule, in one catalogue: what it is, what became of it, what to do. Most kinds are
 * about a line of a recording; some are about the rules for threads, and
 * the last two come from the engine, where timeline and schedule meet.
 *
 * The names are stable: they are stored with a run (import_issue) and people query them.
 */

export interface ImportIssueKind {
  /**
   * Of the line, or of the command: `dropped`: it was not used. `repaired`: it was used, not quite as it stands. `noted`: it
   * was used as it is.
   */
  readonly outcome: 'dropped' | 'repaired' | 'noted';
  readonly meaning: string;
  readonly advice: string;
}

export const IMPORT_ISSUE_KINDS = {
  'unparsed-line': {
    outcome: 'dropped',
    meaning: 'The line is no event line, no comment and no known header.',
    advice:
      'Expected is ftrace text (the trace file) or the output of trace-cmd report, with a clock in seconds (trace_clock mono or boot).',
  },
  'unparsed-event': {
    outcome: 'dropped',
    meaning: 'The event is one that is used, but what follows its name is in no known layout.',
    advice: 'Report the line together with the kernel and trace-cmd version that printed it.',
  },
  'unknown-exit-reason': {
    outcome: 'repaired',
    meaning: 'A kvm_exit or kvm_userspace_exit whose reason cannot be read: used, with an empty reason.',
    advice: 'Times and counts hold; only what is grouped by exit reason misses this one.',
  },
  'line-too-long': {
    outcome: 'dropped',
    meaning: 'The line has more than 65,536 bytes.',
    advice: 'The file is damaged, or something else was written into it.',
  },
  'nul-byte': {
    outcome: 'dropped',
    meaning: 'The line contains NUL bytes.',
    advice: 'The file has a hole, as after a crash or a full disk: copy the recording again.',
  },
  'time-went-back': {
    outcome: 'repaired',
    meaning: 'The line is earlier than the one before it: used, at the time of the latest line so far.',
    advice:
      'Sort the recording by time, or record with a clock that is the same on all CPUs (trace_clock mono or boot).',
  },
  'time-gap': {
    outcome: 'noted',
    meaning: 'The line is more than an hour later than the one before it: used as it is.',
    advice:
      'If the recording has no such pause, the time stamp is damaged: remove the line, or the lines after it all count as earlier.',
  },
  'time-out-of-range': {
    outcome: 'dropped',
    meaning: 'The line is more than 78 hours (2^48 ns) later than the first one.',
    advice: 'The time stamp is damaged, or two recordings were put together.',
  },
  'unknown-cpu': {
    outcome: 'dropped',
    meaning: "The line's CPU is not below the number of CPUs.",
    advice: 'Give the machine as many PEs as the recorded host had CPUs.',
  },
  'truncated-gzip': {
    outcome: 'dropped',
    meaning: 'The compressed file ends too early: everything up to the last whole line was used.',
    advice: 'Copy or compress the recording again.',
  },
  'corrupt-gzip': {
    outcome: 'dropped',
    meaning: 'The compressed file is damaged: all text before the damage was used.',
    advice: 'Copy the recording again; gzip -t FILE tells whether it is whole.',
  },
  'gzip-trailing-garbage': {
    outcome: 'dropped',
    meaning: 'Something that is not gzip follows the compressed text: the text was used whole, the rest not.',
    advice: 'Copy the recording again if it should be longer; gzip -t FILE tells whether it is whole.',
  },
  'lost-events': {
    outcome: 'noted',
    meaning: 'The recorder says that it lost events of this CPU here.',
    advice: 'Record with larger buffers (buffer_size_kb) or fewer events; times around the gap are not exact.',
  },
  'switch-mismatch': {
    outcome: 'noted',
    meaning: 'A sched_switch takes a thread off a CPU that the switch before it did not put there.',
    advice: 'Between the two it is not known what ran; that time belongs to nobody.',
  },
  'exit-without-entry': {
    outcome: 'noted',
    meaning: 'A kvm_exit of a thread that was not in its guest; common once per vCPU thread as recording begins.',
    advice: 'Elsewhere an entry was lost: the time in the guest before it is not known.',
  },
  'entry-without-exit': {
    outcome: 'noted',
    meaning: 'A kvm_entry of a thread that was already in its guest.',
    advice: 'An exit was lost: when it happened, and why, is not known.',
  },
  'rule-matched-nothing': {
    outcome: 'noted',
    meaning: 'No thread was given away by this rule up to the end of the run.',
    advice:
      'Compare the rule with the names and ids in the thread table; an earlier rule that matches the same threads goes first.',
  },
  'duplicate-vcpu': {
    outcome: 'noted',
    meaning: 'The rules say of several threads, alive at the same time, that they are the same vCPU of a VM.',
    advice: "Tell the VMs apart: add the VMM's process id (tgid) to each rule.",
  },
  'vcpu-out-of-range': {
    outcome: 'noted',
    meaning: 'The rules make a thread a vCPU whose number the VM does not have.',
    advice: 'Give the VM as many vcpus in the scenario as its VMM had, or make the rule narrower.',
  },
  'unmatched-guest': {
    outcome: 'noted',
    meaning:
      "Threads enter a guest (kvm_entry), but no rule gives them to a VM: their guest time is in no VM's account.",
    advice: 'Add rules for their names, process ids or thread ids.',
  },
  'command-after-end': {
    outcome: 'dropped',
    meaning: 'A command of the timeline is later than the end of the run: it was not done.',
    advice: 'Give the command an earlier time (at), or the run a later end (--until, until) or a longer schedule.',
  },
  'guest-access-not-made': {
    outcome: 'dropped',
    meaning: 'A guest_access of the timeline waited for its vCPU to run at EL1 until the run ended: it was not made.',
    advice: 'Check that the VM and vCPU ever run (query exit-reasons), or give the run a longer schedule.',
  },
  'offline-cpu': {
    outcome: 'repaired',
    meaning: 'The schedule uses a CPU that the timeline took offline: it was brought online first.',
    advice: 'Take offline only CPUs that the schedule leaves alone, or add a cpu_online before their next use.',
  },
} as const satisfies Readonly<Record<string, ImportIssueKind>>;

export type ImportIssueName = keyof typeof IMPORT_ISSUE_KINDS;
