/** `mpamlab trace`: an untimed cache study of recorded memory traces. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { INCLUSIONS, REPLACEMENT_POLICIES } from '../../memory/hierarchy-config.ts';
import { CONVENTIONS, INTERLEAVINGS } from '../../run/trace-study/trace-study-options.ts';
import type { TenantResult } from '../../run/trace-study/trace-study-result.ts';
import { TRACE_FORMATS } from '../../workload/memory-trace/trace-formats.ts';
import { SAMPLE_RATE_MIN } from '../../workload/miss-ratio-curve/sampled-curve.ts';
import { fileName, integerFrom, repeatable, withExamples, withJson } from '../common-options.ts';
import { CliError, ExitCode } from '../exit-code.ts';
import { count } from '../output/format.ts';
import { print, printJson } from '../output/terminal.ts';
import type { TraceCommandOptions } from '../trace-input.ts';

const HIERARCHY_EXAMPLE = `
A hierarchy file (line, l1i, l1d, l2, llc, memory; only ways and one of size and sets are needed):
  line: 64B
  l1d: { size: 32KiB, ways: 8, policy: tree-plru, write_policy: write-through }
  l2: { size: 512KiB, ways: 8, inclusion: inclusive }
  llc: { sets: 12288, ways: 12, portions: 6, portion_kind: way-groups, cmax_width: 8, write_hit_owner: writer,
         victim_preference: ladder }
  memory: 4GiB
`;

const SEED_MAX = 2 ** 32 - 1;
const FORMAT_NAMES = TRACE_FORMATS.map(({ name }) => name);

export function traceCommand(): Command {
  const command = new Command('trace')
    .description('play recorded memory traces through partitioned caches: exact misses, evictions and who caused them')
    .argument('<traces...>', 'files, or NAME=FILE; each is a tenant, named after its file; .gz, .xz and .zst are read')
    .option('--partid <list>', 'PARTIDs of the tenants, e.g. 1,2,5; default: 1, 2, 3 ...')
    .addOption(new Option('--format <name>', 'of the traces').choices(['auto', ...FORMAT_NAMES]).default('auto'));
  withStudyOptions(withCacheOptions(command)).action(trace);
  command.addHelpText('after', HIERARCHY_EXAMPLE.trimEnd());
  return withExamples(
    withJson(command),
    'mpamlab trace prog.lackey.gz --l1i 32K,8,64 --l1d 32K,8,64 --llc 256K,16,64 --convention cachegrind',
    'mpamlab trace web.gz batch.gz --llc 128x12 --cpbm web=0xff0 --cpbm batch=0x00f --cmax batch=25%,soft',
    'mpamlab trace web=a.gz batch=b.gz --hierarchy caches.yaml --interleave instructions --mrc --json',
  );
}

function withCacheOptions(command: Command): Command {
  const spec = '<SIZE,WAYS[,LINE]>';
  return command
    .addOption(cacheOption(`--llc ${spec}`, 'the shared last level, e.g. 256K,16,64; or sets and ways, e.g. 128x12'))
    .addOption(cacheOption(`--l1i ${spec}`, 'an L1 for the instruction fetches of each tenant'))
    .addOption(cacheOption(`--l1d ${spec}`, 'an L1 for the data accesses of each tenant'))
    .addOption(cacheOption(`--l2 ${spec}`, 'an L2 for each tenant'))
    .addOption(cacheOption('--policy <name>', 'replacement policy of all caches').choices(REPLACEMENT_POLICIES))
    .addOption(cacheOption('--inclusion <kind>', 'of L2 and LLC towards the caches inside').choices(INCLUSIONS))
    .addOption(cacheOption('--memory <size>', 'memory that the traces are placed in, e.g. 4GiB'))
    .option('--hierarchy <file>', 'the caches, and more about them, from a YAML file instead', fileName);
}

/** Said on the command line, or in the YAML file. */
function cacheOption(flags: string, description: string): Option {
  return new Option(flags, description).conflicts('hierarchy');
}

function withStudyOptions(command: Command): Command {
  return command
    .addOption(repeatable(new Option('--cpbm <name=mask>', 'portions of the LLC that a tenant may allocate')))
    .addOption(
      repeatable(new Option('--cmax <name=share>', 'share of the LLC that a tenant may hold: 25% or 25%,soft')),
    )
    .addOption(new Option('--interleave <order>', 'of the traces').choices(INTERLEAVINGS).default('round-robin'))
    .addOption(new Option('--convention <name>', 'of counting accesses').choices(CONVENTIONS).default('lines'))
    .option('--mrc', 'miss-ratio curve of each tenant, exact')
    .option('--sample-rate <share>', 'miss-ratio curve from a sample of the lines, e.g. 0.01', sampleRate)
    .option('--seed <n>', 'of the random replacement policy', integerFrom(0, SEED_MAX), 1);
}

function sampleRate(text: string): number {
  const rate = Number(text);
  if (/^[\d.e-]+$/.test(text) && rate >= SAMPLE_RATE_MIN && rate <= 1) return rate;
  throw new InvalidArgumentError(`It must be a number from 2^${Math.log2(SAMPLE_RATE_MIN)} to 1.`);
}

async function trace(traces: readonly string[], options: TraceCommandOptions): Promise<void> {
  const { studyOptions } = await import('../trace-input.ts');
  const { runTraceStudy } = await import('../../run/trace-study/run-trace-study.ts');
  const result = await runTraceStudy(studyOptions(traces, options));
  for (const tenant of result.tenants) await refuseUnusable(tenant);
  if (options.json) {
    printJson(result);
    return;
  }
  const { traceReport } = await import('../output/trace-report.ts');
  print(traceReport(result));
}

/** @throws CliError for a trace that had something in it, and no access. */
async function refuseUnusable({ file, format, recorded, issues }: TenantResult): Promise<void> {
  if (issues.length === 0 || Object.values(recorded).some((accesses) => accesses > 0)) return;
  const { TRACE_ISSUE_KINDS } = await import('../../workload/memory-trace/trace-issues.ts');
  const dropped = issues.filter(({ kind }) => TRACE_ISSUE_KINDS[kind].outcome === 'dropped');
  const sum = dropped.reduce((total, issue) => total + issue.count, 0);
  const [first] = dropped.map(({ kind, first: { line, text } }) => `${kind} at ${line}: ${text}`);
  throw new CliError(
    ExitCode.file,
    `${file}: no access in it can be used as ${format}; ${count(sum)} lines or records dropped, first ${first}\n` +
      'Check the format (--format).',
  );
}
