"""Generated questions: a generator and a seed make a question, always the same one.

R draws the numbers and computes the key and every named mistake; Python computes them again from
the drawn numbers, and nothing is asked on which the two disagree. ``generate`` is the door.
"""
