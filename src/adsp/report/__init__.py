"""The progress report: its figures, worked out once, and its forms. Values in, text out."""

from adsp.report.build import make_report
from adsp.report.html import to_html
from adsp.report.markdown import to_markdown
from adsp.report.values import Entry, Material, Report, Step

__all__ = ["Entry", "Material", "Report", "Step", "make_report", "to_html", "to_markdown"]
