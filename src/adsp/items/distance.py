"""Distances of two points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.bank.question import Kind
from adsp.items.answers import ROUNDING, Mistake, Task, number_answer, proof_of
from adsp.items.generator import Body, Draw, Generator, Numbers
from adsp.items.wording import equals
from adsp.text import particle

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True)
class _Story:
    who: str
    features: tuple[str, str, str]


_STORIES = {
    "customer": _Story("고객", ("월 방문 횟수", "월 구매 건수", "찜한 상품 수")),
    "student": _Story("학생", ("출석 일수", "과제 제출 수", "질문 횟수")),
    "store": _Story("매장", ("직원 수", "진열대 수", "하루 입고 횟수")),
    "product": _Story("상품", ("별점 후기 수", "반품 건수", "재주문 건수")),
    "team": _Story("팀", ("승리 수", "무승부 수", "득점 수")),
    "patient": _Story("환자", ("통증 점수", "복용 약 수", "입원 일수")),
}

_NAMES = {
    "euclidean": "유클리드 거리(Euclidean distance)",
    "manhattan": "맨해튼 거리(Manhattan distance)",
    "chebyshev": "체비셰프 거리(Chebyshev distance)",
    "minkowski": "민코프스키 거리(Minkowski distance, 차수 3)",
}
_LESSONS = {
    "euclidean": "차이를 **제곱하여 더한 뒤 제곱근**을 씌운다.",
    "manhattan": "차이의 **절댓값을 모두 더한다**. 축을 따라 움직인 길이이다.",
    "chebyshev": "차이의 절댓값 가운데 **가장 큰 것** 하나만 쓴다.",
    "minkowski": "차수가 1이면 맨해튼, 2이면 유클리드이고, **커질수록 체비셰프에 다가간다**.",
}
_WRONG = {
    "euclidean": "차이 {gaps}의 제곱합에 제곱근을 씌운 유클리드 거리이다.",
    "manhattan": "차이의 절댓값 {gaps}의 합인 맨해튼 거리이다.",
    "chebyshev": "차이의 절댓값 {gaps} 가운데 가장 큰 것인 체비셰프 거리이다.",
    "minkowski": "차이 {gaps}의 세제곱합에 세제곱근을 씌운 차수 3의 민코프스키 거리이다.",
    "squared": "차이 {gaps}의 제곱합이다. 제곱근을 씌우지 않았다.",
    "cubed": "차이 {gaps}의 세제곱합이다. 세제곱근을 씌우지 않았다.",
    "smallest": "차이의 절댓값 {gaps} 가운데 가장 작은 것이다.",
    "net": "차이를 부호가 있는 채로 더해 서로 지워지게 한 값이다.",
    "added": "좌표를 빼지 않고 모두 더한 값이다.",
    "product": "차이의 절댓값 {gaps}{gaps_obj} 더하지 않고 곱한 값이다.",
    "mean_gap": "차이의 절댓값 {gaps}의 평균이다. 거리는 변수의 수로 나누지 않는다.",
    "root_mean_square": "제곱합을 변수의 수 {size}개로 나눈 뒤 제곱근을 씌운 값이다.",
    "root_manhattan": "차이를 제곱하지 않고 더한 뒤 제곱근을 씌운 값이다.",
    "cube_root_squares": "제곱합에 제곱근이 아니라 세제곱근을 씌운 값이다.",
    "root_cubes": "세제곱합에 세제곱근이 아니라 제곱근을 씌운 값이다.",
    "third_of_cubes": "세제곱합에 세제곱근을 씌우지 않고 3으로 나눈 값이다.",
    "half_of_squares": "제곱합에 제곱근을 씌우지 않고 2로 나눈 값이다.",
}
_MISTAKES = {
    "euclidean": (
        *("manhattan", "squared", "chebyshev", "root_mean_square", "minkowski"),
        *("root_manhattan", "half_of_squares", "cube_root_squares", "net"),
    ),
    "manhattan": ("euclidean", "chebyshev", "net", "squared", "smallest", "product", "added"),
    "chebyshev": ("manhattan", "euclidean", "smallest", "net", "squared", "mean_gap"),
    "minkowski": (
        *("euclidean", "root_cubes", "cube_root_squares", "third_of_cubes"),
        *("manhattan", "cubed", "chebyshev", "root_mean_square"),
    ),
}


def _recompute(draw: Draw) -> Numbers:
    import numpy as np
    from scipy.spatial import distance

    one, other = np.array(draw.numbers("first")), np.array(draw.numbers("second"))
    gap = np.abs(one - other)
    euclidean, cubes = float(distance.euclidean(one, other)), float(np.sum(gap**3))
    squared, manhattan = (
        float(distance.sqeuclidean(one, other)),
        float(distance.cityblock(one, other)),
    )
    return {
        "euclidean": euclidean,
        "manhattan": manhattan,
        "chebyshev": float(distance.chebyshev(one, other)),
        "minkowski": float(distance.minkowski(one, other, p=3)),
        "squared": squared,
        "cubed": cubes,
        "smallest": float(gap.min()),
        "net": abs(float((one - other).sum())),
        "added": float(one.sum() + other.sum()),
        "product": float(gap.prod()),
        "mean_gap": manhattan / len(gap),
        "root_mean_square": euclidean / len(gap) ** 0.5,
        "root_manhattan": manhattan**0.5,
        "cube_root_squares": float(np.cbrt(squared)),
        "root_cubes": cubes**0.5,
        "third_of_cubes": cubes / 3,
        "half_of_squares": squared / 2,
    }


_WORKED = {
    "euclidean": ("√({})", " + ", "{}²", "sqrt({})", " + ", "{}^2"),
    "manhattan": ("{}", " + ", "{}", "{}", " + ", "{}"),
    "chebyshev": ("max({})", ", ", "{}", "max({})", ", ", "{}"),
    "minkowski": ("({})^(1/3)", " + ", "{}³", "({})^(1/3)", " + ", "{}^3"),
}
"""Frame, joint and term of the worked line, then of the R expression."""


def _worked(metric: str, gaps: list[str], *, in_r: bool = False) -> str:
    frame, joint, term = _WORKED[metric][3:] if in_r else _WORKED[metric][:3]
    return frame.format(joint.join(term.format(gap) for gap in gaps))


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-9


def _serves(name: str, value: float, key: float, kind: Kind) -> bool:
    """Whether a mistake may stand beside the key.

    Choices are whole numbers all, or broken ones all: else the form gives the key away. And only
    the forgotten root may be far off: nobody chooses 606 for a distance of 12.
    """
    if kind is Kind.NUMBER:
        return _is_whole(value) or not _is_whole(key)
    return _is_whole(value) == _is_whole(key) and (value <= 6 * key or name == "squared")


def _task(metric: str, draw: Draw, gaps: list[str], kind: Kind) -> Task:
    key = draw.quantities[metric]
    digits = 0 if _is_whole(key) else 2
    joined = ", ".join(gaps)
    words = {"gaps": joined, "gaps_obj": particle(joined, "을", "를"), "size": len(gaps)}
    name = _NAMES[metric].split("(")[0]
    return Task(
        name=metric,
        key=key,
        why=f"{name}는 {_worked(metric, gaps)} {equals(key, digits)}이다.",
        mistakes=tuple(
            Mistake(other, draw.quantities[other], _WRONG[other].format(**words))
            for other in _MISTAKES[metric]
            if _serves(other, draw.quantities[other], key, kind)
        ),
        digits=digits,
        gap=0.02,
    )


def _compose(draw: Draw, rng: Random) -> Body:
    metric = rng.choice(list(_NAMES))
    kind = rng.choice((Kind.CHOICE, Kind.NUMBER))
    story = _STORIES[draw.text("story")]
    first, second = draw.whole("first"), draw.whole("second")
    gaps = [str(abs(one - other)) for one, other in zip(first, second, strict=True)]
    task = _task(metric, draw, gaps, kind)
    rounding = ROUNDING[task.digits]
    names = story.features[: len(first)]
    rows = (
        f"| {story.who} {label} | {' | '.join(map(str, point))} |"
        for label, point in (("A", first), ("B", second))
    )
    table = "\n".join((f"| | {' | '.join(names)} |", "|---" * (len(first) + 1) + "|", *rows))
    return Body(
        stem=f"두 {story.who} A, B를 {len(first)}개의 변수로 나타낸 것이 다음 표와 같다."
        f" 변수를 표준화하지 않을 때 두 {story.who} 사이의 {_NAMES[metric]}는?"
        f" ({rounding})\n\n{table}",
        explanation=f"변수마다 차이의 절댓값을 구하면 {', '.join(gaps)}이므로"
        f" {_worked(metric, gaps)} {equals(task.key, task.digits).replace(' ', ' **')}**이다."
        f" {_LESSONS[metric]}",
        difficulty={"minkowski": 4, "chebyshev": 3}.get(metric, 2),
        tags=("calculation",),
        sources=("거리 측도의 정의", "R stats::dist 도움말"),
        proof=proof_of(_worked(metric, gaps, in_r=True), task),
        answer=number_answer(task, kind, rng),
    )


GENERATOR = Generator(
    name="distance",
    title="두 점 사이의 거리 계산",
    section="3-3-3",
    detail="거리(유클리드·맨해튼·민코프스키·체비셰프·마할라노비스·표준화·캔버라)",
    description="두 개체 사이의 유클리드, 맨해튼, 체비셰프, 민코프스키 거리를 구합니다.",
    drawn=("story", "first", "second"),
    recompute=_recompute,
    compose=_compose,
)
