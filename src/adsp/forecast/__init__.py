"""The score to expect on exam day, and the chance to pass."""

from adsp.forecast.evidence import HALF_LIFE, weigh
from adsp.forecast.score import SPREAD, STRENGTH, forecast
from adsp.forecast.values import Confidence, Evidence, Forecast, SubjectForecast

__all__ = [
    "HALF_LIFE",
    "SPREAD",
    "STRENGTH",
    "Confidence",
    "Evidence",
    "Forecast",
    "SubjectForecast",
    "forecast",
    "weigh",
]
