"""The store: one SQLite file, an append-only log of what the learner did, the only truth."""
