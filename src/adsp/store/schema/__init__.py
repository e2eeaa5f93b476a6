"""The schema, a module a version. What was released is never edited: a change is a new version."""
