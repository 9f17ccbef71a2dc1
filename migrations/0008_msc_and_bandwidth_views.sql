-- Views of what MSCs do, and of memory bandwidth. As in 0002_views.sql, each says what it shows. What a channel is, and what its
-- times mean, is in docs/bandwidth.md.
CREATE VIEW msc_v AS
  -- Every resource instance (RIS) of every MSC, with its cache and its channel, NULL where it has none.
  SELECT m.id AS machine_id, m.name AS machine, k.id AS msc_id, k.name AS msc, x.ris, c.name AS cache, c.level,
    h.name AS channel, x.features
  FROM msc_resource x
  JOIN msc k ON k.id = x.msc
  LEFT JOIN machine m ON m.id = k.machine
  LEFT JOIN cache c ON c.machine = k.machine AND c.id = x.cache
  LEFT JOIN channel h ON h.machine = k.machine AND h.id = x.channel;
--> statement-breakpoint
CREATE VIEW msc_register_change_v AS
  -- Every change of an MSC register in words: machine, MSC, resource, register, whose setting it is (a PARTID, or for registers
  -- of monitors an instance), the values, and the event that led to it. Of a 64-bit register each half is a change of its own.
  -- CMAX, CASSOC and MBW_MAX are also given as a fraction of the cache, of its ways, or of the bandwidth: the top of the value's
  -- band; and CMIN and MBW_MIN: the bottom of it. new_hardlim: MBW_MAX.HARDLIM.
  WITH change AS (
    SELECT c.*, r.name, k.machine, k.name AS msc_name, ifnull(x.cache, k.cache) AS cache, x.channel,
      CASE
        WHEN r.name IN ('MPAMCFG_CMAX', 'MPAMCFG_CMIN')
          THEN ifnull(x.features ->> '$.cacheControls.cmaxWd', k.features ->> 'cmaxWd')
        WHEN r.name = 'MPAMCFG_CASSOC' THEN ifnull(x.features ->> '$.cacheControls.cassocWd', k.features ->> 'cassocWd')
        WHEN r.name IN ('MPAMCFG_MBW_MIN', 'MPAMCFG_MBW_MAX') THEN x.features ->> '$.bandwidth.bwaWd' END AS width,
      iif(r.name IN ('MPAMCFG_CMIN', 'MPAMCFG_MBW_MIN'), 0.0, 1.0) AS band,
      r.name LIKE 'MSMON%' AS is_of_monitor
    FROM msc_register_change c
    LEFT JOIN msc k ON k.id = c.msc
    LEFT JOIN msc_resource x ON x.msc = c.msc AND x.ris = c.ris
    LEFT JOIN msc_register r ON r.id = c.register)
  SELECT c.seq, c.time_ns, m.id AS machine_id, m.name AS machine, c.msc AS msc_id, c.msc_name AS msc, c.ris,
    h.name AS cache, h.level, n.name AS channel,
    iif(instr(c.name, '<n>'), replace(c.name, '<n>', c.word), c.name || iif(c.word = 1, '[63:32]', '')) AS register,
    iif(is_of_monitor, NULL, c.partid) AS partid, iif(is_of_monitor, c.partid, NULL) AS instance, c.internal,
    CASE c.space WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END AS partid_space,
    printf('0x%08x', c.old_value) AS old_value, printf('0x%08x', c.new_value) AS new_value,
    (((c.old_value & 65535) >> (16 - width)) + band) / (1 << width) AS old_fraction,
    (((c.new_value & 65535) >> (16 - width)) + band) / (1 << width) AS new_fraction,
    iif(c.name = 'MPAMCFG_MBW_MAX', c.new_value >> 31, NULL) AS new_hardlim,
    c.cause_seq,
    coalesce(
      (SELECT k.name FROM command s JOIN command_code k ON k.id = s.code WHERE s.seq = c.cause_seq),
      (SELECT k.name FROM run_event s JOIN run_code k ON k.id = s.code WHERE s.seq = c.cause_seq),
      (SELECT k.name FROM schedule_event s JOIN schedule_kind k ON k.id = s.kind WHERE s.seq = c.cause_seq),
      (SELECT 'msc_register_change' FROM msc_register_change s WHERE s.seq = c.cause_seq),
      (SELECT 'monitor_event' FROM monitor_event s WHERE s.seq = c.cause_seq),
      (SELECT 'msc_error' FROM msc_error s WHERE s.seq = c.cause_seq)) AS cause
  FROM change c
  LEFT JOIN machine m ON m.id = c.machine
  LEFT JOIN cache h ON h.machine = c.machine AND h.id = c.cache
  LEFT JOIN channel n ON n.machine = c.machine AND n.id = c.channel;
--> statement-breakpoint
CREATE VIEW monitor_event_v AS
  -- What happened to monitors: a value was captured (by capture_event), overflowed, or became ready or not (NRDY). value is
  -- what the register held then, without NRDY.
  SELECT e.seq, e.time_ns, m.id AS machine_id, m.name AS machine, e.msc AS msc_id, k.name AS msc, e.ris,
    c.name AS cache, h.name AS channel,
    CASE e.space WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END AS partid_space,
    t.name AS monitor, e.instance, n.name AS event, (e.value_hi << 32) | e.value_lo AS value, e.nrdy,
    nullif(e.capture_event, 0) AS capture_event,
    e.cause_seq,
    coalesce(
      (SELECT k.name FROM command s JOIN command_code k ON k.id = s.code WHERE s.seq = e.cause_seq),
      (SELECT k.name FROM run_event s JOIN run_code k ON k.id = s.code WHERE s.seq = e.cause_seq),
      (SELECT k.name FROM schedule_event s JOIN schedule_kind k ON k.id = s.kind WHERE s.seq = e.cause_seq),
      (SELECT 'msc_register_change' FROM msc_register_change s WHERE s.seq = e.cause_seq),
      (SELECT 'monitor_event' FROM monitor_event s WHERE s.seq = e.cause_seq),
      (SELECT 'msc_error' FROM msc_error s WHERE s.seq = e.cause_seq)) AS cause
  FROM monitor_event e
  LEFT JOIN msc k ON k.id = e.msc
  LEFT JOIN msc_resource x ON x.msc = e.msc AND x.ris = e.ris
  LEFT JOIN machine m ON m.id = k.machine
  LEFT JOIN cache c ON c.machine = k.machine AND c.id = x.cache
  LEFT JOIN channel h ON h.machine = k.machine AND h.id = x.channel
  LEFT JOIN monitor_event_code n ON n.id = e.code
  LEFT JOIN monitor_kind t ON t.id = e.monitor;
--> statement-breakpoint
CREATE VIEW msc_error_v AS
  -- Errors that MSCs found, with what MPAMF_ESR captures of each: the PARTID, or the instance of a monitor; PMG and RIS only
  -- where the error is about one. overwrote: an error that nobody had cleared was there.
  SELECT e.seq, e.time_ns, m.id AS machine_id, m.name AS machine, e.msc AS msc_id, k.name AS msc,
    CASE e.space WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END AS partid_space,
    e.code, n.name AS error,
    iif(e.code IN (5, 10, 11), NULL, e.partid_or_instance) AS partid,
    iif(e.code IN (5, 10, 11), e.partid_or_instance, NULL) AS instance,
    iif(e.code IN (2, 3, 4), e.pmg, NULL) AS pmg,
    iif(e.code IN (1, 3, 5, 8, 9, 10, 11), e.ris, NULL) AS ris,
    e.overwrote, e.cause_seq,
    coalesce(
      (SELECT k.name FROM command s JOIN command_code k ON k.id = s.code WHERE s.seq = e.cause_seq),
      (SELECT k.name FROM run_event s JOIN run_code k ON k.id = s.code WHERE s.seq = e.cause_seq),
      (SELECT k.name FROM schedule_event s JOIN schedule_kind k ON k.id = s.kind WHERE s.seq = e.cause_seq),
      (SELECT 'msc_register_change' FROM msc_register_change s WHERE s.seq = e.cause_seq),
      (SELECT 'monitor_event' FROM monitor_event s WHERE s.seq = e.cause_seq),
      (SELECT 'msc_error' FROM msc_error s WHERE s.seq = e.cause_seq)) AS cause
  FROM msc_error e
  LEFT JOIN msc k ON k.id = e.msc
  LEFT JOIN machine m ON m.id = k.machine
  LEFT JOIN msc_error_code n ON n.id = e.code;
--> statement-breakpoint
CREATE VIEW interrupt_v AS
  -- Interrupts of MSCs: a wire that went high or low, one that pulsed (edge), or a message (MSI), with where it was written.
  SELECT e.seq, e.time_ns, m.id AS machine_id, m.name AS machine, e.msc AS msc_id, k.name AS msc,
    CASE e.space WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END AS partid_space,
    n.name AS interrupt, l.name AS level,
    iif(n.name LIKE '%msi', printf('0x%x', (e.address_hi << 32) | e.address_lo), NULL) AS address,
    iif(n.name LIKE '%msi', printf('0x%08x', e.data), NULL) AS data,
    e.cause_seq,
    coalesce(
      (SELECT k.name FROM command s JOIN command_code k ON k.id = s.code WHERE s.seq = e.cause_seq),
      (SELECT k.name FROM run_event s JOIN run_code k ON k.id = s.code WHERE s.seq = e.cause_seq),
      (SELECT k.name FROM schedule_event s JOIN schedule_kind k ON k.id = s.kind WHERE s.seq = e.cause_seq),
      (SELECT 'msc_register_change' FROM msc_register_change s WHERE s.seq = e.cause_seq),
      (SELECT 'monitor_event' FROM monitor_event s WHERE s.seq = e.cause_seq),
      (SELECT 'msc_error' FROM msc_error s WHERE s.seq = e.cause_seq)) AS cause
  FROM interrupt_event e
  LEFT JOIN msc k ON k.id = e.msc
  LEFT JOIN machine m ON m.id = k.machine
  LEFT JOIN interrupt_code n ON n.id = e.code
  LEFT JOIN interrupt_level l ON l.id = e.level;
--> statement-breakpoint
CREATE VIEW monitor_sample_v AS
  -- What a monitor shows at the end of an interval (value, in bytes), beside what it stands for: exact_bytes that match its
  -- filter by the labels in the MSC, and tenant_bytes of the tenants whose group the filter names (NULL: it names none).
  -- error_bytes is due to the monitor: width, scaling, not ready. mislabelled_bytes is due to labels: exact_bytes that are others'
  -- minus own bytes that are missing.
  SELECT s.time_ns, m.id AS machine_id, m.name AS machine, s.msc AS msc_id, k.name AS msc, s.ris,
    c.name AS cache, h.name AS channel,
    CASE s.space WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END AS partid_space,
    t.name AS monitor, s.instance, s.value, s.nrdy, s.exact_bytes, s.tenant_bytes,
    s.value - s.exact_bytes AS error_bytes, s.exact_bytes - s.tenant_bytes AS mislabelled_bytes
  FROM monitor_sample s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN msc k ON k.id = s.msc
  LEFT JOIN msc_resource x ON x.msc = s.msc AND x.ris = s.ris
  LEFT JOIN cache c ON c.machine = s.machine AND c.id = x.cache
  LEFT JOIN channel h ON h.machine = s.machine AND h.id = x.channel
  LEFT JOIN monitor_kind t ON t.id = s.monitor;
--> statement-breakpoint
CREATE VIEW channel_sample_v AS
  -- What each owner got of each channel in an interval that ends at time_ns. resource is the channel's memory, or the cache
  -- whose memory side it is. share is of the channel's bandwidth, utilisation of its time (service and turnarounds).
  -- throttled_ns and queued_ns add up the waits of all requests; waiting are those that wait at the end.
  WITH sample AS (
    SELECT s.*, (s.reads + s.writes) * y.line_bytes AS bytes,
      -- Samples are taken at multiples of the interval; the last may be shorter.
      s.time_ns - (s.time_ns - 1) / b.sample_interval_ns * b.sample_interval_ns AS interval_ns
    FROM channel_sample s
    LEFT JOIN memory_system y ON y.machine = s.machine
    LEFT JOIN memory_bandwidth b ON b.machine = s.machine)
  SELECT s.time_ns, s.interval_ns, m.id AS machine_id, m.name AS machine,
    ifnull(h.memory, h.name) AS resource, h.id AS channel_id, h.name AS channel, n.name AS tenant,
    o.label & 65535 AS partid, (o.label >> 16) & 255 AS pmg,
    CASE (o.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS partid_space,
    s.reads, s.writes, s.bytes, s.bytes * 1e9 / s.interval_ns AS bytes_per_second,
    s.bytes * 1e9 / s.interval_ns / h.bytes_per_second AS share,
    s.service_ps / 1e3 / s.interval_ns AS utilisation,
    s.service_ps / 1e3 AS service_ns, s.throttled_ps / 1e3 AS throttled_ns, s.queued_ps / 1e3 AS queued_ns, s.waiting
  FROM sample s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN channel h ON h.machine = s.machine AND h.id = s.channel
  LEFT JOIN owner o ON o.machine = s.machine AND o.id = s.owner
  LEFT JOIN tenant n ON n.id = o.tenant;
--> statement-breakpoint
CREATE VIEW channel_total AS
  -- The same over the whole run, per channel and owner.
  WITH total AS MATERIALIZED (
    SELECT machine, channel, owner, sum(reads) AS reads, sum(writes) AS writes, sum(service_ps) AS service_ps,
      sum(throttled_ps) AS throttled_ps, sum(queued_ps) AS queued_ps
    FROM channel_sample GROUP BY machine, channel, owner)
  SELECT m.id AS machine_id, m.name AS machine,
    ifnull(h.memory, h.name) AS resource, h.id AS channel_id, h.name AS channel, o.tenant AS tenant_id, n.name AS tenant,
    o.label & 65535 AS partid, (o.label >> 16) & 255 AS pmg,
    CASE (o.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS partid_space,
    s.reads, s.writes, (s.reads + s.writes) * y.line_bytes AS bytes,
    s.service_ps / 1e3 AS service_ns, s.throttled_ps / 1e3 AS throttled_ns, s.queued_ps / 1e3 AS queued_ns
  FROM total s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN memory_system y ON y.machine = s.machine
  LEFT JOIN channel h ON h.machine = s.machine AND h.id = s.channel
  LEFT JOIN owner o ON o.machine = s.machine AND o.id = s.owner
  LEFT JOIN tenant n ON n.id = o.tenant;
--> statement-breakpoint
CREATE VIEW channel_delay_v AS
  -- Who waited behind whom: ns that requests of the waiter queued while the channel served lines of another owner, or of its
  -- own, in an interval that ends at time_ns. The waits of requests that queued at the same time are added up.
  SELECT d.time_ns, m.id AS machine_id, m.name AS machine,
    ifnull(h.memory, h.name) AS resource, h.id AS channel_id, h.name AS channel,
    wn.name AS waiter_tenant,
    w.label & 65535 AS waiter_partid, (w.label >> 16) & 255 AS waiter_pmg,
    CASE (w.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS waiter_partid_space,
    sn.name AS served_tenant,
    s.label & 65535 AS served_partid, (s.label >> 16) & 255 AS served_pmg,
    CASE (s.label >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS served_partid_space,
    w.tenant IS NOT s.tenant AS is_interference,
    d.queued_ps / 1e3 AS queued_ns
  FROM channel_delay d
  LEFT JOIN machine m ON m.id = d.machine
  LEFT JOIN channel h ON h.machine = d.machine AND h.id = d.channel
  LEFT JOIN owner w ON w.machine = d.machine AND w.id = d.waiter
  LEFT JOIN owner s ON s.machine = d.machine AND s.id = d.served
  LEFT JOIN tenant wn ON wn.id = w.tenant
  LEFT JOIN tenant sn ON sn.id = s.tenant;
--> statement-breakpoint
CREATE VIEW executor_delay_v AS
  -- Of a thread's stalls on memory in an interval that ends at time_ns, in its guest or on the host: cycles of queueing in
  -- channels, of throttling by its own limit, and of waiting for room in the write buffer, whoever's lines filled it. A wait
  -- is booked when it is over, so that an interval may show more than it lasted.
  SELECT s.time_ns, m.id AS machine_id, m.name AS machine, n.name AS tenant, v.name AS vm, t.vcpu, t.tid, t.comm,
    w.name AS world,
    s.queued_ps * y.pe_mhz / 1e6 AS queued_cycles, s.throttled_ps * y.pe_mhz / 1e6 AS throttled_cycles,
    s.write_buffer_ps * y.pe_mhz / 1e6 AS write_buffer_cycles,
    s.queued_ps / 1e3 AS queued_ns, s.throttled_ps / 1e3 AS throttled_ns, s.write_buffer_ps / 1e3 AS write_buffer_ns
  FROM executor_delay s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN memory_system y ON y.machine = s.machine
  LEFT JOIN thread t ON t.id = s.thread
  LEFT JOIN tenant n ON n.id = t.tenant
  LEFT JOIN vm v ON v.id = t.vm
  LEFT JOIN world w ON w.id = s.world;
--> statement-breakpoint
DROP VIEW cycle_total;
--> statement-breakpoint
CREATE VIEW cycle_total AS
  -- Where the cycles of a thread went over the whole run, in its guest or on the host: computing, nothing to do, waiting for
  -- each level, and for memory apart from its latency (step 7): queueing in channels, throttling by its own limit, and
  -- waiting for room in the write buffer.
  WITH total AS MATERIALIZED (
    SELECT machine, thread, world, sum(instructions) AS instructions, sum(compute_ps) AS compute_ps,
      sum(idle_ps) AS idle_ps
    FROM executor_sample GROUP BY machine, thread, world),
  stall AS MATERIALIZED (
    SELECT machine, thread, world, sum(instructions) AS instructions, step, sum(stall_ps) AS ps
    FROM executor_step GROUP BY machine, thread, world, step),
  delay AS MATERIALIZED (
    SELECT machine, thread, world, sum(queued_ps) AS queued_ps, sum(throttled_ps) AS throttled_ps,
      sum(write_buffer_ps) AS write_buffer_ps
    FROM executor_delay GROUP BY machine, thread, world),
  part AS (
    SELECT machine, thread, world, instructions, -2 AS step, 'compute' AS cause, compute_ps AS ps FROM total
    UNION ALL SELECT machine, thread, world, instructions, -1, 'idle', idle_ps FROM total
    UNION ALL SELECT machine, thread, world, instructions, step, 'stall on ' || level,
      ps - iif(step = 7, ifnull(queued_ps + throttled_ps + write_buffer_ps, 0), 0)
    FROM stall JOIN memory_step USING (machine, step) LEFT JOIN delay USING (machine, thread, world)
    UNION ALL SELECT machine, thread, world, instructions, 8, 'queueing in channels', queued_ps
    FROM total JOIN delay USING (machine, thread, world)
    UNION ALL SELECT machine, thread, world, instructions, 9, 'throttled by own limit', throttled_ps
    FROM total JOIN delay USING (machine, thread, world)
    UNION ALL SELECT machine, thread, world, instructions, 10, 'waiting for the write buffer', write_buffer_ps
    FROM total JOIN delay USING (machine, thread, world))
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
CREATE VIEW bus_command_v AS
  -- One row per command of a run that was driven by `mpamlab bus`, in order: its number, its event (seq), when it acted, and its
  -- text. A row of bus_command holds several that acted at the same time, one to a line.
  WITH RECURSIVE line(number, time_ns, text, rest) AS (
    SELECT number - 1, time_ns, NULL, text || char(10) FROM bus_command
    UNION ALL
    SELECT number + 1, time_ns, substr(rest, 1, instr(rest, char(10)) - 1), substr(rest, instr(rest, char(10)) + 1)
    FROM line WHERE rest <> ''),
  -- A table of its own, so that SQLite looks numbers up in it.
  acted(number, seq) AS MATERIALIZED (SELECT arg0, seq FROM command WHERE code = 11)
  SELECT l.number, a.seq, l.time_ns, l.text
  FROM line l LEFT JOIN acted a ON a.number = l.number
  WHERE l.text IS NOT NULL;
--> statement-breakpoint
PRAGMA user_version = 9;
