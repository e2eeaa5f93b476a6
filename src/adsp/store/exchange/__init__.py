"""The log in files that leave this machine: JSON lines, CSV, and segments for a shared folder."""
