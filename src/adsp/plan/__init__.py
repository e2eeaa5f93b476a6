"""Study days, planned back from the exam date."""

from adsp.plan.make import make_plan
from adsp.plan.values import Milestone, Phase, Plan, PlanDay, SectionLoad

__all__ = ["Milestone", "Phase", "Plan", "PlanDay", "SectionLoad", "make_plan"]
