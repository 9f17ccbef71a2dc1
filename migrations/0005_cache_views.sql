-- Views of what runs with caches measure, and of the settings of their MSCs. As in 0002_views.sql, each says what it shows.
-- A label is PARTID and PMG in a PARTID space; it is what the hardware sees. A tenant is who really made the access: NULL
-- for accesses of nobody's.
CREATE VIEW owner_v AS
  -- Who a line belongs to: the label that the hardware sees, and the tenant (NULL: nobody's) who really made the access.
  SELECT m.id AS machine_id, m.name AS machine, o.id AS owner, n.name AS tenant,
    o.label & 65535 AS partid, (o.label >> 16) & 255 AS pmg,
    CASE (o.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS partid_space,
    (o.label >> 26) & 1 AS label_error
  FROM owner o
  LEFT JOIN machine m ON m.id = o.machine
  LEFT JOIN tenant n ON n.id = o.tenant;
--> statement-breakpoint
CREATE VIEW cache_sample_v AS
  -- What each owner did in each cache in an interval that ends at time_ns; occupancy is that of its end. Demand accesses:
  -- write-backs and lines that move between caches are in received. miss_ratio is NULL without an access.
  SELECT s.time_ns, m.id AS machine_id, m.name AS machine, c.id AS cache_id, c.name AS cache, c.level, n.name AS tenant,
    o.label & 65535 AS partid, (o.label >> 16) & 255 AS pmg,
    CASE (o.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS partid_space,
    s.reads + s.writes + s.fetches AS accesses,
    s.read_misses + s.write_misses + s.fetch_misses AS misses,
    1.0 * (s.read_misses + s.write_misses + s.fetch_misses) / nullif(s.reads + s.writes + s.fetches, 0) AS miss_ratio,
    s.reads, s.writes, s.fetches, s.read_misses, s.write_misses, s.fetch_misses,
    s.fills, s.fills_into_invalid, s.evictions_by, s.evicted, s.invalidated,
    s.write_backs, s.refused, s.received, s.transferred,
    s.occupancy, s.occupancy * c.line_bytes AS occupancy_bytes
  FROM cache_sample s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN cache c ON c.machine = s.machine AND c.id = s.cache
  LEFT JOIN owner o ON o.machine = s.machine AND o.id = s.owner
  LEFT JOIN tenant n ON n.id = o.tenant;
--> statement-breakpoint
CREATE VIEW cache_total AS
  -- The same over the whole run, per cache and owner.
  WITH total AS MATERIALIZED (
    SELECT machine, cache, owner,
      sum(reads) AS reads, sum(writes) AS writes, sum(fetches) AS fetches,
      sum(read_misses) AS read_misses, sum(write_misses) AS write_misses, sum(fetch_misses) AS fetch_misses,
      sum(fills) AS fills, sum(fills_into_invalid) AS fills_into_invalid, sum(evictions_by) AS evictions_by,
      sum(evicted) AS evicted, sum(invalidated) AS invalidated, sum(write_backs) AS write_backs,
      sum(refused) AS refused, sum(received) AS received, sum(transferred) AS transferred
    FROM cache_sample GROUP BY machine, cache, owner)
  SELECT m.id AS machine_id, m.name AS machine, c.id AS cache_id, c.name AS cache, c.level, c.outer_cache,
    o.tenant AS tenant_id, n.name AS tenant,
    o.label & 65535 AS partid, (o.label >> 16) & 255 AS pmg,
    CASE (o.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS partid_space,
    s.reads + s.writes + s.fetches AS accesses,
    s.read_misses + s.write_misses + s.fetch_misses AS misses,
    s.reads, s.writes, s.fetches, s.read_misses, s.write_misses, s.fetch_misses,
    s.fills, s.fills_into_invalid, s.evictions_by, s.evicted, s.invalidated,
    s.write_backs, s.refused, s.received, s.transferred
  FROM total s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN cache c ON c.machine = s.machine AND c.id = s.cache
  LEFT JOIN owner o ON o.machine = s.machine AND o.id = s.owner
  LEFT JOIN tenant n ON n.id = o.tenant;
--> statement-breakpoint
CREATE VIEW eviction_flow_v AS
  -- Who took whose lines: lines of the victim that fills of the evictor replaced in an interval that ends at time_ns.
  SELECT f.time_ns, m.id AS machine_id, m.name AS machine, c.id AS cache_id, c.name AS cache, c.level,
    en.name AS evictor_tenant,
    e.label & 65535 AS evictor_partid, (e.label >> 16) & 255 AS evictor_pmg,
    CASE (e.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS evictor_partid_space,
    vn.name AS victim_tenant,
    v.label & 65535 AS victim_partid, (v.label >> 16) & 255 AS victim_pmg,
    CASE (v.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS victim_partid_space,
    e.tenant IS NOT v.tenant AS is_interference,
    f.lines
  FROM eviction_flow f
  LEFT JOIN machine m ON m.id = f.machine
  LEFT JOIN cache c ON c.machine = f.machine AND c.id = f.cache
  LEFT JOIN owner e ON e.machine = f.machine AND e.id = f.evictor
  LEFT JOIN owner v ON v.machine = f.machine AND v.id = f.victim
  LEFT JOIN tenant en ON en.id = e.tenant
  LEFT JOIN tenant vn ON vn.id = v.tenant;
--> statement-breakpoint
CREATE VIEW miss_cause_v AS
  -- Why accesses missed. cold: the line was never there; refused: no way could be taken for it when it was wanted before;
  -- moved: it went to an inner cache, or was invalidated; self: the tenant's own fills evicted it; interference: those of
  -- another tenant, evictor_tenant.
  SELECT s.time_ns, m.id AS machine_id, m.name AS machine, c.id AS cache_id, c.name AS cache, c.level, n.name AS tenant,
    o.label & 65535 AS partid, (o.label >> 16) & 255 AS pmg,
    CASE (o.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS partid_space,
    CASE s.cause WHEN 0 THEN 'cold' WHEN 1 THEN 'refused' WHEN 2 THEN 'moved'
      ELSE iif(e.tenant IS o.tenant, 'self', 'interference') END AS class,
    en.name AS evictor_tenant,
    e.label & 65535 AS evictor_partid, (e.label >> 16) & 255 AS evictor_pmg,
    CASE (e.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' WHEN 3 THEN 'Realm' END
      AS evictor_partid_space,
    s.misses
  FROM miss_cause s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN cache c ON c.machine = s.machine AND c.id = s.cache
  LEFT JOIN owner o ON o.machine = s.machine AND o.id = s.requester
  LEFT JOIN tenant n ON n.id = o.tenant
  LEFT JOIN owner e ON e.machine = s.machine AND e.id = s.cause
  LEFT JOIN tenant en ON en.id = e.tenant;
--> statement-breakpoint
CREATE VIEW memory_sample_v AS
  -- Lines that memory read and wrote in an interval that ends at time_ns, by who is billed for them.
  SELECT s.time_ns, m.id AS machine_id, m.name AS machine, n.name AS tenant,
    o.label & 65535 AS partid, (o.label >> 16) & 255 AS pmg,
    CASE (o.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS partid_space,
    s.reads, s.writes, s.fetches, s.write_backs
  FROM memory_sample s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN owner o ON o.machine = s.machine AND o.id = s.owner
  LEFT JOIN tenant n ON n.id = o.tenant;
--> statement-breakpoint
CREATE VIEW executor_step AS
  -- Table executor_sample with one row per step: accesses that the step served, ps of waiting for it, and accesses that
  -- were served further out (the step's misses, if all accesses came by).
  SELECT time_ns, machine, thread, world, instructions, reads + writes AS data, fetches, 0 AS step, served_0 AS served,
    stall_ps_0 AS stall_ps,
    served_1 + served_2 + served_3 + served_4 + served_5 + served_6 + served_7 AS misses FROM executor_sample
  UNION ALL SELECT time_ns, machine, thread, world, instructions, reads + writes, fetches, 1, served_1, stall_ps_1,
    served_2 + served_3 + served_4 + served_5 + served_6 + served_7 FROM executor_sample
  UNION ALL SELECT time_ns, machine, thread, world, instructions, reads + writes, fetches, 2, served_2, stall_ps_2,
    served_3 + served_4 + served_5 + served_6 + served_7 FROM executor_sample
  UNION ALL SELECT time_ns, machine, thread, world, instructions, reads + writes, fetches, 3, served_3, stall_ps_3,
    served_4 + served_5 + served_6 + served_7 FROM executor_sample
  UNION ALL SELECT time_ns, machine, thread, world, instructions, reads + writes, fetches, 4, served_4, stall_ps_4,
    served_5 + served_6 + served_7 FROM executor_sample
  UNION ALL SELECT time_ns, machine, thread, world, instructions, reads + writes, fetches, 5, served_5, stall_ps_5,
    served_6 + served_7 FROM executor_sample
  UNION ALL SELECT time_ns, machine, thread, world, instructions, reads + writes, fetches, 6, served_6, stall_ps_6,
    served_7 FROM executor_sample
  UNION ALL SELECT time_ns, machine, thread, world, instructions, reads + writes, fetches, 7, served_7, stall_ps_7,
    0 FROM executor_sample;
--> statement-breakpoint
CREATE VIEW executor_sample_v AS
  -- What a thread executed in an interval that ends at time_ns, in its guest or on the host. Cycles are those of the PE;
  -- ipc is over the cycles in which there was something to do. By level: executor_step_v.
  WITH sample AS (
    SELECT s.*, y.pe_mhz / 1e6 AS cycles_per_ps,
      s.stall_ps_0 + s.stall_ps_1 + s.stall_ps_2 + s.stall_ps_3
        + s.stall_ps_4 + s.stall_ps_5 + s.stall_ps_6 + s.stall_ps_7 AS stall_ps
    FROM executor_sample s LEFT JOIN memory_system y ON y.machine = s.machine)
  SELECT s.time_ns, m.id AS machine_id, m.name AS machine, n.name AS tenant, v.name AS vm, t.vcpu, t.tid, t.comm,
    w.name AS world, s.instructions, s.reads, s.writes, s.fetches,
    s.compute_ps * s.cycles_per_ps AS compute_cycles,
    s.stall_ps * s.cycles_per_ps AS stall_cycles,
    s.idle_ps * s.cycles_per_ps AS idle_cycles,
    s.instructions / nullif((s.compute_ps + s.stall_ps) * s.cycles_per_ps, 0) AS ipc
  FROM sample s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN thread t ON t.id = s.thread
  LEFT JOIN tenant n ON n.id = t.tenant
  LEFT JOIN vm v ON v.id = t.vm
  LEFT JOIN world w ON w.id = s.world;
--> statement-breakpoint
CREATE VIEW executor_step_v AS
  -- The accesses of a thread in an interval that ends at time_ns, by the level that served them: how many, the cycles of
  -- waiting for them, and how many more were served further out: the level's misses, also per 1000 instructions.
  SELECT s.time_ns, m.id AS machine_id, m.name AS machine, n.name AS tenant, v.name AS vm, t.vcpu, t.tid, t.comm,
    w.name AS world, s.instructions, s.step, s.level, s.served, s.stall_ps * y.pe_mhz / 1e6 AS stall_cycles,
    s.misses, 1000.0 * s.misses / nullif(s.instructions, 0) AS mpki
  FROM (
    -- By an L1I without an L1D beside it only fetches come, and the reverse.
    SELECT e.time_ns, e.machine, e.thread, e.world, e.instructions, e.step, e.served, e.stall_ps, l.level,
      CASE l.level WHEN 'L1I' THEN e.fetches - e.served WHEN 'L1D' THEN e.data - e.served ELSE e.misses END AS misses
    FROM executor_step e JOIN memory_step l USING (machine, step)) s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN memory_system y ON y.machine = s.machine
  LEFT JOIN thread t ON t.id = s.thread
  LEFT JOIN tenant n ON n.id = t.tenant
  LEFT JOIN vm v ON v.id = t.vm
  LEFT JOIN world w ON w.id = s.world;
--> statement-breakpoint
CREATE VIEW cycle_total AS
  -- Where the cycles of a thread went over the whole run, in its guest or on the host: computing, nothing to do, and
  -- waiting for each level.
  WITH total AS MATERIALIZED (
    SELECT machine, thread, world, sum(instructions) AS instructions, sum(compute_ps) AS compute_ps,
      sum(idle_ps) AS idle_ps
    FROM executor_sample GROUP BY machine, thread, world),
  stall AS MATERIALIZED (
    SELECT machine, thread, world, sum(instructions) AS instructions, step, sum(stall_ps) AS ps
    FROM executor_step GROUP BY machine, thread, world, step),
  part AS (
    SELECT machine, thread, world, instructions, -2 AS step, 'compute' AS cause, compute_ps AS ps FROM total
    UNION ALL SELECT machine, thread, world, instructions, -1, 'idle', idle_ps FROM total
    UNION ALL SELECT machine, thread, world, instructions, step, 'stall on ' || level, ps
    FROM stall JOIN memory_step USING (machine, step))
  SELECT m.id AS machine_id, m.name AS machine, s.thread AS thread_id, t.tenant AS tenant_id, n.name AS tenant, v.name AS vm,
    t.vcpu, t.tid, t.comm, w.name AS world, s.instructions, s.step, s.cause, s.ps * y.pe_mhz / 1e6 AS cycles
  FROM part s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN memory_system y ON y.machine = s.machine
  LEFT JOIN thread t ON t.id = s.thread
  LEFT JOIN tenant n ON n.id = t.tenant
  LEFT JOIN vm v ON v.id = t.vm
  LEFT JOIN world w ON w.id = s.world;
--> statement-breakpoint
CREATE VIEW request_sample_v AS
  -- Requests of a VM's service in an interval that ends at time_ns: how many finished, how many arrived, and how many were
  -- waiting or being served at its end; and how long those that finished took from their arrival, NULL where none did.
  SELECT s.time_ns, m.id AS machine_id, m.name AS machine, n.name AS tenant, v.name AS vm,
    s.requests, s.arrived, s.waiting, s.mean_ns, s.p50_ns, s.p90_ns, s.p99_ns, s.p999_ns, s.max_ns
  FROM request_sample s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN vm v ON v.id = s.vm
  LEFT JOIN tenant n ON n.id = v.tenant;
--> statement-breakpoint
CREATE VIEW msc_register_change_v AS
  -- Every change of an MSC setting in words: machine, cache, register, whose setting it is, the values, and the event that
  -- led to it. CMAX and CASSOC are also given as a fraction of the cache, or of its ways: the top of the value's band; and
  -- CMIN: the bottom of it.
  WITH change AS (
    SELECT c.*, r.name, k.machine, k.cache,
      CASE r.name WHEN 'MPAMCFG_CMAX' THEN k.features ->> 'cmaxWd' WHEN 'MPAMCFG_CMIN' THEN k.features ->> 'cmaxWd'
        WHEN 'MPAMCFG_CASSOC' THEN k.features ->> 'cassocWd' END AS width,
      iif(r.name = 'MPAMCFG_CMIN', 0.0, 1.0) AS band
    FROM msc_register_change c LEFT JOIN msc k ON k.id = c.msc LEFT JOIN msc_register r ON r.id = c.register)
  SELECT c.seq, c.time_ns, m.id AS machine_id, m.name AS machine, c.msc, h.name AS cache, h.level, c.ris,
    replace(c.name, '<n>', c.word) AS register, c.partid, c.internal,
    CASE c.space WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END AS partid_space,
    printf('0x%08x', c.old_value) AS old_value, printf('0x%08x', c.new_value) AS new_value,
    (((c.old_value & 65535) >> (16 - width)) + band) / (1 << width) AS old_fraction,
    (((c.new_value & 65535) >> (16 - width)) + band) / (1 << width) AS new_fraction,
    c.cause_seq,
    coalesce(
      (SELECT k.name FROM command s JOIN command_code k ON k.id = s.code WHERE s.seq = c.cause_seq),
      (SELECT k.name FROM run_event s JOIN run_code k ON k.id = s.code WHERE s.seq = c.cause_seq),
      (SELECT k.name FROM schedule_event s JOIN schedule_kind k ON k.id = s.kind WHERE s.seq = c.cause_seq),
      (SELECT 'msc_register_change' FROM msc_register_change s WHERE s.seq = c.cause_seq)) AS cause
  FROM change c
  LEFT JOIN machine m ON m.id = c.machine
  LEFT JOIN cache h ON h.machine = c.machine AND h.id = c.cache;
--> statement-breakpoint
PRAGMA user_version = 6;
