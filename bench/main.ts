/** Runs all benches, or those named on the command line: `npm run bench -- world-switch`. */
import { readdirSync } from 'node:fs';

const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
  .sort();

for (const name of wanted.length > 0 ? wanted : names) {
  if (!names.includes(name)) {
    console.error(`no bench ${name}; there are: ${names.join(', ')}`);
    process.exit(2);
  }
  const bench = (await import(`./${name}.bench.ts`)) as { run: () => Promise<void> };
  await bench.run();
}
