"""Quartiles, the interquartile range, and what lies beyond 1.5 times of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.bank.question import Choice, Kind
from adsp.items.answers import ROUNDING, Mistake, Task, number_answer, proof_of
from adsp.items.generator import Answer, Body, Collision, Draw, Generator, Numbers
from adsp.items.wording import equals
from adsp.text import particle

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True)
class _Story:
    what: str
    unit: str


_STORIES = {
    "delivery": _Story("한 지점의 배달 13건에 걸린 시간", "분"),
    "rent": _Story("어느 동네 원룸 13곳의 월세", "만 원"),
    "score": _Story("자격시험 응시자 13명의 실기 기록", "점"),
    "visit": _Story("누리집의 13일 동안 하루 방문자 수", "명"),
    "call": _Story("상담 전화 13통의 통화 시간", "초"),
    "weight": _Story("택배 상자 13개의 무게", "g"),
}

_RULES = {
    "tukey": "Q1 - 1.5×IQR보다 작거나 Q3 + 1.5×IQR보다 큰 값이다.",
    "single": "IQR에 1.5를 곱하지 않고 Q1 - IQR, Q3 + IQR을 경계로 삼은 결과이다.",
    "triple": "1.5 대신 3을 곱하여 극단 이상값만 고른 결과이다.",
    "upper": "위쪽 경계만 살피고 아래쪽 경계를 빠뜨린 결과이다.",
    "lower": "아래쪽 경계만 살피고 위쪽 경계를 빠뜨린 결과이다.",
    "median": "사분위수가 아니라 중앙값에서 1.5×IQR만큼 떨어진 곳을 경계로 삼은 결과이다.",
    "quartiles": "Q1과 Q3의 바깥을 모두 이상값으로 본 결과이다.",
    "sigma": "사분위수가 아니라 평균 ± 2×표준편차를 경계로 삼은 결과이다.",
}

_FENCES = {
    "high_single": "IQR에 1.5를 곱하지 않은 Q3 + IQR이다.",
    "low_single": "IQR에 1.5를 곱하지 않은 Q1 - IQR이다.",
    "high_triple": "1.5 대신 3을 곱한 Q3 + 3×IQR로, 극단 이상값의 경계이다.",
    "low_triple": "1.5 대신 3을 곱한 Q1 - 3×IQR로, 극단 이상값의 경계이다.",
    "high_median": "Q3가 아니라 중앙값에 1.5×IQR을 더한 값이다.",
    "low_median": "Q1이 아니라 중앙값에서 1.5×IQR을 뺀 값이다.",
    "high_crossed": "Q3가 아니라 Q1에 1.5×IQR을 더한 값이다.",
    "low_crossed": "Q1이 아니라 Q3에서 1.5×IQR을 뺀 값이다.",
    "high_half": "IQR에 1.5가 아니라 0.5를 곱하여 Q3에 더한 값이다.",
    "low_half": "IQR에 1.5가 아니라 0.5를 곱하여 Q1에서 뺀 값이다.",
    "high": "아래쪽이 아니라 위쪽 경계인 Q3 + 1.5×IQR이다.",
    "low": "위쪽이 아니라 아래쪽 경계인 Q1 - 1.5×IQR이다.",
    "step": "1.5×IQR만 구하고 사분위수에 더하거나 빼지 않은 값이다.",
    "q3": "제3사분위수 Q3 자체이다. 상자의 윗변이지 이상값의 경계가 아니다.",
    "q1": "제1사분위수 Q1 자체이다. 상자의 아랫변이지 이상값의 경계가 아니다.",
    "iqr": "사분위범위 IQR의 값이다. 경계까지의 거리는 여기에 1.5를 곱해야 한다.",
    "range": "최댓값에서 최솟값을 뺀 범위이다. 극단값에 그대로 휘둘린다.",
    "half_iqr": "IQR을 2로 나눈 사분위편차이다.",
    "upper_half": "Q3에서 중앙값을 뺀 값이다. 상자의 위쪽 절반만 재었다.",
    "lower_half": "중앙값에서 Q1을 뺀 값이다. 상자의 아래쪽 절반만 재었다.",
    "sum_quartiles": "Q3에서 Q1을 빼지 않고 더한 값이다.",
}


def _outside(values: list[float], low: float, high: float) -> list[float]:
    return [value for value in values if value < low or value > high]


def _sets(values: list[float]) -> dict[str, list[float]]:
    """The values that each rule, right or mistaken, calls outliers."""
    import numpy as np

    q1, q2, q3 = (float(q) for q in np.percentile(values, (25, 50, 75)))
    mean, sd, iqr = float(np.mean(values)), float(np.std(values, ddof=1)), q3 - q1
    fences = {
        "tukey": (q1 - 1.5 * iqr, q3 + 1.5 * iqr),
        "single": (q1 - iqr, q3 + iqr),
        "triple": (q1 - 3 * iqr, q3 + 3 * iqr),
        "upper": (float("-inf"), q3 + 1.5 * iqr),
        "lower": (q1 - 1.5 * iqr, float("inf")),
        "median": (q2 - 1.5 * iqr, q2 + 1.5 * iqr),
        "quartiles": (q1, q3),
        "sigma": (mean - 2 * sd, mean + 2 * sd),
    }
    return {name: sorted(_outside(values, *pair)) for name, pair in fences.items()}


def _recompute(draw: Draw) -> Numbers:
    import numpy as np

    values = draw.numbers("values")
    q1, q2, q3 = (float(q) for q in np.percentile(values, (25, 50, 75)))
    iqr = q3 - q1
    numbers = {"q1": q1, "q2": q2, "q3": q3, "iqr": iqr, "step": 1.5 * iqr}
    for name, times in (("", 1.5), ("_single", 1), ("_triple", 3), ("_half", 0.5)):
        numbers[f"low{name}"], numbers[f"high{name}"] = q1 - times * iqr, q3 + times * iqr
    numbers |= {"low_median": q2 - 1.5 * iqr, "high_median": q2 + 1.5 * iqr}
    numbers |= {"low_crossed": q3 - 1.5 * iqr, "high_crossed": q1 + 1.5 * iqr}
    numbers |= {"upper_half": q3 - q2, "lower_half": q2 - q1, "sum_quartiles": q1 + q3}
    numbers |= {"range": float(np.ptp(values)), "half_iqr": iqr / 2}
    for name, chosen in _sets(values).items():
        numbers[f"count_{name}"], numbers[f"sum_{name}"] = float(len(chosen)), float(sum(chosen))
    return numbers


def _fence_task(side: str, draw: Draw) -> Task:
    q = draw.quantities
    opposite = "low" if side == "high" else "high"
    names = [f"{side}_{form}" for form in ("single", "median", "triple", "crossed", "half")]
    names += [opposite, "q3" if side == "high" else "q1", "step"]
    start, sign = ("Q3", "+") if side == "high" else ("Q1", "-")
    base = q["q3"] if side == "high" else q["q1"]
    return Task(
        name=side,
        key=q[side],
        why=f"{start} {sign} 1.5×IQR = {base:g} {sign} 1.5×{q['iqr']:g} {equals(q[side], 0)}이다.",
        mistakes=_named(names, q),
        digits=0,
    )


def _range_task(draw: Draw) -> Task:
    q = draw.quantities
    names = ["range", "half_iqr", "step", "upper_half", "lower_half", "sum_quartiles", "q3", "q1"]
    reasons = _FENCES | {
        "step": "IQR에 1.5를 곱한 값이다. IQR이 아니라 이상값의 경계까지의 거리이다.",
        "q1": "제1사분위수 Q1 자체이다. 상자의 길이가 아니라 아랫변의 위치이다.",
        "q3": "제3사분위수 Q3 자체이다. 상자의 길이가 아니라 윗변의 위치이다.",
    }
    return Task(
        name="iqr",
        key=q["iqr"],
        why=f"IQR은 Q3 - Q1 = {q['q3']:g} - {q['q1']:g} {equals(q['iqr'], 0)}이다.",
        mistakes=_named(names, q, reasons),
        digits=0,
    )


def _named(names: list[str], q: Numbers, reasons: dict[str, str] = _FENCES) -> tuple[Mistake, ...]:
    """The mistakes that come to whole numbers: the key is one."""
    return tuple(Mistake(n, q[n], reasons[n]) for n in names if q[n].is_integer())


def _body(draw: Draw, asked: str, answer: Answer, why: str, proof: str) -> Body:
    story, q = _STORIES[draw.text("story")], draw.quantities
    listed = ", ".join(map(str, draw.whole("values")))
    return Body(
        stem=f"{story.what}{particle(story.what, '을', '를')} 조사한 자료"
        f"(단위: {story.unit})는 다음과 같다."
        f" 제1사분위수(Q1)는 {q['q1']:g}, 중앙값은 {q['q2']:g},"
        f" 제3사분위수(Q3)는 {q['q3']:g}이다. {asked}\n\n{listed}",
        explanation=why,
        difficulty=2 if "사분위범위(IQR)는" in asked else 3,
        tags=("calculation",),
        sources=("Tukey (1977), Exploratory Data Analysis", "R grDevices::boxplot.stats 도움말"),
        proof=proof,
        answer=answer,
    )


def _vector(draw: Draw) -> str:
    return f"c({', '.join(map(str, draw.whole('values')))})"


def _ask_number(draw: Draw, rng: Random, target: str) -> Body:
    """A fence, or the interquartile range."""
    task = _range_task(draw) if target == "iqr" else _fence_task(target, draw)
    asked = {
        "iqr": "이 자료의 사분위범위(IQR)는?",
        "high": "1.5×IQR 기준으로 이상값을 가르는 위쪽 경계는?",
        "low": "1.5×IQR 기준으로 이상값을 가르는 아래쪽 경계는?",
    }[target]
    q = draw.quantities
    in_r = {
        "iqr": f"{q['q3']:g} - {q['q1']:g}",
        "high": f"{q['q3']:g} + 1.5 * ({q['q3']:g} - {q['q1']:g})",
        "low": f"{q['q1']:g} - 1.5 * ({q['q3']:g} - {q['q1']:g})",
    }[target]
    quartiles = f"all(quantile({_vector(draw)}, c(.25, .75)) == c({q['q1']:g}, {q['q3']:g}))"
    return _body(
        draw,
        f"{asked} ({ROUNDING[0]})",
        number_answer(task, rng.choice((Kind.CHOICE, Kind.NUMBER)), rng),
        _worked_fence(task, q),
        f"{quartiles} && {proof_of(in_r, task)}",
    )


def _worked_fence(task: Task, q: Numbers) -> str:
    if task.name == "iqr":
        return f"{task.why} 가운데 **절반**의 자료가 흩어진 폭이라 극단값에 흔들리지 않는다."
    return (
        f"IQR = Q3 - Q1 = {q['q3']:g} - {q['q1']:g} = {q['iqr']:g}이다. {task.why}"
        " 경계는 평균이 아니라 **사분위수**에서 IQR의 **1.5배**만큼 떨어진 곳이다."
    )


def _ask_outliers(draw: Draw, rng: Random) -> Body:
    """Which values are outliers, as sets to choose from; or how many, as a number."""
    sets = _sets(draw.numbers("values"))
    q = draw.quantities
    where = (
        f"경계는 {q['q1']:g} - 1.5×{q['iqr']:g} = {q['low']:g}, {q['q3']:g} + 1.5×{q['iqr']:g}"
        f" = {q['high']:g}이므로 그 밖의 값은 {_listed(sets['tukey'])}이다."
    )
    tukey = f"c({', '.join(f'{value:g}' for value in sets['tukey'])})"
    asked, answer = (
        ("1.5×IQR 기준으로 이상값을 모두 고른 것은?", _set_answer(sets, where, rng))
        if rng.random() < 0.65
        else (
            f"1.5×IQR 기준으로 이상값은 모두 몇 개인가? ({ROUNDING[0]})",
            _count_answer(draw, where, rng),
        )
    )
    return _body(
        draw,
        asked,
        answer,
        f"{where} 경계의 **안쪽**은 아무리 멀어 보여도 이상값이 아니다.",
        f"local({{x <- {_vector(draw)}; q <- quantile(x, c(.25, .75), names = FALSE);"
        f" setequal(x[x < q[1] - 1.5 * IQR(x) | x > q[2] + 1.5 * IQR(x)], {tukey})}})",
    )


def _listed(values: list[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _set_answer(sets: dict[str, list[float]], where: str, rng: Random) -> Answer:
    texts: dict[str, str] = {_listed(sets["tukey"]): "tukey"}
    for name, chosen in sets.items():
        if chosen and len(chosen) <= 7:
            texts.setdefault(_listed(chosen), name)
    wrong = [(text, name) for text, name in texts.items() if name != "tukey"]
    if len(wrong) < 3:
        raise Collision
    picked = rng.sample(wrong, 3)
    choices = [Choice("tukey", _listed(sets["tukey"]), where, key=True)]
    choices += [Choice(name, text, f"{_RULES[name]} {where}") for text, name in picked]
    rng.shuffle(choices)
    return Answer(Kind.CHOICE, choices=tuple(choices))


def _count_answer(draw: Draw, where: str, rng: Random) -> Answer:
    q = draw.quantities
    names = ("single", "upper", "lower", "median", "quartiles", "triple", "sigma")
    task = Task(
        name="tukey",
        key=q["count_tukey"],
        why=where,
        mistakes=tuple(Mistake(name, q[f"count_{name}"], _RULES[name]) for name in names),
        digits=0,
        gap=0.0,
    )
    return number_answer(task, Kind.NUMBER, rng)


def _compose(draw: Draw, rng: Random) -> Body:
    target = rng.choice(("iqr", "high", "low", "outliers", "outliers"))
    return _ask_outliers(draw, rng) if target == "outliers" else _ask_number(draw, rng, target)


GENERATOR = Generator(
    name="fences",
    title="사분위수와 이상값 경계",
    section="3-1-3",
    detail="이상값 탐지: ESD(3σ), 기하평균±2.5σ, 사분위수(1.5×IQR), boxplot",
    description="사분위수에서 IQR과 1.5×IQR 경계를 구하고 이상값을 가려냅니다.",
    drawn=("story", "values"),
    recompute=_recompute,
    compose=_compose,
)
