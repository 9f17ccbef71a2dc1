import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/loop/random-stream.ts';
import { parseArrivalFile } from '../../../src/workload/service/arrival-file.ts';
import { ArrivalCount, listedArrivals, poissonArrivals } from '../../../src/workload/service/arrivals.ts';

const parse = (text: string) => parseArrivalFile(Buffer.from(text));

describe('Poisson arrivals', () => {
  const COUNT = 100_000;
  const MEAN_NS = 50_000;
  const arrivals = poissonArrivals(MEAN_NS, randomStream(3, 'test'));
  const times = Array.from({ length: COUNT }, () => arrivals.next()!);

  it('come at the rate they should, in order', () => {
    expect(times.every((time, at) => Number.isInteger(time) && time > (times[at - 1] ?? 0))).toBe(true);
    // Half a nanosecond is added by rounding up; the standard deviation of the mean is mean / sqrt(count).
    expect(Math.abs(times.at(-1)! / COUNT - MEAN_NS)).toBeLessThan((4 * MEAN_NS) / Math.sqrt(COUNT));
  });

  it('are as many in equal times as Poisson says: the variance is the mean', () => {
    const interval = 20 * MEAN_NS;
    const counts = new Array<number>(Math.floor(times.at(-1)! / interval)).fill(0);
    for (const time of times) if (time < counts.length * interval) counts[Math.floor(time / interval)]!++;
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    // The ratio has a standard deviation of sqrt(2 / intervals).
    expect(Math.abs(variance / mean - 1)).toBeLessThan(4 * Math.sqrt(2 / counts.length));
  });

  it('are the same for the same seed', () => {
    const again = poissonArrivals(MEAN_NS, randomStream(3, 'test'));
    expect(Array.from({ length: 1000 }, () => again.next())).toEqual(times.slice(0, 1000));
  });
});

describe('a file of arrivals', () => {
  it('has one time a line, in ns or with a unit', () => {
    const { timesNs, issues } = parse('# load test\n0\n1500\n1.5us\n 2 us \r\n\n0.25ms # late\n1s\n1.0000000019 s');
    expect([...timesNs]).toEqual([0, 1500, 1500, 2000, 250_000, 1e9, 1_000_000_001]);
    expect(issues).toEqual([]);
  });

  it('may begin with a byte order mark, and be empty', () => {
    expect([...parse('\ufeff12\n').timesNs]).toEqual([12]);
    expect(parse('')).toEqual({ timesNs: new Float64Array(0), issues: [], droppedLines: 0 });
  });

  it('names each line that is no arrival, and goes on', () => {
    const { timesNs, issues, droppedLines } = parse('5us\nsoon\n4us\n-1\n99999999999 s\n6 us\n1e3\n7 min\n6us\n');
    expect([...timesNs]).toEqual([5000, 6000, 6000]);
    expect(issues).toEqual([
      { line: 2, kind: 'no-arrival-time', text: 'soon' },
      { line: 3, kind: 'arrival-went-back', text: '4us' },
      { line: 4, kind: 'no-arrival-time', text: '-1' },
      { line: 5, kind: 'arrival-out-of-range', text: '99999999999 s' },
      { line: 7, kind: 'no-arrival-time', text: '1e3' },
      { line: 8, kind: 'no-arrival-time', text: '7 min' },
    ]);
    expect(droppedLines).toBe(6);
  });

  it('tells of the first hundred bad lines, and counts all', () => {
    const { issues, droppedLines } = parse('x\n'.repeat(1234));
    expect(issues).toHaveLength(100);
    expect(droppedLines).toBe(1234);
  });

  it('may have comments of any length, but nothing else that is so long', () => {
    const { timesNs, issues } = parse(`1 #${'x'.repeat(5000)}\n#${'x'.repeat(5000)}\n${' '.repeat(5000)}2\n3`);
    expect([...timesNs]).toEqual([1, 3]);
    expect(issues.map(({ line, kind }) => [line, kind])).toEqual([[3, 'no-arrival-time']]);
  });

  it('gives back what was written, in any unit', () => {
    const times = fc.array(fc.tuple(fc.nat(2 ** 48), fc.constantFrom(['ns', 0], ['us', 3], ['ms', 6], ['s', 9])));
    fc.assert(
      fc.property(times, fc.constantFrom('\n', '\r\n'), (drawn, lineEnd) => {
        const sorted = drawn.sort((a, b) => a[0] - b[0]);
        const lines = sorted.map(([ns, [unit, digits]]) => {
          const padded = String(ns).padStart(Number(digits) + 1, '0');
          const point = padded.length - Number(digits);
          return `${padded.slice(0, point)}.${padded.slice(point)}0${unit}`;
        });
        expect([...parse(lines.join(lineEnd)).timesNs]).toEqual(sorted.map(([ns]) => ns));
      }),
      { seed: 6 },
    );
  });

  it('accounts for every line of any input, and never throws', () => {
    const text = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '12', ' ', '#', '\0', 'ms')));
    fc.assert(
      fc.property(text, (pieces) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1');
        const { timesNs, droppedLines } = parseArrivalFile(bytes);
        const stated = bytes
          .toString('latin1')
          .split('\n')
          .filter((line) => line.replace(/#.*$/, '').trim() !== '').length;
        expect(timesNs.length + droppedLines).toBe(stated);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});

describe('listed arrivals', () => {
  it('end', () => {
    const arrivals = listedArrivals([1, 2]);
    expect([arrivals.next(), arrivals.next(), arrivals.next(), arrivals.next()]).toEqual([1, 2, undefined, undefined]);
  });
});

describe('a count of arrivals', () => {
  it('takes each once, with the first look at or after its time', () => {
    const count = new ArrivalCount(listedArrivals([0, 10, 20, 20, 21, 500]));
    expect([0, 9, 20, 20, 499, 500, 1e15].map((timeNs) => count.takeUpTo(timeNs))).toEqual([1, 0, 3, 0, 1, 1, 0]);
  });

  it('is none where nothing arrives', () => {
    expect(new ArrivalCount(listedArrivals([])).takeUpTo(1e15)).toBe(0);
  });
});
