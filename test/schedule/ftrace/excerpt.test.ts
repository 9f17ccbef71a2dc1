/** A real recording, read by the importer and by a naive model of it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { surveyRecording } from '../../../src/schedule/ftrace/recording-survey.ts';
import { importFile, withFile } from './import-recording.ts';
import { importText } from './import-text.ts';
import { naiveRows } from './naive-importer.ts';

const EXCERPT = resolve(import.meta.dirname, '../../fixtures/kvm-light-excerpt/kvm-light-excerpt.trace.gz');
const TEXT = gunzipSync(readFileSync(EXCERPT)).toString('utf8');
const ORIGIN_NS = 5_894_266_478_000;

describe('the excerpt of a recording of three virtual machines', () => {
  it('has the rows that a naive reader finds', () => {
    const { rows, issues } = importText(TEXT, { originNs: ORIGIN_NS, batchRows: 1 });
    const expected = naiveRows(TEXT);
    expect(expected.length).toBeGreaterThan(2_000);
    expect(rows.filter(([, kind]) => kind !== 'stop')).toEqual(expected);
    expect(issues.filter(({ kind }) => kind !== 'switch-mismatch')).toEqual([]);
  });

  it('has the vCPU threads of its virtual machines, with their process ids', async () => {
    const { registry } = await importFile(EXCERPT);
    const vcpus = registry.threads.filter(({ comm }) => comm === 'CPU 0/KVM').map(({ tid, tgid }) => [tid, tgid]);
    expect(vcpus.sort()).toEqual([
      [31811, 31805],
      [31812, 31807],
      [31816, 31806],
    ]);
  });

  it('is the same plain as gzipped, in whatever batches', async () => {
    const gzipped = await importFile(EXCERPT);
    const plain = await withFile(TEXT, (path) => importFile(path, 100));
    expect(plain.facts.threads).toEqual(gzipped.facts.threads);
    expect(plain.eventsByCpu).toEqual(gzipped.eventsByCpu);
    expect(plain.issues).toEqual(gzipped.issues);
    expect(plain.survey).toEqual({ ...gzipped.survey, sha256: plain.survey.sha256, byteLength: TEXT.length });
  });

  it('is surveyed in one pass', async () => {
    expect(await surveyRecording(EXCERPT)).toMatchObject({
      firstTimeNs: ORIGIN_NS,
      lastTimeNs: 5_895_460_951_000,
      cpuCount: 2,
      lines: 4_012,
      eventLines: 4_000,
      commentLines: 12,
      headerLines: 0,
      otherLines: 0,
    });
  });
});
