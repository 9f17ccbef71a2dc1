-- What a run has recorded stays, as in 0001_append_only.sql.
CREATE TRIGGER "monitor_event_no_update" BEFORE UPDATE ON "monitor_event" BEGIN
  SELECT RAISE(ABORT, 'monitor_event is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "monitor_event_no_delete" BEFORE DELETE ON "monitor_event" BEGIN
  SELECT RAISE(ABORT, 'monitor_event is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "msc_error_no_update" BEFORE UPDATE ON "msc_error" BEGIN
  SELECT RAISE(ABORT, 'msc_error is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "msc_error_no_delete" BEFORE DELETE ON "msc_error" BEGIN
  SELECT RAISE(ABORT, 'msc_error is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "interrupt_event_no_update" BEFORE UPDATE ON "interrupt_event" BEGIN
  SELECT RAISE(ABORT, 'interrupt_event is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "interrupt_event_no_delete" BEFORE DELETE ON "interrupt_event" BEGIN
  SELECT RAISE(ABORT, 'interrupt_event is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "executor_delay_no_update" BEFORE UPDATE ON "executor_delay" BEGIN
  SELECT RAISE(ABORT, 'executor_delay is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "executor_delay_no_delete" BEFORE DELETE ON "executor_delay" BEGIN
  SELECT RAISE(ABORT, 'executor_delay is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "channel_sample_no_update" BEFORE UPDATE ON "channel_sample" BEGIN
  SELECT RAISE(ABORT, 'channel_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "channel_sample_no_delete" BEFORE DELETE ON "channel_sample" BEGIN
  SELECT RAISE(ABORT, 'channel_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "channel_delay_no_update" BEFORE UPDATE ON "channel_delay" BEGIN
  SELECT RAISE(ABORT, 'channel_delay is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "channel_delay_no_delete" BEFORE DELETE ON "channel_delay" BEGIN
  SELECT RAISE(ABORT, 'channel_delay is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "monitor_sample_no_update" BEFORE UPDATE ON "monitor_sample" BEGIN
  SELECT RAISE(ABORT, 'monitor_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "monitor_sample_no_delete" BEFORE DELETE ON "monitor_sample" BEGIN
  SELECT RAISE(ABORT, 'monitor_sample is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "bus_command_no_update" BEFORE UPDATE ON "bus_command" BEGIN
  SELECT RAISE(ABORT, 'bus_command is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "bus_command_no_delete" BEFORE DELETE ON "bus_command" BEGIN
  SELECT RAISE(ABORT, 'bus_command is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
PRAGMA user_version = 8;
