/** The run header as rows of the run file, and back. Nothing is lost: the header's hash can be checked from the tables. */
import { asc, desc, eq, getTableColumns } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import * as bandwidthSchema from './bandwidth-schema.ts';
import * as cacheSchema from './cache-schema.ts';
import * as mscSchema from './msc-schema.ts';
import { hashHeader, type RunHeader } from './run-header.ts';
import * as schema from './schema.ts';
import { StoreError } from './store-error.ts';

/** The one row of table `run`. */
export const RUN_ID = 1;

/** Names of the lists of a header. */
type ListName = {
  [Key in keyof RunHeader]: RunHeader[Key] extends readonly object[] ? Key : never;
}[keyof RunHeader];

/** A list of the header, its table, and the members that identify a row and give the order. */
interface HeaderList {
  readonly table: SQLiteTable;
  readonly key: readonly string[];
}

const LISTS: { readonly [List in ListName]: HeaderList } = {
  inputs: { table: schema.inputFile, key: ['path'] },
  machines: { table: schema.machine, key: ['id'] },
  pes: { table: schema.pe, key: ['id'] },
  registers: { table: schema.register, key: ['id'] },
  registerFields: { table: schema.registerField, key: ['register', 'name'] },
  controlGroups: { table: schema.controlGroup, key: ['id'] },
  tenants: { table: schema.tenant, key: ['id'] },
  vms: { table: schema.vm, key: ['id'] },
  worlds: { table: schema.world, key: ['id'] },
  scheduleKinds: { table: schema.scheduleKind, key: ['id'] },
  commandCodes: { table: schema.commandCode, key: ['id'] },
  runCodes: { table: schema.runCode, key: ['id'] },
  memorySystems: { table: cacheSchema.memorySystem, key: ['machine'] },
  caches: { table: cacheSchema.cache, key: ['machine', 'id'] },
  memorySteps: { table: cacheSchema.memoryStep, key: ['machine', 'step'] },
  mscs: { table: mscSchema.msc, key: ['id'] },
  mscResources: { table: mscSchema.mscResource, key: ['msc', 'ris'] },
  mscRegisters: { table: mscSchema.mscRegister, key: ['id'] },
  monitorEventCodes: { table: mscSchema.monitorEventCode, key: ['id'] },
  monitorKinds: { table: mscSchema.monitorKind, key: ['id'] },
  mscErrorCodes: { table: mscSchema.mscErrorCode, key: ['id'] },
  interruptCodes: { table: mscSchema.interruptCode, key: ['id'] },
  interruptLevels: { table: mscSchema.interruptLevel, key: ['id'] },
  memoryBandwidths: { table: bandwidthSchema.memoryBandwidth, key: ['machine'] },
  channels: { table: bandwidthSchema.channel, key: ['machine', 'id'] },
};

const LIST_NAMES = Object.keys(LISTS) as ListName[];

/** Make all lists of a header. */
function listsOf(make: (list: ListName) => readonly object[]): Pick<RunHeader, ListName> {
  return Object.fromEntries(LIST_NAMES.map((list) => [list, make(list)])) as unknown as Pick<RunHeader, ListName>;
}

/** Store the header and open the run. Call once, on a new file, inside a transaction. */
export function storeHeader(orm: BetterSQLite3Database, header: RunHeader, startedAt: string): void {
  for (const list of LIST_NAMES) {
    for (const row of header[list]) orm.insert(LISTS[list].table).values(row).run();
  }
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

/** The header, from the tables. Lists come back in the order of their keys. */
export function loadHeader(orm: BetterSQLite3Database, row: RunRow): RunHeader {
  const { name, description, scenarioFile, scenarioText, seed, engineVersion, timeOriginNs } = row;
  const { parentDigest, parentSeq } = row;
  const parent = parentDigest === null || parentSeq === null ? null : { digest: parentDigest, seq: parentSeq };
  return {
    ...{ name, description, scenarioFile, scenarioText, seed, engineVersion, timeOriginNs, parent },
    ...listsOf((list) => {
      const { table, key } = LISTS[list];
      const columns = getTableColumns(table);
      return orm
        .select()
        .from(table)
        .orderBy(...key.map((name) => asc(columns[name]!)))
        .all();
    }),
  };
}

/** The header in the order in which `loadHeader` gives it back, so that its hash does not depend on list order. */
export function normalizeHeader(header: RunHeader): RunHeader {
  const sorted = listsOf((list) => [...(header[list] as readonly object[])].sort(byKey(LISTS[list].key)));
  return { ...header, ...sorted };
}

/** Compare rows as SQLite orders them: numbers by value, TEXT by the bytes of UTF-8. */
function byKey(key: readonly string[]): (a: object, b: object) => number {
  return (a, b) => {
    for (const member of key) {
      const [one, other]: readonly unknown[] = [Reflect.get(a, member), Reflect.get(b, member)];
      const order =
        typeof one === 'number' && typeof other === 'number'
          ? one - other
          : Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
      if (order !== 0) return order;
    }
    return 0;
  };
}
