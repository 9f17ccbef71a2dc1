/** `mpamlab query`: ask a run a question, by name or in SQL. */
import { Argument, Command, Option } from 'commander';
import type { QueryParameters } from '../../analysis/query-parameters.ts';
import type { QueryResult } from '../../analysis/run-query.ts';
import { repeatable, withExamples, withJson, withRunsFolder } from '../common-options.ts';
import { CliError, ExitCode } from '../exit-code.ts';
import { csvLines } from '../output/csv.ts';
import { jsonLines } from '../output/json-rows.ts';
import { type Cell, table, tableLines } from '../output/table.ts';
import { print, printJson, printLines, warning } from '../output/terminal.ts';

type Format = 'table' | 'csv' | 'json';

interface QueryCommandOptions {
  readonly runs: string;
  readonly format: Format;
  readonly json?: true;
  readonly param: readonly string[];
  readonly list?: true;
}

const PRINTERS = { table: tableLines, csv: csvLines, json: jsonLines } as const;

export function queryCommand(): Command {
  const command = new Command('query')
    .description('ask a run a question: a named query, or SQL over its tables and views, read-only')
    .addArgument(new Argument('[run]', 'file, name in the folder of runs, or "latest"'))
    .addArgument(new Argument('[query]', 'name of a query (see --list), or one SQL statement'))
    .option('--list', 'list the named queries')
    .addOption(new Option('--format <format>', 'how to print rows').choices(Object.keys(PRINTERS)).default('table'))
    .addOption(repeatable(new Option('--param <name=value>', 'filter of a named query, or :name in SQL')))
    .action(query);
  command.addHelpText(
    'after',
    '\nIntegers beyond 2^53 are exact; in JSON they are strings. Columns of one name are numbered: a, a_2.',
  );
  return withExamples(
    withJson(withRunsFolder(command)),
    'mpamlab query --list',
    'mpamlab query latest guest-el1-label',
    'mpamlab query latest register-timeline --param register=MPAM1_EL1 --param cpu=0 --format csv',
    'mpamlab query latest "SELECT * FROM register_change_v WHERE time_ns < 1000000 LIMIT 20"',
  );
}

async function query(
  run: string | undefined,
  question: string | undefined,
  options: QueryCommandOptions,
): Promise<void> {
  if (options.list) return listQueries(options.json === true);
  if (run === undefined || question === undefined) {
    throw new CliError(ExitCode.usage, 'give a run and a query, e.g. mpamlab query latest guest-el1-label (or --list)');
  }
  const { resolveRun } = await import('../run-names.ts');
  const { runQuery } = await import('../../analysis/run-query.ts');
  const { openRun } = await import('../../history/run-reader.ts');
  const { noteIfPartial } = await import('../partial-run.ts');
  const { integerOf } = await import('../../analysis/query-parameters.ts');
  const path = resolveRun(run, options.runs);
  const params = parameters(options.param, (text) => integerOf(text) ?? text);
  const result = runQuery(path, question, { params });
  const reader = openRun(path);
  noteIfPartial(reader);
  reader.close();
  if (result.note !== undefined) warning(`note: ${result.note}`);
  const printer = PRINTERS[options.json ? 'json' : options.format];
  try {
    await printLines(printer(result.columns, cells(result)));
  } finally {
    result.close();
  }
}

async function listQueries(asJson: boolean): Promise<void> {
  const { NAMED_QUERIES } = await import('../../analysis/named-queries.ts');
  if (asJson) {
    printJson(NAMED_QUERIES);
    return;
  }
  const rows = NAMED_QUERIES.map(({ name, parameters: filters, doc }) => [name, filters.join(', '), doc]);
  print(table(['query', 'parameters', 'what a row tells'], rows));
}

function parameters(texts: readonly string[], asValue: (text: string) => string | bigint): QueryParameters {
  const entries = texts.map((text) => {
    const equals = text.indexOf('=');
    if (equals < 1) throw new CliError(ExitCode.usage, `--param ${text} is not of the form name=value`);
    return [text.slice(0, equals), asValue(text.slice(equals + 1))];
  });
  return Object.fromEntries(entries);
}

function* cells({ rows }: QueryResult): Generator<readonly Cell[]> {
  for (const row of rows) yield row.map((value) => (Buffer.isBuffer(value) ? `x'${value.toString('hex')}'` : value));
}
