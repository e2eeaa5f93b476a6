"""The banks: TOML files -> immutable questions, with every problem of a file told at once."""
