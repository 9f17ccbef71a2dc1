/** Files that cannot be used are told apart, by a message that a person can act on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { recordedSchedule } from '../../../src/schedule/ftrace/recorded-schedule.ts';
import { RecordingError } from '../../../src/schedule/ftrace/recording-error.ts';
import { type RecordingSurvey, surveyRecording } from '../../../src/schedule/ftrace/recording-survey.ts';
import { Registry } from '../../../src/schedule/registry.ts';
import { withFile } from './import-recording.ts';

const event = (time: string, cpu: string): string => `     sh-7     (  5) [${cpu}] d..2.  ${time}: print: x`;

async function errorOf(content: Uint8Array | string): Promise<string> {
  const error: unknown = await withFile(content, surveyRecording).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RecordingError);
  return error instanceof RecordingError ? error.message : '';
}

function surveyOf(...lines: string[]): Promise<RecordingSurvey> {
  return withFile(lines.join('\n'), surveyRecording);
}

describe('a recording that cannot be used', () => {
  it.each([
    ['is empty', ''],
    ['is empty', Buffer.from('')],
    ['no event line; the first of 2 lines is "hello"', 'hello\nworld'],
    ['no event line; the first of 1 line is "<html>"', gzipSync('<html>')],
    ['has 2 lines, but no event that can be used', '# tracer: nop\n#\n'],
    ['has 0 lines, but no event that can be used', gzipSync('')],
    ['is not text', Buffer.from('\x7fELF\0\0\0\n\0')],
    ['trace-cmd report -i FILE', Buffer.from('\x17\x08\x44tracing6\0')],
    ['trace-cmd report -i FILE', gzipSync(Buffer.from('\x17\x08\x44tracing6\0'))],
    ["perf's binary format", 'PERFILE2....'],
    ['compressed with xz', Buffer.from('\xfd7zXZ\0', 'latin1')],
    ['compressed with zstd', Buffer.from('\x28\xb5\x2f\xfd', 'latin1')],
    ['a zip archive', 'PK\x03\x04'],
    ['a SQLite database', 'SQLite format 3\0'],
  ])('says so: %s', async (message, content) => {
    expect(await errorOf(content)).toContain(message);
  });

  it('names the file: missing, a folder, a device', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mpamlab-recording-'));
    await expect(surveyRecording(join(folder, 'missing'))).rejects.toThrow(/missing: no such file\. Expected is/);
    await expect(surveyRecording(folder)).rejects.toThrow(/: is a directory\./);
    await expect(surveyRecording('/dev/null')).rejects.toThrow('/dev/null: is not a regular file.');
    rmSync(folder, { recursive: true });
  });

  it.skipIf(process.platform !== 'linux')('names the file when reading it fails', async () => {
    // A regular file whose first page nobody can read.
    await expect(surveyRecording('/proc/self/mem')).rejects.toThrow(/^\/proc\/self\/mem: cannot be read \(EIO/);
  });

  it('fails the stream of its schedule in the same way', async () => {
    const schedule = recordedSchedule('/no/such/file', new Registry(), {
      originNs: 0,
      cpuCount: 1,
      tgidByTid: new Map(),
    });
    await expect(lastValueFrom(schedule)).rejects.toThrow(RecordingError);
  });
});

describe('a survey', () => {
  it('takes the first time and the latest, also if time goes back', async () => {
    const survey = await surveyOf(event('5.0', '000'), event('9.5', '001'), event('7.0', '000'));
    expect([survey.firstTimeNs, survey.lastTimeNs]).toEqual([5e9, 9.5e9]);
  });

  it('leaves damaged CPU numbers and times out, but counts their lines', async () => {
    const survey = await surveyOf(event('5.0', '001'), event('6.0', '4096'), event('2000000000.0', '000'));
    expect(survey).toMatchObject({ cpuCount: 2, eventLines: 3, firstTimeNs: 5e9, lastTimeNs: 5e9 });
  });

  it('believes the header of trace-cmd about the number of CPUs', async () => {
    const survey = await surveyOf('cpus=4', event('5.0', '002'), event('6.0', '004'));
    expect(survey).toMatchObject({ cpuCount: 3, headerLines: 1, lastTimeNs: 5e9 });
  });

  it('finds the process id of every thread', async () => {
    const survey = await surveyOf(
      event('5.0', '000'),
      '     x-9     (-----) [000] 6.0: print: x',
      '     y-8     [000] 6.0: print: x',
    );
    expect([...survey.tgidByTid]).toEqual([[7, 5]]);
  });
});
