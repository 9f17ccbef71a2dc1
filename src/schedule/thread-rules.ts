/**
 * The rules that say to whom a thread of a recorded schedule belongs (design section 6, item 12: on arm64 kvm_entry and
 * kvm_exit carry no vCPU id, identity comes from the host thread).
 *
 * Rules are tried in order; the first that matches decides. A thread that matches none belongs to the host.
 */
import { type CommPattern, commPatternProblem, compileCommPattern, matchComm, VCPU_MAX } from './comm-pattern.ts';
import { type ConfigProblem, expectInteger, refuseProblems } from './config-problem.ts';
import { NO_OWNER, type OwnerOf, type ThreadOwner } from './registry.ts';

/** All the conditions that are given must hold; at least one must be given. */
interface ThreadMatch {
  /** Pattern for the thread's name: literal text, `*`, `{vcpu}` (comm-pattern.ts). */
  readonly comm?: string | undefined;
  /** Process id. A thread whose process is not known yet does not match. */
  readonly tgid?: number | undefined;
  readonly tid?: number | undefined;
}

export interface ThreadRule {
  readonly match: ThreadMatch;
  /** Index into the scenario's tenants. */
  readonly tenant: number;
  /** Index into the scenario's VMs, or -1 for a process of the tenant outside any VM. */
  readonly vm: number;
  /** vCPU number; absent: what `{vcpu}` of the pattern captures, and without it the thread runs no guest. */
  readonly vcpu?: number | undefined;
  /** Index of the control group whose label the thread starts with; 0 is the default group. */
  readonly group: number;
}

/** Linux's largest thread id (PID_MAX_LIMIT). */
export const TID_MAX = 2 ** 22;

/** What is wrong with the rules. Empty when they can be used. */
export function threadRuleProblems(rules: readonly ThreadRule[]): ConfigProblem[] {
  return rules.flatMap((rule, at) => ruleProblems(rule, `rules[${at}]`));
}

/**
 * The owner function of a registry, from rules.
 * @param onMatch told the index of the rule that decided, each time one does.
 * @throws ScheduleConfigError naming every rule that cannot be used.
 */
export function ownerOfRules(rules: readonly ThreadRule[], onMatch: (rule: number) => void = () => {}): OwnerOf {
  refuseProblems(threadRuleProblems(rules));
  const patterns = rules.map(({ match }) => (match.comm === undefined ? undefined : compileCommPattern(match.comm)));
  return (tid, tgid, comm) => {
    for (const [at, rule] of rules.entries()) {
      const owner = ownerByRule(rule, patterns[at], tid, tgid, comm);
      if (owner === undefined) continue;
      onMatch(at);
      return owner;
    }
    return NO_OWNER;
  };
}

function ownerByRule(
  rule: ThreadRule,
  pattern: CommPattern | undefined,
  tid: number,
  tgid: number,
  comm: string,
): ThreadOwner | undefined {
  if (rule.match.tid !== undefined && rule.match.tid !== tid) return undefined;
  if (rule.match.tgid !== undefined && rule.match.tgid !== tgid) return undefined;
  const captured = pattern === undefined ? -1 : matchComm(pattern, comm);
  if (captured === undefined) return undefined;
  return { tenant: rule.tenant, vm: rule.vm, vcpu: rule.vcpu ?? captured, group: rule.group };
}

function ruleProblems(rule: ThreadRule, field: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { comm, tgid, tid } = rule.match;
  if (comm === undefined && tgid === undefined && tid === undefined) {
    problems.push({ field: `${field}.match`, message: 'has no condition; give comm, tgid or tid (comm: "*" is any)' });
  }
  const patternProblem = comm === undefined ? undefined : commPatternProblem(comm);
  if (patternProblem !== undefined) problems.push({ field: `${field}.match.comm`, message: patternProblem });
  if (tgid !== undefined) expectInteger(problems, `${field}.match.tgid`, tgid, 1, TID_MAX);
  if (tid !== undefined) expectInteger(problems, `${field}.match.tid`, tid, 1, TID_MAX);
  if (rule.vcpu !== undefined) expectInteger(problems, `${field}.vcpu`, rule.vcpu, -1, VCPU_MAX);
  return problems;
}
