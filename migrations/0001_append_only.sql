-- What a run has recorded stays: UPDATE and DELETE abort. (`thread` is updated; its past is in `thread_history`.)
CREATE TRIGGER "register_change_no_update" BEFORE UPDATE ON "register_change" BEGIN
  SELECT RAISE(ABORT, 'register_change is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "register_change_no_delete" BEFORE DELETE ON "register_change" BEGIN
  SELECT RAISE(ABORT, 'register_change is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "schedule_event_no_update" BEFORE UPDATE ON "schedule_event" BEGIN
  SELECT RAISE(ABORT, 'schedule_event is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "schedule_event_no_delete" BEFORE DELETE ON "schedule_event" BEGIN
  SELECT RAISE(ABORT, 'schedule_event is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "command_no_update" BEFORE UPDATE ON "command" BEGIN
  SELECT RAISE(ABORT, 'command is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "command_no_delete" BEFORE DELETE ON "command" BEGIN
  SELECT RAISE(ABORT, 'command is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "run_event_no_update" BEFORE UPDATE ON "run_event" BEGIN
  SELECT RAISE(ABORT, 'run_event is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "run_event_no_delete" BEFORE DELETE ON "run_event" BEGIN
  SELECT RAISE(ABORT, 'run_event is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "register_trap_no_update" BEFORE UPDATE ON "register_trap" BEGIN
  SELECT RAISE(ABORT, 'register_trap is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "register_trap_no_delete" BEFORE DELETE ON "register_trap" BEGIN
  SELECT RAISE(ABORT, 'register_trap is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "batch_no_update" BEFORE UPDATE ON "batch" BEGIN
  SELECT RAISE(ABORT, 'batch is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "batch_no_delete" BEFORE DELETE ON "batch" BEGIN
  SELECT RAISE(ABORT, 'batch is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "thread_history_no_update" BEFORE UPDATE ON "thread_history" BEGIN
  SELECT RAISE(ABORT, 'thread_history is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "thread_history_no_delete" BEFORE DELETE ON "thread_history" BEGIN
  SELECT RAISE(ABORT, 'thread_history is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "text_no_update" BEFORE UPDATE ON "text" BEGIN
  SELECT RAISE(ABORT, 'text is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "text_no_delete" BEFORE DELETE ON "text" BEGIN
  SELECT RAISE(ABORT, 'text is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "import_issue_no_update" BEFORE UPDATE ON "import_issue" BEGIN
  SELECT RAISE(ABORT, 'import_issue is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "import_issue_no_delete" BEFORE DELETE ON "import_issue" BEGIN
  SELECT RAISE(ABORT, 'import_issue is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "import_count_no_update" BEFORE UPDATE ON "import_count" BEGIN
  SELECT RAISE(ABORT, 'import_count is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
CREATE TRIGGER "import_count_no_delete" BEFORE DELETE ON "import_count" BEGIN
  SELECT RAISE(ABORT, 'import_count is append-only: what a run has recorded is neither changed nor deleted');
END;
--> statement-breakpoint
PRAGMA user_version = 2;
