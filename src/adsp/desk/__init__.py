"""Where bank, log and R meet the pure parts: the one thing that screens and commands talk to."""
