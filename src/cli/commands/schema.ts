/** `mpamlab schema`: the JSON Schema of scenario files, for editors. */
import { Command } from 'commander';
import { fileName, withExamples } from '../common-options.ts';
import { print } from '../output/terminal.ts';

export function schemaCommand(): Command {
  const command = new Command('schema')
    .description('print the JSON Schema of scenario files, for editors')
    .option('-o, --output <file>', 'write it to a file instead', fileName)
    .action(printSchema);
  return withExamples(command, 'mpamlab schema --output scenarios/scenario.schema.json');
}

async function printSchema(options: { readonly output?: string }): Promise<void> {
  const { scenarioJsonSchema } = await import('../../scenario/scenario-schema.ts');
  const text = JSON.stringify(scenarioJsonSchema(), undefined, 2);
  if (options.output === undefined) {
    print(text);
    return;
  }
  const { writeFileSync } = await import('node:fs');
  writeFileSync(options.output, `${text}\n`);
}
