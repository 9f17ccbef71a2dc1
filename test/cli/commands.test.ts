/** The commands as a user meets them: real processes, exit codes, output. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, MAIN, mpamlab, start } from './mpamlab-process.ts';

const SCENARIO = 'scenarios/guest-el1-label.yaml';
/** Not a colour code anywhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const ESCAPE = /\u001b/;

let folder: string;
let firstRun: Ended;

const run = (...args: readonly string[]): Promise<Ended> =>
  mpamlab('run', SCENARIO, '--until', '5ms', '--runs', folder, ...args);
const ask = (...args: readonly string[]): Promise<Ended> => mpamlab('query', ...args, '--runs', folder);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mpamlab-cli-'));
  firstRun = await run();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('help', () => {
  it.each(['check', 'run', 'runs', 'verify', 'state', 'query', 'trace', 'schema'])(
    '%s explains itself with an example',
    async (name) => {
      const { code, stdout, stderr } = await mpamlab(name, '--help');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`  $ mpamlab ${name}`);
      expect(stdout).toContain('Exit codes: 0 done;');
    },
  );

  it('lists all commands', async () => {
    const { code, stdout } = await mpamlab('--help');
    expect(code).toBe(0);
    for (const name of ['check', 'run', 'runs', 'verify', 'state', 'query', 'trace', 'schema'])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });
});

describe('check', () => {
  it('prints what a scenario would build', async () => {
    const { code, stdout } = await mpamlab('check', SCENARIO);
    expect(code).toBe(0);
    for (const name of ['vhe-before-random', 'series-1-11', 'gold', 'tenant-b', 'worst-case'])
      expect(stdout).toContain(name);
  });

  it('answers no with the place of each problem', async () => {
    const { code, stdout, stderr } = await mpamlab('check', SCENARIO, '--set', 'machine.mode=vheh');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      '--set machine.mode=vheh: machine.mode: "vheh"; expected one of vhe, nvhe, pkvm, hvhe (did you mean vhe?)\n',
    );
  });

  it('gives problems as JSON too', async () => {
    const { code, stdout } = await mpamlab('check', SCENARIO, '--json', '--seed', '-1');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ path: 'seed' }] });
  });
});

describe('run', () => {
  it('ends with a summary, the mislabelled time, and nothing on stderr when that is no terminal', () => {
    expect([firstRun.code, firstRun.stderr]).toEqual([0, '']);
    expect(firstRun.stdout).not.toMatch(ESCAPE);
    expect(firstRun.stdout).toContain('guest-el1-label: completed, 0.005 s simulated');
    expect(firstRun.stdout).toMatch(/^vhe-before-zero .* 100\.0 %$/m);
    expect(firstRun.stdout).toMatch(/^vhe-after-zero .* 0\.0 %$/m);
  });

  it('takes the next free name, and gives the same digest for the same scenario', async () => {
    const { code, stdout } = await run('--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.path).toBe(join(folder, 'guest-el1-label-2.db'));
    expect(result.status).toBe('completed');
    expect(firstRun.stdout).toContain(`digest  ${result.digest}`);
  });

  it('gives another digest for another seed', async () => {
    const output = join(folder, 'seed-2.db');
    const { stdout } = await run('--json', '--seed', '2', '--output', output);
    const result = JSON.parse(stdout);
    expect(result.path).toBe(output);
    expect(firstRun.stdout).not.toContain(result.digest);
  });

  it('never writes over a file without --force, and never over a foreign file', async () => {
    const output = join(folder, 'mine.db');
    writeFileSync(output, 'something else');
    for (const force of [[], ['--force']]) {
      const { code, stderr } = await run('--output', output, ...force);
      expect(code).toBe(3);
      expect(stderr).toContain(output);
    }
    expect(readFileSync(output, 'utf8')).toBe('something else');
    rmSync(output);
  });

  it('replaces a run with --force', async () => {
    const output = join(folder, 'again.db');
    await run('--output', output);
    const { code, stdout } = await run('--output', output, '--force', '--json');
    expect([code, JSON.parse(stdout).path]).toEqual([0, output]);
  });

  it('colours its output only if asked to, or on a terminal', async () => {
    const output = join(folder, 'coloured.db');
    const { stdout } = await start(['run', SCENARIO, '--until', '1ms', '--output', output], { FORCE_COLOR: '1' }).ended;
    expect(stdout).toMatch(ESCAPE);
  });

  it('says which recording is missing', async () => {
    const scenario = 'scenarios/recorded-kvm.yaml';
    const { code, stderr } = await mpamlab('run', scenario, '--set', 'schedule.file=nowhere.gz', '--runs', folder);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^mpamlab: scenarios\/nowhere\.gz: /);
  });
});

describe('--until before the end of the timeline', () => {
  it('leaves later commands out, says so, and verifies', async () => {
    const path = join(folder, 'short.db');
    const set = ['--set', 'timeline=[{ at: 1ms, mpam: off }, { at: 3ms, cpu_offline: 0 }]'];
    const { code, stdout } = await mpamlab('run', SCENARIO, ...set, '--until', '2ms', '--output', path);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^command-after-end +1 +0 +cpu_offline at 3000000 ns is after the end of the schedule \(2000000 ns\): not done$/m,
    );
    const verified = await mpamlab('verify', path);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toMatch(
      /^replay {2}[\d,]+ events and [1-9]\d* side rows \(names, issues, samples\) executed again, all equal$/m,
    );
    rmSync(path);
  }, 60_000);
});

describe('Ctrl-C', () => {
  it('ends a run cleanly: what it holds is whole, marked as interrupted, and verifies', async () => {
    const path = join(folder, 'long.db');
    const { child, ended } = start(['run', SCENARIO, '--until', '3000s', '--output', path, '--json']);
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('ending the run');
    const result = JSON.parse(stdout);
    expect(result.status).toBe('interrupted');
    expect(result.events).toBeGreaterThan(0);
    const verified = await mpamlab('verify', path, '--json');
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({
      ok: true,
      integrity: { status: 'interrupted' },
      replay: { kind: 'equal', events: result.events },
    });
    for (const command of [
      ['query', path, 'mislabelled'],
      ['state', path],
    ]) {
      const { code: answered, stderr: note } = await mpamlab(...command);
      expect(answered).toBe(0);
      expect(note).toMatch(/^note: the run was interrupted at [\d.]+ s: answers cover what it holds\n$/);
    }
    rmSync(path);
  }, 120_000);
});

describe('runs', () => {
  it('lists runs and names files that are none', async () => {
    const foreign = join(folder, 'foreign.db');
    writeFileSync(foreign, 'not a run');
    const { code, stdout, stderr } = await mpamlab('runs', '--runs', folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^guest-el1-label +guest-el1-label +completed /m);
    expect(stderr).toContain(foreign);
    const json = await mpamlab('runs', '--runs', folder, '--json');
    expect(JSON.parse(json.stdout)).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'run', name: 'guest-el1-label', status: 'completed' })]),
    );
    rmSync(foreign);
  });

  it('says how to make one if there is none', async () => {
    const { code, stderr } = await mpamlab('runs', '--runs', join(folder, 'empty'));
    expect([code, stderr]).toEqual([
      0,
      `${join(folder, 'empty')}/ holds no runs; make one with: mpamlab run SCENARIO\n`,
    ]);
  });
});

describe('verify', () => {
  it('executes a run again, with any batch size', async () => {
    const { code, stdout } = await mpamlab('verify', 'guest-el1-label', '--runs', folder, '--batch-rows', '13');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^replay {2}[\d,]+ events and [\d,]+ side rows \(.*\) executed again, all equal$/m);
  });

  it('answers no for a file that was changed, and names the batch', async () => {
    const path = join(folder, 'changed.db');
    copyFileSync(join(folder, 'guest-el1-label.db'), path);
    const { default: Database } = await import('better-sqlite3');
    const database = new Database(path);
    database.exec('DROP TRIGGER IF EXISTS register_change_no_update');
    const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all() as {
      name: string;
    }[];
    for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
    database.exec('UPDATE register_change SET new_lo = new_lo + 1 WHERE seq = (SELECT max(seq) FROM register_change)');
    database.close();
    const { code, stdout } = await mpamlab('verify', path);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^not verified: /);
    expect(stdout).toMatch(/batch: .*batch \d+/);
    rmSync(path);
  });

  it('cannot use a truncated file', async () => {
    const path = join(folder, 'truncated.db');
    copyFileSync(join(folder, 'guest-el1-label.db'), path);
    truncateSync(path, 50_000);
    const { code, stderr } = await mpamlab('verify', path);
    expect(code).toBe(3);
    expect(stderr).toContain(path);
    rmSync(path);
  });
});

describe('state', () => {
  it('shows registers and labels at a moment, for one PE', async () => {
    const { code, stdout } = await mpamlab(
      'state',
      'guest-el1-label',
      '--runs',
      folder,
      '--at',
      '5ms',
      '--pe',
      '0',
      '--json',
    );
    expect(code).toBe(0);
    const { timeNs, pes } = JSON.parse(stdout);
    expect([timeNs, pes.length, pes[0].machine]).toEqual([5_000_000, 1, 'vhe-before-zero']);
    // Before the patch and with UNKNOWN fields at 0, nobody ever writes a label to the real MPAM1_EL1 (K 3.4 a).
    const mpam1 = pes[0].registers.find(({ register }: { register: string }) => register === 'MPAM1_EL1');
    expect(mpam1.value).toBe('0x8000000000000000');
    const el1 = pes[0].labels.filter(({ el }: { el: number }) => el === 1);
    expect(el1).toEqual([
      { el: 1, access: 'data', partid: 0, pmg: 0, error: false },
      { el: 1, access: 'instruction', partid: 0, pmg: 0, error: false },
    ]);
  });

  it('takes a CPU of a machine, and says when the time asked for is after the end', async () => {
    const place = ['--machine', 'vhe-after-zero', '--cpu', '1'];
    const { stdout, stderr } = await mpamlab(
      'state',
      join(folder, 'guest-el1-label.db'),
      ...place,
      '--at',
      '9s',
      '--json',
    );
    expect(JSON.parse(stdout).pes.map(({ pe }: { pe: number }) => pe)).toEqual([7]);
    expect(stderr).toBe('note: the run ends at 0.005 s: this is its state then\n');
  });

  it('prints tables', async () => {
    const { stdout } = await mpamlab('state', 'guest-el1-label', '--runs', folder, '--machine', 'nvhe-after-worst');
    expect(stdout).toMatch(/nvhe-after-worst +\d +MPAM1_EL1 +0x[0-9a-f]{16} {2}MPAMEN=1/);
  });
});

describe('query', () => {
  it('lists the named queries', async () => {
    const { code, stdout } = await mpamlab('query', '--list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^guest-el1-label +machine, tenant /m);
  });

  it('answers as JSON, CSV and table alike', async () => {
    const question = ['guest-el1-label', 'mislabelled', '--param', 'tenant=tenant-a'];
    const json = JSON.parse((await ask(...question, '--json')).stdout) as Record<string, unknown>[];
    const csv = (await ask(...question, '--format', 'csv')).stdout.trimEnd().split('\n');
    const tableLines = (await ask(...question)).stdout.trimEnd().split('\n');
    expect(json.length).toBeGreaterThan(0);
    expect(json.every(({ tenant }) => tenant === 'tenant-a')).toBe(true);
    expect(csv[0]).toBe(Object.keys(json[0]!).join(','));
    expect([csv.length, tableLines.length]).toEqual([json.length + 1, json.length + 1]);
  });

  it('takes SQL, and a number as a number', async () => {
    const { stdout } = await ask(
      'guest-el1-label',
      'SELECT count(*) AS pes FROM pe WHERE cpu = :cpu',
      '--param',
      'cpu=0',
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual([{ pes: 12 }]);
  });

  it('loses no digit and no column', async () => {
    const sql = 'SELECT 9007199254740993 AS n, 5 AS n, 7 AS "1"';
    const [csv, json, text] = await Promise.all(
      ['csv', 'json', 'table'].map((format) => ask('guest-el1-label', sql, '--format', format)),
    );
    expect(csv?.stdout).toBe('n,n_2,1\n9007199254740993,5,7\n');
    expect(json?.stdout).toBe('[\n{"n":"9007199254740993","n_2":5,"1":7}\n]\n');
    expect(text?.stdout).toContain('9007199254740993');
  });

  it.skipIf(!existsSync('/dev/full'))('that cannot be written says so in one line', async () => {
    const [file, sql] = [join(folder, 'guest-el1-label.db'), 'SELECT * FROM schedule_v'];
    const child = spawnSync('sh', ['-c', `"$@" > /dev/full`, 'sh', process.execPath, MAIN, 'query', file, sql]);
    expect(child.status).toBe(3);
    expect(String(child.stderr)).toMatch(/^mpamlab: the output cannot be written \(there is no space left\).*\n$/);
  });

  it('is quiet when the reader has seen enough', async () => {
    const { child, ended } = start(['query', 'guest-el1-label', 'SELECT * FROM schedule_v', '--runs', folder]);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('mistakes are answered in one to three lines, without a stack trace', () => {
  const cases: readonly (readonly [args: string, code: number, message: RegExp])[] = [
    ['bogus', 2, /unknown command 'bogus'/],
    ['run', 2, /missing required argument 'scenario'/],
    ['run nowhere.yaml', 2, /^nowhere\.yaml: there is no such file\n/],
    [`run ${SCENARIO} --seed x`, 2, /^--set seed=x: seed: "x"; expected an integer\n/],
    [`run ${SCENARIO} --until tomorrow`, 2, /until: "tomorrow"; expected a time/],
    ['verify package.json', 3, /package\.json/],
    ['verify src', 3, /src is a folder; it holds no runs/],
    ['check nowhere.yaml', 2, /^nowhere\.yaml: there is no such file\n/],
    ['check src', 2, /^src: is a directory\n/],
    ['schema -o nowhere/at/all.json', 3, /^mpamlab: nowhere\/at\/all\.json: there is no such file or folder\. Check/],
    ['schema --output=', 2, /It must not be empty/],
    [`run ${SCENARIO} --output=`, 2, /It must not be empty/],
    ['verify latest --runs /nonexistent', 3, /there is no run in \/nonexistent\//],
    ['verify latest --batch-rows 0', 2, /must be an integer from 1/],
    ['query latest', 2, /give a run and a query/],
    ['query latest on-cpu --format xml', 2, /Allowed choices are table, csv, json/],
  ];

  it.each(cases)('%s', async (args, expectedCode, message) => {
    const { code, stdout, stderr } = await mpamlab(...args.split(' '));
    expect([code, stdout]).toEqual([expectedCode, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['an unknown query', ['guest-el1-label', 'guest-el1-lable'], 2, /no query "guest-el1-lable"/],
    ['a wrong statement', ['guest-el1-label', 'SELEC 1'], 2, /syntax error/],
    ['a statement that writes', ['guest-el1-label', 'DELETE FROM batch'], 2, /only read/],
    ['two statements', ['guest-el1-label', 'SELECT 1; SELECT 2'], 2, /exactly one/],
    ['a malformed parameter', ['guest-el1-label', 'on-cpu', '--param', 'x'], 2, /not of the form name=value/],
    ['an unknown parameter', ['guest-el1-label', 'on-cpu', '--param', 'x=1'], 2, /no parameter "x"/],
    [
      'a tenant that is not there',
      ['guest-el1-label', 'on-cpu', '--param', 'tenant=x'],
      2,
      /has no tenant "x"; it has t/,
    ],
    ['a parameter without a value', ['guest-el1-label', 'SELECT :x'], 2, /needs a value for "x".*--param x=/],
    ['a misspelt run', ['guest-el1-labl', 'on-cpu'], 3, /did you mean guest-el1-label\?/],
  ] as const)('query: %s', async (_title, args, expectedCode, message) => {
    const { code, stdout, stderr } = await ask(...args);
    expect([code, stdout]).toEqual([expectedCode, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['a time without a unit', '--at 5', /--at 5 is not a time/],
    ['a PE that is no number', '--pe x', /'--pe <n>' argument 'x' is invalid\. It must be an integer from 0 on/],
    ['a PE that the run does not have', '--pe 999', /--pe 999 is not there; the run has PEs 0 to 23/],
    ['a seq that is no number', '--seq x', /'--seq <n>' argument 'x' is invalid\. It must be an integer from 0 on/],
    ['a seq after the end', '--seq 99999999', /--seq 99999999 is after the end; the run has events 1 to \d+\n/],
    ['a time and a seq', '--at 5ms --seq 5', /cannot be used with/],
    [
      'a PE of another machine',
      '--pe 0 --machine vhe-after-zero',
      /PE 0 is not there; vhe-after-zero has PEs 6 to 7, wh/,
    ],
    ['a CPU that the machine lacks', '--cpu 2 --machine vhe-after-zero', /CPU 2 is not there; .* its CPUs 0 to 1\n/],
    ['a machine that is not there', '--machine x', /there is no machine "x"; the run has vhe-before-zero, vhe/],
  ])('state: %s', async (_title, args, message) => {
    const { code, stdout, stderr } = await mpamlab('state', 'guest-el1-label', '--runs', folder, ...args.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it.each(['--pe', '--seq'])('state: %s is looked at before the run', async (option) => {
    const { code, stderr } = await mpamlab('state', 'no-such-run', '--runs', folder, option, '-1');
    expect([code, stderr]).toEqual([2, expect.stringContaining('It must be an integer from 0 on')]);
  });
});

describe('schema', () => {
  it('prints what is in the repository', async () => {
    const { code, stdout } = await mpamlab('schema');
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync('scenarios/scenario.schema.json', 'utf8'));
  });
});
