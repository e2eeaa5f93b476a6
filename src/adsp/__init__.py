"""adsp: pass the ADsP exam from the terminal."""

__version__ = "0.1.0"
