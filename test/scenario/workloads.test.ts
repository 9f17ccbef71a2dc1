/** What the workloads of a scenario become: defaults, memory, phases, who executes them. */
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';
import type { PhaseSpec, WorkloadSpec } from '../../src/workload/workload.ts';

const MACHINE = `machine:
  topology: { l1i: { size: 64KiB }, l1d: { size: 64KiB }, l3: { size: 4MiB, ways: 16 } }
`;
const BASE = `until: 5ms\n${MACHINE}`;
const ONE_VM = 'tenants: { a: { vms: { web: { workload: w } } } }\n';

function scenario(text: string, file = 'folder/s.yaml'): Scenario {
  const result = parseScenario(text, file);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value;
}

function workload(text: string): WorkloadSpec {
  return scenario(`${BASE}${ONE_VM}workloads: { w: ${text} }`).workloads[0]!;
}

function phases(text: string): readonly PhaseSpec[] {
  const spec = workload(text);
  if (spec.kind !== 'synthetic') throw new Error('expected a synthetic workload');
  return spec.phases;
}

const KIB = 1024;
const MIB = 1024 * KIB;

describe('a workload', () => {
  it('is complete with nothing but where its data goes', () => {
    const pace = { instructionsPerAccess: 768, baseCpi: 256, parallelism: 512 };
    const own = { weight: 1, elementBytes: 8, writesPerThousand: 300 };
    expect(workload('{ data: { pattern: uniform, size: 8MiB } }')).toEqual({
      kind: 'synthetic',
      name: 'w',
      service: undefined,
      phases: [
        {
          lengthNs: Number.POSITIVE_INFINITY,
          user: {
            components: [
              { region: { name: 'w.data', bytes: 8 * MIB, sharing: 'vcpu' }, pattern: { kind: 'uniform' }, ...own },
            ],
            code: { region: { name: 'w.code', bytes: 64 * KIB, sharing: 'vm' }, pattern: { kind: 'loop' } },
            ...pace,
          },
          kernel: {
            components: [
              { region: { name: 'w.kernel.data', bytes: MIB, sharing: 'vm' }, pattern: { kind: 'uniform' }, ...own },
            ],
            code: { region: { name: 'w.kernel.code', bytes: 64 * KIB, sharing: 'vm' }, pattern: { kind: 'loop' } },
            ...pace,
          },
        },
      ],
    });
  });

  it('takes every pattern with what belongs to it', () => {
    const [phase] = phases(`{ data: [
      { pattern: sequential, size: 64KiB, element: 64 }, { pattern: strided, stride: 256B, size: 64KiB },
      { pattern: zipf, size: 64KiB }, { pattern: zipf, exponent: 0.9, size: 64KiB },
      { pattern: pointer-chase, size: 64KiB }, { pattern: loop, size: 64KiB, weight: 65535 } ] }`);
    expect(phase?.user?.components.map(({ pattern }) => pattern)).toEqual([
      { kind: 'sequential' },
      { kind: 'strided', strideBytes: 256 },
      { kind: 'zipf', exponentMilli: 990 },
      { kind: 'zipf', exponentMilli: 900 },
      { kind: 'pointer-chase' },
      { kind: 'loop' },
    ]);
    expect(
      phase?.user?.components.map(({ region, weight, elementBytes }) => [region.name, weight, elementBytes]),
    ).toEqual([
      ['w.data.0', 1, 64],
      ['w.data.1', 1, 8],
      ['w.data.2', 1, 8],
      ['w.data.3', 1, 8],
      ['w.data.4', 1, 8],
      ['w.data.5', 65_535, 8],
    ]);
  });

  it('has stores as its component says, or else as the workload says', () => {
    const [phase] = phases(`{ writes: 2.5%, kernel: { writes: 100% }, data: [
      { pattern: loop, size: 64B }, { pattern: loop, size: 64B, writes: 0% } ] }`);
    expect(phase?.user?.components.map(({ writesPerThousand }) => writesPerThousand)).toEqual([25, 0]);
    expect(phase?.kernel?.components.map(({ writesPerThousand }) => writesPerThousand)).toEqual([1000]);
  });

  it('has its pace in units of 1/256, also in the kernel unless that has its own', () => {
    const [phase] = phases(`{ data: { pattern: loop, size: 64B }, instructions_per_access: 2.5, cpi: 0.5, mlp: 4,
      kernel: { mlp: 1 } }`);
    expect(phase?.user).toMatchObject({ instructionsPerAccess: 640, baseCpi: 128, parallelism: 1024 });
    expect(phase?.kernel).toMatchObject({ instructionsPerAccess: 640, baseCpi: 128, parallelism: 256 });
  });

  it('may go without instruction fetches and without a kernel', () => {
    const [phase] = phases('{ data: { pattern: loop, size: 64B }, code: none, kernel: none }');
    expect(phase?.user?.code).toBeUndefined();
    expect(phase?.kernel).toBeUndefined();
  });

  it('goes through phases, which leave to the workload what they do not say', () => {
    const list = phases(`{ code: { size: 128KiB }, kernel: { data: { pattern: loop, size: 2MiB } }, mlp: 8, phases: [
      { for: 20ms, data: { pattern: loop, size: 1MiB } },
      { for: 10ms, data: { pattern: loop, size: 3MiB }, mlp: 1, code: { size: 256KiB }, kernel: { writes: 0% } },
      { data: { pattern: loop, size: 64B }, kernel: none } ] }`);
    const summary = list.map(({ lengthNs, user, kernel }) => [
      lengthNs,
      user?.components[0]?.region,
      user?.code?.region.name,
      user?.parallelism,
      kernel?.components[0]?.region.name,
      kernel?.components[0]?.writesPerThousand,
    ]);
    const data = (phase: number, bytes: number) => ({ name: `w.phases.${phase}.data`, bytes, sharing: 'vcpu' });
    expect(summary).toEqual([
      [20_000_000, data(0, MIB), 'w.code', 8 * 256, 'w.kernel.data', 300],
      [10_000_000, data(1, 3 * MIB), 'w.phases.1.code', 256, 'w.kernel.data', 0],
      [Number.POSITIVE_INFINITY, data(2, 64), 'w.code', 8 * 256, undefined, undefined],
    ]);
    expect(list[1]?.user?.code?.region.bytes).toBe(256 * KIB);
    expect(list[1]?.kernel?.components[0]?.region.bytes).toBe(2 * MIB);
  });

  it('may serve requests, which arrive by chance or as a file says', () => {
    const data = 'data: { pattern: loop, size: 64B }';
    expect(workload(`{ ${data}, service: { rate: 2000/s, accesses: 5000 } }`).service).toEqual({
      arrivals: { kind: 'poisson', meanNs: 500_000 },
      accessesPerRequest: 5000,
    });
    expect(workload(`{ ${data}, service: { arrivals: data/a.txt, accesses: 1 } }`).service).toEqual({
      arrivals: { kind: 'file', file: 'data/a.txt', path: 'folder/data/a.txt' },
      accessesPerRequest: 1,
    });
  });

  it('may be a recorded trace beside the scenario, with a kernel of its own', () => {
    const spec = workload('{ trace: data/p.lackey.gz, cpi: 2, kernel: { data: { pattern: loop, size: 128KiB } } }');
    expect(spec).toMatchObject({
      kind: 'recorded',
      file: 'data/p.lackey.gz',
      path: 'folder/data/p.lackey.gz',
      format: 'auto',
      repeats: true,
      instructionsPerAccess: 768,
      baseCpi: 512,
      kernel: { baseCpi: 512, components: [{ region: { name: 'w.kernel.data', bytes: 128 * KIB, sharing: 'vm' } }] },
    });
    const once = workload('{ trace: /abs/p.din, format: din, repeat: false, kernel: none }');
    expect(once).toMatchObject({ path: '/abs/p.din', format: 'din', repeats: false, kernel: undefined });
  });
});

describe('memory regions', () => {
  it('are shared by all tenants that name them, unless they say otherwise', () => {
    const { workloads } = scenario(`${BASE}
memory_regions: { shm: 4MiB, heap: { size: 1MiB, sharing: vm } }
workloads:
  x: { data: [{ pattern: loop, region: shm }, { pattern: uniform, region: heap }], code: { region: shm } }
  y: { data: { pattern: uniform, region: shm } }
tenants: { a: { vms: { v: { workload: x } } }, b: { vms: { w: { workload: y } } } }
`);
    const [x, y] = workloads.map((spec) => (spec.kind === 'synthetic' ? spec.phases[0]?.user : undefined));
    const shm = { name: 'shm', bytes: 4 * MIB, sharing: 'machine' };
    expect(x?.components.map(({ region }) => region)).toEqual([shm, { name: 'heap', bytes: MIB, sharing: 'vm' }]);
    expect([x?.code?.region, y?.components[0]?.region]).toEqual([shm, shm]);
  });

  it('of a workload are one for each vCPU or one for the VM', () => {
    const [phase] = phases('{ data: { pattern: loop, size: 64B, sharing: vm }, code: { sharing: vcpu } }');
    expect([phase?.user?.components[0]?.region.sharing, phase?.user?.code?.region.sharing]).toEqual(['vm', 'vcpu']);
  });
});

describe('the scale of the machine', () => {
  it('shrinks every working set, to whole lines, and nothing else', () => {
    const text = `until: 1ms
machine: { scale: 16, topology: { l1i: { size: 64KiB }, l1d: { size: 64KiB }, l3: { size: 4MiB, ways: 16 } } }
memory_regions: { shm: 1MiB }
workloads:
  w:
    data: [{ pattern: strided, stride: 128B, size: 3000KiB }, { pattern: loop, region: shm }]
    service: { rate: 1/ms, accesses: 1000 }
${ONE_VM}`;
    const [spec] = scenario(text).workloads;
    const part = spec?.kind === 'synthetic' ? spec.phases[0] : undefined;
    const sizes = [part?.user, part?.kernel].flatMap((side) => [
      ...(side?.components ?? []).map(({ region }) => region.bytes),
      side?.code?.region.bytes,
    ]);
    // 3000 KiB / 16 is 187.5 KiB: 3000 lines.
    expect(sizes).toEqual([192_000, 64 * KIB, 4 * KIB, 64 * KIB, 4 * KIB]);
    expect(part?.user?.components[0]?.pattern).toEqual({ kind: 'strided', strideBytes: 128 });
    expect(spec?.service?.accessesPerRequest).toBe(1000);
  });
});

describe('who executes what', () => {
  it('is said by VMs, for the guest and for its VMM, and by host tasks', () => {
    const { vms, hostTasks } = scenario(`${BASE}
workloads: { x: { data: { pattern: loop, size: 64B } }, y: { data: { pattern: loop, size: 64B } } }
tenants: { a: { vms: { v: { workload: y, vmm_workload: x }, w: } } }
host_tasks: { kworker: { workload: x, count: 2 }, idler: , a-name-that-is-too-long: { workload: y } }
`);
    expect(vms.map(({ workload: guest, vmmWorkload }) => [guest, vmmWorkload])).toEqual([
      [1, 0],
      [undefined, undefined],
    ]);
    expect(hostTasks).toEqual([
      { comm: 'kworker', workload: 0 },
      { comm: 'a-name-that-is-', workload: 1 },
    ]);
  });

  it('divides guest time by kernel_share, from the el0 in force', () => {
    const share = (text: string, rates = '') => {
      const base = `${BASE}${rates}\ntenants: { a: { vms: { web: { workload: w } } } }\n`;
      const { guestActivity } = scenario(`${base}workloads: { w: { data: { pattern: loop, size: 64B }, ${text} } }`)
        .vms[0]!;
      return [guestActivity.el0MeanNs, guestActivity.el1MeanNs];
    };
    // The defaults are 60 us and 20 us.
    expect(share('')).toEqual([60_000, 20_000]);
    expect(share('kernel_share: 20%')).toEqual([60_000, 15_000]);
    expect(share('kernel_share: 50%', 'guest_activity: { el0: 8us, el1: 3us }')).toEqual([8000, 8000]);
    expect(share('kernel_share: 0.1%', 'guest_activity: { el0: 10ns }')).toEqual([10, 1]);
    expect(share('kernel_share: 100%')).toEqual([0, 20_000]);
  });

  it('leaves a scenario without workloads as it was', () => {
    const plain = scenario('until: 1ms\ntenants: { a: { vms: { web: } } }');
    expect([plain.workloads, plain.hostTasks, plain.partitions]).toEqual([[], [], []]);
    expect(plain.vms[0]).toMatchObject({ workload: undefined, vmmWorkload: undefined });
  });
});
