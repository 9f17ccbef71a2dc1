-- Views that make plain SQL pleasant. Each says inside what it shows, so that `.schema` of any SQLite client is the manual.
-- Numbers in them are the codes of src/schedule/schedule-batch.ts, src/loop/event-row.ts and src/run/codes.ts.
CREATE VIEW register_change_v AS
  -- Every register change in words: machine, CPU, register, whole 64-bit values in hexadecimal, the label fields where
  -- the register has them, where the PE was, and the event that led to it.
  WITH label_register AS MATERIALIZED (
    SELECT register, max(name = 'PARTID_I') AS has_partid_i, max(name = 'MPAMEN') AS has_mpamen
    FROM register_field GROUP BY register HAVING max(name = 'PARTID_D'))
  SELECT c.seq, c.time_ns, m.name AS machine, p.cpu, r.name AS register, c.selector,
    printf('0x%08x%08x', c.old_hi, c.old_lo) AS old_value,
    printf('0x%08x%08x', c.new_hi, c.new_lo) AS new_value,
    CASE WHEN l.register IS NOT NULL THEN (c.old_lo >> 16) & 65535 END AS old_partid_d,
    CASE WHEN l.has_partid_i THEN c.old_lo & 65535 END AS old_partid_i,
    CASE WHEN l.register IS NOT NULL THEN (c.old_hi >> 8) & 255 END AS old_pmg_d,
    CASE WHEN l.has_partid_i THEN c.old_hi & 255 END AS old_pmg_i,
    CASE WHEN l.has_mpamen THEN c.old_hi >> 31 END AS old_mpamen,
    CASE WHEN l.register IS NOT NULL THEN (c.new_lo >> 16) & 65535 END AS new_partid_d,
    CASE WHEN l.has_partid_i THEN c.new_lo & 65535 END AS new_partid_i,
    CASE WHEN l.register IS NOT NULL THEN (c.new_hi >> 8) & 255 END AS new_pmg_d,
    CASE WHEN l.has_partid_i THEN c.new_hi & 255 END AS new_pmg_i,
    CASE WHEN l.has_mpamen THEN c.new_hi >> 31 END AS new_mpamen,
    w.name AS world, c.el, c.cause_seq,
    coalesce(
      (SELECT k.name FROM schedule_event s JOIN schedule_kind k ON k.id = s.kind WHERE s.seq = c.cause_seq),
      (SELECT k.name FROM command s JOIN command_code k ON k.id = s.code WHERE s.seq = c.cause_seq),
      (SELECT k.name FROM run_event s JOIN run_code k ON k.id = s.code WHERE s.seq = c.cause_seq),
      (SELECT 'register_change' FROM register_change s WHERE s.seq = c.cause_seq),
      (SELECT 'register_trap' FROM register_trap s WHERE s.seq = c.cause_seq)) AS cause,
    -- The exit reason, if the cause is a guest exit (7) or a return to the VMM (9).
    (SELECT x.text FROM schedule_event s JOIN text x ON x.id = s.argument
      WHERE s.seq = c.cause_seq AND s.kind IN (7, 9)) AS cause_text
  FROM register_change c
  LEFT JOIN pe p ON p.id = c.pe
  LEFT JOIN machine m ON m.id = p.machine
  LEFT JOIN register r ON r.id = c.register
  LEFT JOIN label_register l ON l.register = c.register
  LEFT JOIN world w ON w.id = c.world;
--> statement-breakpoint
CREATE VIEW register_field_change AS
  -- One row per named field that changed. Fields do not cross bit 32.
  SELECT c.seq, c.time_ns, m.name AS machine, p.cpu, r.name AS register, c.selector, f.name AS field,
    (CASE WHEN f.low_bit < 32 THEN c.old_lo >> f.low_bit ELSE c.old_hi >> (f.low_bit - 32) END & ((1 << f.width) - 1)) AS old_value,
    (CASE WHEN f.low_bit < 32 THEN c.new_lo >> f.low_bit ELSE c.new_hi >> (f.low_bit - 32) END & ((1 << f.width) - 1)) AS new_value,
    c.cause_seq
  FROM register_change c
  JOIN register_field f ON f.register = c.register
  LEFT JOIN pe p ON p.id = c.pe
  LEFT JOIN machine m ON m.id = p.machine
  LEFT JOIN register r ON r.id = c.register
  WHERE (CASE WHEN f.low_bit < 32 THEN c.old_lo >> f.low_bit ELSE c.old_hi >> (f.low_bit - 32) END & ((1 << f.width) - 1))
    <> (CASE WHEN f.low_bit < 32 THEN c.new_lo >> f.low_bit ELSE c.new_hi >> (f.low_bit - 32) END & ((1 << f.width) - 1));
--> statement-breakpoint
CREATE VIEW register_timeline AS
  -- What each register of each PE held from when to when; to_ns is NULL for the value it still has at the end.
  SELECT m.id AS machine_id, m.name AS machine, p.cpu, r.name AS register, c.selector,
    c.time_ns AS from_ns,
    lead(c.time_ns) OVER (PARTITION BY c.pe, c.register, c.selector ORDER BY c.seq) AS to_ns,
    printf('0x%08x%08x', c.new_hi, c.new_lo) AS value, c.seq
  FROM register_change c
  LEFT JOIN pe p ON p.id = c.pe
  LEFT JOIN machine m ON m.id = p.machine
  LEFT JOIN register r ON r.id = c.register;
--> statement-breakpoint
CREATE VIEW schedule_v AS
  -- Scheduling and KVM events in words. World, EL, lasted_ns and labels are those of the interval that the event ends.
  -- A packed label: PARTID 15:0, PMG 23:16, PARTID space 25:24, error 26; in label_d bit 27 marks a modelled event; in
  -- both bit 28 a label that is not the tenant's own.
  SELECT e.seq, e.time_ns, m.name AS machine, p.cpu, k.name AS kind,
    t.tid, t.comm, n.name AS tenant, v.name AS vm, t.vcpu,
    e.argument,
    CASE
      WHEN e.kind = 1 THEN (SELECT comm FROM thread x WHERE x.id = e.argument)
      WHEN e.kind IN (7, 9) THEN (SELECT text FROM text x WHERE x.id = e.argument)
    END AS argument_text,
    e.lasted_ns, w.name AS world, e.el,
    e.label_d & 65535 AS partid_d, (e.label_d >> 16) & 255 AS pmg_d,
    e.label_i & 65535 AS partid_i, (e.label_i >> 16) & 255 AS pmg_i,
    CASE (e.label_d >> 24) & 3 WHEN 0 THEN 'Secure' WHEN 1 THEN 'Non-secure' WHEN 2 THEN 'Root' ELSE 'Realm' END
      AS partid_space,
    ((e.label_d | e.label_i) >> 26) & 1 AS label_error,
    (e.label_d >> 27) & 1 AS modelled,
    ((e.label_d | e.label_i) >> 28) & 1 AS mislabelled,
    e.cause_seq
  FROM schedule_event e
  LEFT JOIN pe p ON p.id = e.pe
  LEFT JOIN machine m ON m.id = p.machine
  LEFT JOIN schedule_kind k ON k.id = e.kind
  LEFT JOIN world w ON w.id = e.world
  LEFT JOIN thread t ON t.id = e.thread
  LEFT JOIN tenant n ON n.id = t.tenant
  LEFT JOIN vm v ON v.id = t.vm;
--> statement-breakpoint
CREATE VIEW guest_label_time AS
  -- Time in guests (world 1), summed by machine, thread, EL and label; own_* is the label of the group that the thread
  -- was in when the interval began; a task of the default group has the label of its CPU.
  -- Threads and CPUs that never changed their group are summed straight from the index; the others row by row.
  WITH moved(thread) AS MATERIALIZED (SELECT arg0 FROM command WHERE code = 3),
    redefined(pe) AS MATERIALIZED (SELECT pe FROM command WHERE code = 4),
    label_time AS MATERIALIZED (
      SELECT pe, thread, el, label_d, label_i, NULL AS moved_to, NULL AS cpu_default,
        sum(lasted_ns) AS ns, count(*) AS intervals
      FROM schedule_event
      WHERE world = 1 AND (thread IS NULL OR thread NOT IN moved) AND pe NOT IN redefined
      GROUP BY thread, el, pe, label_d, label_i
      UNION ALL
      SELECT pe, thread, el, label_d, label_i,
        (SELECT arg1 FROM command WHERE code = 3 AND arg0 = e.thread AND time_ns <= e.time_ns - e.lasted_ns
          ORDER BY seq DESC LIMIT 1) AS moved_to,
        (SELECT arg0 FROM command WHERE code = 4 AND pe = e.pe AND time_ns <= e.time_ns - e.lasted_ns
          ORDER BY seq DESC LIMIT 1) AS cpu_default,
        sum(lasted_ns), count(*)
      FROM schedule_event e
      WHERE world = 1 AND (thread IN moved OR pe IN redefined)
      GROUP BY 1, 2, 3, 4, 5, 6, 7),
    placed AS (
      SELECT s.pe, s.thread, s.el, s.label_d & ~(1 << 27) AS label_d, s.label_i & ~(1 << 27) AS label_i,
        s.ns, s.intervals, s.cpu_default,
        ifnull(s.moved_to, t.control_group) AS thread_group
      FROM label_time s LEFT JOIN thread t ON t.id = s.thread),
    owned AS (
      SELECT *, iif(thread_group = 0, ifnull(cpu_default, 0), thread_group) AS control_group FROM placed)
  SELECT m.id AS machine_id, m.name AS machine, m.kernel, m.mode,
    t.tid, t.comm, n.name AS tenant, v.name AS vm, t.vcpu, s.el,
    s.label_d & 65535 AS partid_d, (s.label_d >> 16) & 255 AS pmg_d,
    s.label_i & 65535 AS partid_i, (s.label_i >> 16) & 255 AS pmg_i,
    o.name AS control_group, o.partid_d AS own_partid_d, o.pmg_d AS own_pmg_d,
    o.partid_i AS own_partid_i, o.pmg_i AS own_pmg_i,
    ((s.label_d | s.label_i) >> 28) & 1 AS mislabelled,
    sum(s.ns) AS ns, sum(s.intervals) AS intervals
  FROM owned s
  LEFT JOIN pe p ON p.id = s.pe
  LEFT JOIN machine m ON m.id = p.machine
  LEFT JOIN thread t ON t.id = s.thread
  LEFT JOIN tenant n ON n.id = t.tenant
  LEFT JOIN vm v ON v.id = t.vm
  LEFT JOIN control_group o ON o.id = s.control_group
  GROUP BY m.id, s.thread, s.el, s.label_d, s.label_i, s.control_group;
--> statement-breakpoint
CREATE VIEW mislabelled_time AS
  -- Per machine, tenant and EL: time in guests, how much of it under a label that is not the tenant's own, and its share.
  SELECT machine_id, machine, kernel, mode, tenant, el,
    sum(ns) AS guest_ns,
    sum(ns) FILTER (WHERE mislabelled) AS mislabelled_ns,
    round(1.0 * sum(ns * mislabelled) / nullif(sum(ns), 0), 6) AS share
  FROM guest_label_time
  GROUP BY machine_id, tenant, el;
--> statement-breakpoint
CREATE VIEW label_timeline AS
  -- Per machine, vCPU and EL: which label was in force in the guest from when to when, beside the label of the group that
  -- the thread was in. Guest intervals in a row with the same two are one row; guest_ns is the time inside them.
  WITH moved(thread) AS MATERIALIZED (SELECT arg0 FROM command WHERE code = 3),
  redefined(pe) AS MATERIALIZED (SELECT pe FROM command WHERE code = 4),
  interval AS (
    SELECT e.seq, p.machine, e.thread, e.el, e.time_ns, e.lasted_ns,
      e.label_d & ~(1 << 27) AS label_d, e.label_i & ~(1 << 27) AS label_i,
      ifnull(CASE WHEN e.thread IN moved THEN
        (SELECT arg1 FROM command WHERE code = 3 AND arg0 = e.thread AND time_ns <= e.time_ns - e.lasted_ns
          ORDER BY seq DESC LIMIT 1) END, t.control_group) AS thread_group,
      CASE WHEN e.pe IN redefined THEN
        (SELECT arg0 FROM command WHERE code = 4 AND pe = e.pe AND time_ns <= e.time_ns - e.lasted_ns
          ORDER BY seq DESC LIMIT 1) END AS cpu_default
    FROM schedule_event e JOIN pe p ON p.id = e.pe LEFT JOIN thread t ON t.id = e.thread
    WHERE e.world = 1),
  owned AS (
    SELECT *, iif(thread_group = 0, ifnull(cpu_default, 0), thread_group) AS control_group FROM interval),
  marked AS (
    SELECT *, label_d IS NOT lag(label_d) OVER vcpu OR label_i IS NOT lag(label_i) OVER vcpu
      OR control_group IS NOT lag(control_group) OVER vcpu AS is_new
    FROM owned WINDOW vcpu AS (PARTITION BY machine, thread, el ORDER BY seq)),
  grouped AS (
    SELECT *, sum(is_new) OVER (PARTITION BY machine, thread, el ORDER BY seq) AS stretch FROM marked),
  stretch AS MATERIALIZED (
    SELECT machine, thread, el, label_d, label_i, control_group, min(seq) AS first_seq,
      min(time_ns - lasted_ns) AS from_ns, max(time_ns) AS to_ns, sum(lasted_ns) AS guest_ns
    FROM grouped GROUP BY machine, thread, el, stretch)
  SELECT m.id AS machine_id, m.name AS machine, n.name AS tenant, v.name AS vm, t.vcpu, t.tid, s.el, s.from_ns, s.to_ns, s.guest_ns,
    s.label_d & 65535 AS partid_d, (s.label_d >> 16) & 255 AS pmg_d,
    s.label_i & 65535 AS partid_i, (s.label_i >> 16) & 255 AS pmg_i,
    o.partid_d AS own_partid_d, o.pmg_d AS own_pmg_d, o.partid_i AS own_partid_i, o.pmg_i AS own_pmg_i,
    ((s.label_d | s.label_i) >> 28) & 1 AS mislabelled, s.first_seq
  FROM stretch s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN thread t ON t.id = s.thread
  LEFT JOIN tenant n ON n.id = t.tenant
  LEFT JOIN vm v ON v.id = t.vm
  LEFT JOIN control_group o ON o.id = s.control_group;
--> statement-breakpoint
CREATE VIEW guest_stay AS
  -- The stays in guests that an exit (7) ended: how long the guest ran since its entry (6), whatever it did in between.
  -- Time of nobody's (thread NULL) is added up apart.
  WITH row AS (
    SELECT seq, time_ns, pe, thread, kind, argument, sum(iif(world = 1, lasted_ns, 0)) OVER guest AS guest_ns
    FROM schedule_event WHERE world = 1 OR kind IN (6, 7)
    WINDOW guest AS (PARTITION BY pe, thread ORDER BY seq)),
  boundary AS (
    SELECT *, guest_ns - lag(guest_ns, 1, 0) OVER (PARTITION BY pe, thread ORDER BY seq) AS stay_ns
    FROM row WHERE kind IN (6, 7))
  SELECT seq, time_ns, pe, thread, argument AS reason, stay_ns AS guest_ns FROM boundary WHERE kind = 7;
--> statement-breakpoint
CREATE VIEW world_switches_per_second AS
  -- Guest entries (6) per machine, CPU and second of virtual time. An entry with its exit is one world switch.
  SELECT m.id AS machine_id, m.name AS machine, p.cpu, c.second, c.world_switches
  FROM (
    SELECT pe, time_ns / 1000000000 AS second, count(*) AS world_switches
    FROM schedule_event WHERE kind = 6 GROUP BY 1, 2) c
  LEFT JOIN pe p ON p.id = c.pe
  LEFT JOIN machine m ON m.id = p.machine;
--> statement-breakpoint
CREATE VIEW on_cpu_time AS
  -- Time on a CPU per machine and thread, the idle task left out. Counted is what a sched_switch (1) closes if the thread
  -- that leaves is the one that the CPU's last switch brought in; time before a CPU's first switch, after its last, and
  -- in between where a recording lost a switch is nobody's. Switches that were added by the model (bit 27) do not count.
  -- A simulated host (no input file) also knows who runs at the end: there a stop (13) closes the last interval.
  WITH switch AS (
    SELECT pe, thread, time_ns - lag(time_ns) OVER cpu AS lasted_ns, lag(argument) OVER cpu AS switched_in
    FROM schedule_event
    WHERE (kind = 1 OR (kind = 13 AND NOT EXISTS (SELECT 1 FROM input_file))) AND label_d & (1 << 27) = 0
    WINDOW cpu AS (PARTITION BY pe ORDER BY time_ns, seq)),
  total AS MATERIALIZED (
    SELECT p.machine, s.thread, sum(s.lasted_ns) AS on_cpu_ns, count(*) AS intervals
    FROM switch s JOIN pe p ON p.id = s.pe
    WHERE s.switched_in = s.thread AND s.thread <> 0
    GROUP BY p.machine, s.thread)
  SELECT m.id AS machine_id, m.name AS machine, t.tid, t.comm, n.name AS tenant, v.name AS vm, t.vcpu,
    s.on_cpu_ns, s.intervals
  FROM total s
  LEFT JOIN machine m ON m.id = s.machine
  LEFT JOIN thread t ON t.id = s.thread
  LEFT JOIN tenant n ON n.id = t.tenant
  LEFT JOIN vm v ON v.id = t.vm;
--> statement-breakpoint
CREATE VIEW import_summary AS
  -- What a recording held: lines per event and CPU, and the lines that could not be used as they were, per kind of issue.
  SELECT 'event' AS what, event AS name, cpu, count FROM import_count
  UNION ALL SELECT 'issue', kind, NULL, count(*) FROM import_issue GROUP BY kind;
--> statement-breakpoint
PRAGMA user_version = 3;
