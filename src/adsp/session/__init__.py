"""Quiz, review, wrong notes and drill: one pure state machine, folded from the log's own events."""
