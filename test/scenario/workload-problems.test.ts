/** What a mistake in workloads is answered with: place, message, hint. Places are counted by hand in the texts below. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputFileProblem } from '../../src/scenario/input-file.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';

const UNTIL = 'until: 5ms\n';
const TOPOLOGY = 'machine: { topology: { l1d: { size: 64KiB }, l1i: { size: 64KiB } } }\n';
/** A scenario that is right, but for the lines added to it from line 4 on. */
const BASE = `${UNTIL}${TOPOLOGY}tenants: { a: { vms: { web: } } }\n`;

function problems(text: string, ...overrides: string[]): string[] {
  const result = parseScenario(text, 's.yaml', overrides);
  return result.ok ? [] : result.problems.map(formatProblem);
}

/** A workload whose mapping begins in column 17. */
const w = (text: string) => `workloads: { w: ${text} }`;
const LOOP = 'pattern: loop, size: 64KiB';

const CASES: readonly (readonly [title: string, added: string, problem: string])[] = [
  [
    'a workload that says nothing',
    w('{}'),
    's.yaml:4:17: workloads.w: a mapping; expected a workload: { data: ... }, { phases: [...] } or { trace: FILE }',
  ],
  [
    'a misspelt key',
    w(`{ data: { ${LOOP} }, wirtes: 3% }`),
    's.yaml:4:57: workloads.w.wirtes: unknown key (did you mean writes?)',
  ],
  [
    'a misspelt pattern',
    w('{ data: { pattern: zipff, size: 64KiB } }'),
    's.yaml:4:36: workloads.w.data.pattern: "zipff"; expected one of sequential, strided, uniform, zipf, pointer-chase,' +
      ' loop (did you mean zipf?)',
  ],
  [
    'a size without a unit',
    w('{ data: { pattern: loop, size: 8 } }'),
    's.yaml:4:48: workloads.w.data.size: 8; expected a multiple of 64B from 64B to 1TiB (write a unit: 8KiB, 8MiB or 8GiB)',
  ],
  [
    'a decimal unit',
    w('{ data: { pattern: loop, size: 8MB } }'),
    's.yaml:4:48: workloads.w.data.size: "8MB"; expected a multiple of 64B from 64B to 1TiB (did you mean MiB?)',
  ],
  [
    'part of a line',
    w('{ data: { pattern: loop, size: 100B } }'),
    's.yaml:4:48: workloads.w.data.size: "100B"; expected a multiple of 64B from 64B to 1TiB',
  ],
  [
    'more memory than a machine can have',
    w('{ data: { pattern: loop, size: 17GiB } }'),
    's.yaml:4:25: workloads.w.data: 17GiB is more than 16GiB (shrink it, or the whole machine by machine.scale)',
  ],
  [
    'a table that is too large',
    w('{ data: { pattern: zipf, size: 2GiB } }'),
    's.yaml:4:25: workloads.w.data: zipf over 2GiB; at most 1GiB',
  ],
  [
    'data without memory',
    w('{ data: { pattern: loop } }'),
    's.yaml:4:25: workloads.w.data: has no memory (give a size, or the name of a region)',
  ],
  [
    'a region that is not there',
    `memory_regions: { shm: 1MiB }\n${w('{ data: { pattern: loop, region: shn } }')}`,
    's.yaml:5:50: workloads.w.data.region: there is no memory region "shn" (did you mean shm?)',
  ],
  [
    'a region and a size',
    `memory_regions: { shm: 1MiB }\n${w('{ data: { pattern: loop, region: shm, size: 64B } }')}`,
    's.yaml:5:55: workloads.w.data.size: memory_regions says this of a region',
  ],
  [
    'a stride that is missing',
    w('{ data: { pattern: strided, size: 64KiB } }'),
    's.yaml:4:25: workloads.w.data: strided without a stride (e.g. stride: 256B)',
  ],
  [
    'a stride for another pattern',
    w(`{ data: { ${LOOP}, stride: 256B } }`),
    's.yaml:4:55: workloads.w.data.stride: loop has no stride',
  ],
  [
    'a stride that leaves the region',
    w('{ data: { pattern: strided, stride: 64KiB, size: 64KiB } }'),
    's.yaml:4:53: workloads.w.data.stride: 64KiB leaves a region of 64KiB at the first step',
  ],
  [
    'a stride that splits elements',
    w('{ data: { pattern: strided, stride: 100B, size: 64KiB } }'),
    's.yaml:4:53: workloads.w.data.stride: 100B is no multiple of the element of 8 bytes',
  ],
  [
    'an exponent for another pattern',
    w(`{ data: { ${LOOP} }, code: { exponent: 1 } }`),
    's.yaml:4:65: workloads.w.code.exponent: loop has no exponent',
  ],
  [
    'an exponent out of range',
    w('{ data: { pattern: zipf, exponent: 5, size: 64KiB } }'),
    's.yaml:4:52: workloads.w.data.exponent: 5; expected a number from 0.001 to 4',
  ],
  [
    'an element that would straddle lines',
    w(`{ data: { ${LOOP}, element: 12 } }`),
    's.yaml:4:64: workloads.w.data.element: 12; expected one of 1, 2, 4, 8, 16, 32, 64',
  ],
  [
    'a percentage without its sign',
    w(`{ data: { ${LOOP} }, writes: 30 }`),
    's.yaml:4:65: workloads.w.writes: 30; expected a percentage from 0% to 100% with at most one decimal (write the sign: 30%)',
  ],
  [
    'a guest that never enters its kernel',
    w(`{ data: { ${LOOP} }, kernel_share: 0% }`),
    's.yaml:4:71: workloads.w.kernel_share: "0%"; expected a percentage from 0.1% to 100% with at most one decimal',
  ],
  [
    'parallelism below one',
    w(`{ data: { ${LOOP} }, mlp: 0.5 }`),
    's.yaml:4:62: workloads.w.mlp: 0.5; expected a number from 1 to 64',
  ],
  [
    'a phase that never ends before another one',
    w(`{ phases: [{ data: { ${LOOP} } }, { data: { ${LOOP} } }] }`),
    's.yaml:4:28: workloads.w.phases.0: has no length, so that the phases after it never come (e.g. for: 20ms)',
  ],
  [
    'a service without work',
    w(`{ data: { ${LOOP} }, service: { rate: 2/ms } }`),
    's.yaml:4:66: workloads.w.service.accesses: missing; expected an integer',
  ],
  [
    'a service without requests',
    w(`{ data: { ${LOOP} }, service: { accesses: 5 } }`),
    's.yaml:4:66: workloads.w.service: has no requests (give a rate, e.g. 2000/s, or a file of arrivals)',
  ],
  [
    'a service with two sources of requests',
    w(`{ data: { ${LOOP} }, service: { accesses: 5, rate: 2/s, arrivals: a.txt } }`),
    's.yaml:4:66: workloads.w.service: has both a rate and arrivals (give a rate, e.g. 2000/s, or a file of arrivals)',
  ],
  [
    'a rate without a unit',
    w(`{ data: { ${LOOP} }, service: { accesses: 5, rate: 2000 } }`),
    's.yaml:4:87: workloads.w.service.rate: 2000; expected a rate from 0.001/s to 1000/us (write a unit: 2000/s or 2000/ms)',
  ],
  [
    'an unknown trace format',
    w('{ trace: x.gz, format: lackay }'),
    's.yaml:4:40: workloads.w.format: "lackay"; expected one of auto, lackey, din, drmemtrace, ucsd, ramulator,' +
      ' champsim, libcachesim-csv, oracle-general, csv (did you mean lackey?)',
  ],
  [
    'data beside a trace',
    w(`{ trace: x.gz, data: { ${LOOP} } }`),
    's.yaml:4:17: workloads.w: a mapping; expected a workload: { data: ... }, { phases: [...] } or { trace: FILE }',
  ],
  [
    'an unknown workload',
    `${w(`{ data: { ${LOOP} } }`)}\nhost_tasks: { k: { workload: v } }`,
    's.yaml:5:30: host_tasks.k.workload: there is no workload "v" (did you mean w?)',
  ],
  [
    'a service for a host task',
    `${w(`{ data: { ${LOOP} }, service: { rate: 1/s, accesses: 1 } }`)}\nhost_tasks: { k: { workload: w } }`,
    "s.yaml:5:30: host_tasks.k.workload: has a service, whose requests only a guest can serve (name it as a VM's workload)",
  ],
  [
    'two host tasks of one name that differ',
    `${w(`{ data: { ${LOOP} } }`)}\nhost_tasks: { k: { workload: w }, l: { comm: k } }`,
    's.yaml:5:38: host_tasks.l.workload: another host task is called "k" and executes something else' +
      ' (give it another comm)',
  ],
];

describe('a mistake in a workload is answered with its place and what is allowed', () => {
  it.each(CASES)('%s', (_title, added, problem) => {
    expect(problems(BASE + added)).toEqual([problem]);
  });

  it('nobody would execute it without caches', () => {
    expect(problems(`until: 5ms\n${w(`{ data: { ${LOOP} } }`)}\nhost_tasks: { k: { workload: w } }`)).toEqual([
      's.yaml:2:12: workloads: no machine has caches: no workload would be executed' +
        ' (e.g. machine: { topology: reference })',
    ]);
  });

  it('a region that the scale leaves no line of', () => {
    const text = `until: 5ms
machine: { scale: 4, topology: { l1d: { size: 64KiB }, l1i: { size: 64KiB } } }
memory_regions: { r: 128B }
tenants: { a: { vms: { web: } } }`;
    expect(problems(text)).toEqual(['s.yaml:3:22: memory_regions.r: 128B at scale 1/4 is less than 64B']);
  });

  it('guest time that is divided twice', () => {
    const text = `${UNTIL}${TOPOLOGY}tenants:
  a:
    vms:
      x: { workload: w, guest_activity: { el0: 5us } }
      y: { workload: w, guest_activity: { guest_run: 5us, el1: 5us } }
${w(`{ data: { ${LOOP} }, kernel_share: 2.5% }`)}`;
    expect(problems(text)).toEqual([
      's.yaml:6:48: tenants.a.vms.x.guest_activity.el0: the workload divides guest time by its kernel_share of 2.5%' +
        ' (leave out el0 here, or kernel_share there)',
      's.yaml:7:64: tenants.a.vms.y.guest_activity.el1: the workload divides guest time by its kernel_share of 2.5%' +
        ' (leave out el1 here, or kernel_share there)',
    ]);
  });

  it('guest time of which there is nothing to divide', () => {
    const text = `${UNTIL}${TOPOLOGY}guest_activity: { el0: 0 }
tenants: { a: { vms: { web: { workload: w } } } }
${w(`{ data: { ${LOOP} }, kernel_share: 20% }`)}`;
    expect(problems(text)).toEqual([
      's.yaml:4:41: tenants.a.vms.web.workload: its kernel_share of 20% leaves time at EL0, but guest_activity.el0 is 0',
    ]);
  });

  it('el1 beyond what a mean can be', () => {
    const text = `${UNTIL}${TOPOLOGY}guest_activity: { el0: 60s }
tenants: { a: { vms: { web: { workload: w } } } }
${w(`{ data: { ${LOOP} }, kernel_share: 99.9% }`)}`;
    expect(problems(text)).toEqual([
      's.yaml:4:41: tenants.a.vms.web.workload: its kernel_share of 99.9% makes guest_activity.el1 longer than any mean' +
        ' can be (make guest_activity.el0 shorter)',
    ]);
  });
});

describe('a file that a workload names', () => {
  const folder = resolve(import.meta.dirname, '../../scenarios');
  const found = (file: string): string[] => {
    const text = BASE + w(`{ trace: ${file} }`);
    const result = parseScenario(text, `${folder}/s.yaml`, [], { inputProblem: inputFileProblem });
    return result.ok ? [] : result.problems.map(formatProblem).map((problem) => problem.replaceAll(folder, 'F'));
  };

  it.each([
    ['no-such.gz', 'there is no such file'],
    ['data', 'is a directory'],
    ['/dev/null', 'is not a regular file'],
  ])('%s: %s', (file, why) => {
    const path = file.startsWith('/') ? file : `F/${file}`;
    const problem = `F/s.yaml:4:26: workloads.w.trace: ${path}: ${why} (files are relative to the scenario)`;
    expect(found(file)).toEqual([problem]);
  });

  it('may be any file that can be read', () => {
    expect(found('data/kvm-overcommit.trace.gz')).toEqual([]);
  });
});
