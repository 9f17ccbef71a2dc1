-- What a run has recorded stays, as in 0001_append_only.sql.
CREATE TRIGGER "msc_register_change_no_update" BEFORE UPDATE ON "msc_register_change" BEGIN
  SELECT RAISE(ABORT, 'msc_register_change is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "msc_register_change_no_delete" BEFORE DELETE ON "msc_register_change" BEGIN
  SELECT RAISE(ABORT, 'msc_register_change is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "owner_no_update" BEFORE UPDATE ON "owner" BEGIN
  SELECT RAISE(ABORT, 'owner is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "owner_no_delete" BEFORE DELETE ON "owner" BEGIN
  SELECT RAISE(ABORT, 'owner is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "cache_sample_no_update" BEFORE UPDATE ON "cache_sample" BEGIN
  SELECT RAISE(ABORT, 'cache_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "cache_sample_no_delete" BEFORE DELETE ON "cache_sample" BEGIN
  SELECT RAISE(ABORT, 'cache_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "eviction_flow_no_update" BEFORE UPDATE ON "eviction_flow" BEGIN
  SELECT RAISE(ABORT, 'eviction_flow is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "eviction_flow_no_delete" BEFORE DELETE ON "eviction_flow" BEGIN
  SELECT RAISE(ABORT, 'eviction_flow is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "miss_cause_no_update" BEFORE UPDATE ON "miss_cause" BEGIN
  SELECT RAISE(ABORT, 'miss_cause is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "miss_cause_no_delete" BEFORE DELETE ON "miss_cause" BEGIN
  SELECT RAISE(ABORT, 'miss_cause is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "memory_sample_no_update" BEFORE UPDATE ON "memory_sample" BEGIN
  SELECT RAISE(ABORT, 'memory_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "memory_sample_no_delete" BEFORE DELETE ON "memory_sample" BEGIN
  SELECT RAISE(ABORT, 'memory_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "executor_sample_no_update" BEFORE UPDATE ON "executor_sample" BEGIN
  SELECT RAISE(ABORT, 'executor_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "executor_sample_no_delete" BEFORE DELETE ON "executor_sample" BEGIN
  SELECT RAISE(ABORT, 'executor_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "request_sample_no_update" BEFORE UPDATE ON "request_sample" BEGIN
  SELECT RAISE(ABORT, 'request_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "request_sample_no_delete" BEFORE DELETE ON "request_sample" BEGIN
  SELECT RAISE(ABORT, 'request_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
PRAGMA user_version = 5;
