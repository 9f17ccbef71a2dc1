/** The run header as rows of the run file, and back. Nothing is lost: the header's hash can be checked from the tables. */
import { asc, desc, eq } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { hashHeader, type RunHeader } from './run-header.ts';
import * as schema from './schema.ts';
import { StoreError } from './store-error.ts';

/** The one row of table `run`. */
export const RUN_ID = 1;

/** Store the header and open the run. Call once, on a new file, inside a transaction. */
export function storeHeader(orm: BetterSQLite3Database, header: RunHeader, startedAt: string): void {
  const insertAll = <T extends SQLiteTable>(table: T, rows: readonly T['$inferInsert'][]): void => {
    for (const row of rows) orm.insert(table).values(row).run();
  };
  insertAll(schema.inputFile, header.inputs);
  insertAll(schema.machine, header.machines);
  insertAll(schema.pe, header.pes);
  insertAll(schema.register, header.registers);
  insertAll(schema.registerField, header.registerFields);
  insertAll(schema.controlGroup, header.controlGroups);
  insertAll(schema.tenant, header.tenants);
  insertAll(schema.vm, header.vms);
  insertAll(schema.world, header.worlds);
  insertAll(schema.scheduleKind, header.scheduleKinds);
  insertAll(schema.commandCode, header.commandCodes);
  insertAll(schema.runCode, header.runCodes);
  const { name, description, scenarioFile, scenarioText, seed, engineVersion, timeOriginNs, parent } = header;
  orm
    .insert(schema.run)
    .values({
      ...{ id: RUN_ID, name, description, scenarioFile, scenarioText, seed, engineVersion, timeOriginNs },
      parentDigest: parent?.digest ?? null,
      parentSeq: parent?.seq ?? null,
      headerHash: hashHeader(header),
      status: 'running',
      startedAt,
    })
    .run();
}

export type RunRow = typeof schema.run.$inferSelect;

/** The row of table `run`, or undefined if the writer was stopped before it was there. */
export function loadRunRow(orm: BetterSQLite3Database): RunRow | undefined {
  return orm.select().from(schema.run).where(eq(schema.run.id, RUN_ID)).get();
}

/** The row of table `run`. @throws StoreError if it is not there. */
export function requireRunRow(orm: BetterSQLite3Database, path: string): RunRow {
  const row = loadRunRow(orm);
  if (row !== undefined) return row;
  throw new StoreError('no-run', path, 'the writer was stopped before the run began', 'The file can be deleted');
}

export type BatchRow = typeof schema.batch.$inferSelect;

/** The last batch that was committed, or undefined if there is none. */
export function loadLastBatch(orm: BetterSQLite3Database): BatchRow | undefined {
  return orm.select().from(schema.batch).orderBy(desc(schema.batch.id)).limit(1).get();
}

/** The header, from the tables. Lists come back in the order of their ids (inputs: of their paths). */
export function loadHeader(orm: BetterSQLite3Database, row: RunRow): RunHeader {
  const { name, description, scenarioFile, scenarioText, seed, engineVersion, timeOriginNs } = row;
  const { parentDigest, parentSeq } = row;
  const parent = parentDigest === null || parentSeq === null ? null : { digest: parentDigest, seq: parentSeq };
  return {
    ...{ name, description, scenarioFile, scenarioText, seed, engineVersion, timeOriginNs, parent },
    inputs: orm.select().from(schema.inputFile).orderBy(asc(schema.inputFile.path)).all(),
    machines: orm.select().from(schema.machine).orderBy(asc(schema.machine.id)).all(),
    pes: orm.select().from(schema.pe).orderBy(asc(schema.pe.id)).all(),
    registers: orm.select().from(schema.register).orderBy(asc(schema.register.id)).all(),
    registerFields: orm
      .select()
      .from(schema.registerField)
      .orderBy(asc(schema.registerField.register), asc(schema.registerField.name))
      .all(),
    controlGroups: orm.select().from(schema.controlGroup).orderBy(asc(schema.controlGroup.id)).all(),
    tenants: orm.select().from(schema.tenant).orderBy(asc(schema.tenant.id)).all(),
    vms: orm.select().from(schema.vm).orderBy(asc(schema.vm.id)).all(),
    worlds: orm.select().from(schema.world).orderBy(asc(schema.world.id)).all(),
    scheduleKinds: orm.select().from(schema.scheduleKind).orderBy(asc(schema.scheduleKind.id)).all(),
    commandCodes: orm.select().from(schema.commandCode).orderBy(asc(schema.commandCode.id)).all(),
    runCodes: orm.select().from(schema.runCode).orderBy(asc(schema.runCode.id)).all(),
  };
}

/** The header in the order in which `loadHeader` gives it back, so that its hash does not depend on list order. */
export function normalizeHeader(header: RunHeader): RunHeader {
  const byId = <T extends { readonly id: number }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => a.id - b.id);
  return {
    ...header,
    inputs: [...header.inputs].sort((a, b) => compareUtf8(a.path, b.path)),
    machines: byId(header.machines),
    pes: byId(header.pes),
    registers: byId(header.registers),
    registerFields: [...header.registerFields].sort((a, b) => a.register - b.register || compareUtf8(a.name, b.name)),
    controlGroups: byId(header.controlGroups),
    tenants: byId(header.tenants),
    vms: byId(header.vms),
    worlds: byId(header.worlds),
    scheduleKinds: byId(header.scheduleKinds),
    commandCodes: byId(header.commandCodes),
    runCodes: byId(header.runCodes),
  };
}

/** SQLite's order of TEXT: by the bytes of UTF-8. */
function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
