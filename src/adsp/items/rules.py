"""Support, confidence and lift of a rule, from counts or from a list of baskets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.bank.question import Kind
from adsp.items.answers import ROUNDING, Mistake, Task, number_answer, proof_of
from adsp.items.generator import Body, Draw, Generator, Numbers
from adsp.items.wording import equals, taken, toward
from adsp.text import particle

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class _Story:
    place: str
    act: str
    """What is done with an item, as it stands before a noun."""
    goods: tuple[str, str, str, str, str]


_STORIES = {
    "mart": _Story("동네 마트", "산", ("우유", "식빵", "달걀", "커피", "라면")),
    "cafe": _Story("한 카페", "주문한", ("라떼", "쿠키", "케이크", "주스", "샌드위치")),
    "bookshop": _Story("온라인 서점", "산", ("소설", "시집", "잡지", "만화", "여행서")),
    "pharmacy": _Story("한 약국", "산", ("비타민", "마스크", "소화제", "반창고", "홍삼")),
    "stationer": _Story("학교 앞 문구점", "산", ("공책", "볼펜", "지우개", "색연필", "풀")),
    "streaming": _Story("영상 서비스", "시청한", ("드라마", "영화", "예능", "뉴스", "스포츠")),
}

_NAMES = {
    "support": "지지도(Support)",
    "confidence": "신뢰도(Confidence)",
    "lift": "향상도(Lift)",
}
_FORMULAS = {
    "support": ("P(A∩B)", "{both} / {n}"),
    "confidence": ("P(A∩B) / P(A)", "{both} / {a}"),
    "lift": ("P(A∩B) / (P(A)·P(B))", "({both} / {n}) / (({a} / {n}) * ({b} / {n}))"),
}
_LESSONS = {
    "support": "지지도의 분모는 언제나 **전체 거래 수**이다. 그래서 방향을 바꾸어도 값이 같다.",
    "confidence": "신뢰도의 분모는 규칙의 **왼쪽(조건)** 을 만족하는 거래 수이다.",
    "lift": "향상도는 신뢰도를 **결과 품목의 비율**로 나눈 값이고, 1이면 서로 독립이다.",
}
_WRONG = {
    "support": "지지도 {both} / {n}의 값이다. 전체 거래로 나누었다.",
    "confidence": "신뢰도 {both} / {a}의 값이다. '{first}' 거래로 나누었다.",
    "lift": "향상도의 값이다. 신뢰도를 P({second}) = {b} / {n_ro} 한 번 더 나누었다.",
    "reverse_confidence": "방향을 바꾼 '{second} → {first}'의 신뢰도 {both} / {b}이다.",
    "share_a": "'{first}'의 비율 {a} / {n}이다. 두 품목이 함께 든 거래를 세지 않았다.",
    "share_b": "'{second}'의 비율 {b} / {n}이다. 두 품목이 함께 든 거래를 세지 않았다.",
    "union": "함께 든 {both}건을 어느 한쪽이라도 든 거래 수로 나눈 자카드 계수이다.",
    "expected": "두 품목이 독립이라고 보고 ({a} / {n}) × ({b} / {n})으로 곱한 값이다.",
    "inverse_lift": "분자와 분모를 바꾸어 P({first})·P({second})를 지지도로 나눈 값이다.",
    "twice_a": "신뢰도를 P({second})가 아니라 P({first}) = {a} / {n_ro} 다시 나눈 값이다.",
    "either": "어느 한쪽이라도 든 거래의 비율이다. 교집합이 아니라 합집합을 세었다.",
    "gain": "신뢰도에서 P({second}) = {b} / {n_obj} 나누지 않고 뺀 값이다.",
}
_MISTAKES = {
    "support": ("confidence", "reverse_confidence", "expected", "union", "share_a", "either"),
    "confidence": ("reverse_confidence", "support", "lift", "union", "share_a", "share_b"),
    "lift": (
        *("confidence", "support", "inverse_lift", "twice_a"),
        *("reverse_confidence", "union", "gain"),
    ),
}


def _recompute(draw: Draw) -> Numbers:
    """From one row a transaction: given, or rebuilt from the counts."""
    import numpy as np

    a, b = _columns(draw)
    support, share_a, share_b = (float(np.mean(x)) for x in (a & b, a, b))
    confidence, reverse = float(b[a].mean()), float(a[b].mean())
    return {
        "support": support,
        "confidence": confidence,
        "lift": confidence / share_b,
        "reverse_confidence": reverse,
        "share_a": share_a,
        "share_b": share_b,
        "union": int((a & b).sum()) / int((a | b).sum()),
        "expected": share_a * share_b,
        "inverse_lift": share_b / confidence,
        "twice_a": confidence / share_a,
        "either": float((a | b).mean()),
        "gain": confidence - share_b,
    }


def _columns(draw: Draw) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    import numpy as np

    n, count_a, count_b, both = draw.whole("counts")
    if draw.text("form") == "baskets":
        table = np.array(draw.whole("baskets"), dtype=bool).reshape(-1, 5)
        first, second = draw.whole("rule")
        return table[:, first - 1], table[:, second - 1]
    place = np.arange(n)
    return place < count_a, (place >= count_a - both) & (place < count_a - both + count_b)


def _words(draw: Draw, story: _Story) -> dict[str, int | str]:
    """What the sentences need: the two items, the counts, and particles after them."""
    first, second = (story.goods[place - 1] for place in draw.whole("rule"))
    n, a, b, both = draw.whole("counts")
    return {
        "first": first,
        "second": second,
        "n": n,
        "a": a,
        "b": b,
        "both": both,
        "n_ro": toward(n),
        "n_obj": taken(n),
    }


def _situation(draw: Draw, story: _Story) -> str:
    """The counts in a sentence, or the baskets in a table."""
    first, second = (story.goods[place - 1] for place in draw.whole("rule"))
    n, a, b, both = draw.whole("counts")
    if draw.text("form") == "counts":
        return (
            f"{story.place}의 거래 {n:,}건을 살펴보니 {first}{particle(first, '을', '를')}"
            f" {story.act} 거래가 {a:,}건, {second}{particle(second, '을', '를')} {story.act}"
            f" 거래가 {b:,}건이고, 둘을 함께 {story.act} 거래는 {both:,}건이었다."
        )
    return f"다음은 {story.place}에서 고객 {n}명이 {story.act} 품목을 거래마다 적은 것이다."


def _baskets(draw: Draw, story: _Story) -> str:
    if draw.text("form") == "counts":
        return ""
    marks = draw.whole("baskets")
    rows = [marks[start : start + 5] for start in range(0, len(marks), 5)]
    lines = [
        f"| T{number} | {', '.join(g for g, mark in zip(story.goods, row, strict=True) if mark)} |"
        for number, row in enumerate(rows, start=1)
    ]
    return "\n\n" + "\n".join(("| 거래 | 품목 |", "|---|---|", *lines))


def _task(measure: str, draw: Draw, words: dict[str, int | str]) -> Task:
    formula, numbers = _FORMULAS[measure]
    name = _NAMES[measure].split("(")[0]
    worked = numbers.format(**words).replace("*", "×")
    return Task(
        name=measure,
        key=draw.quantities[measure],
        why=f"'{words['first']} → {words['second']}'의 {name}는 {formula} = {worked}"
        f" {equals(draw.quantities[measure], 2)}이다.",
        mistakes=tuple(
            Mistake(other, draw.quantities[other], _WRONG[other].format(**words))
            for other in _MISTAKES[measure]
        ),
    )


def _compose(draw: Draw, rng: Random) -> Body:
    measure = rng.choice(list(_NAMES))
    kind = rng.choice((Kind.CHOICE, Kind.NUMBER))
    story = _STORIES[draw.text("story")]
    words = _words(draw, story)
    task = _task(measure, draw, words)
    formula, numbers = _FORMULAS[measure]
    return Body(
        stem=f"{_situation(draw, story)} 연관규칙 '{words['first']} → {words['second']}'의"
        f" {_NAMES[measure]}는? ({ROUNDING[2]}){_baskets(draw, story)}",
        explanation=f"전체 {words['n']:,}건 가운데 {words['first']} {words['a']}건,"
        f" {words['second']} {words['b']}건, 둘 다 {words['both']}건이므로"
        f" {formula} = {numbers.format(**words).replace('*', '×')}"
        f" {equals(task.key, 2).replace(' ', ' **')}**이다."
        f" {_LESSONS[measure]}",
        difficulty=3 if measure == "lift" else 2,
        tags=("calculation",),
        sources=("연관규칙의 지지도·신뢰도·향상도 정의", "Agrawal & Srikant (1994), Apriori"),
        proof=proof_of(numbers.format(**words), task),
        answer=number_answer(task, kind, rng),
    )


GENERATOR = Generator(
    name="rules",
    title="연관규칙 측도 계산",
    section="3-3-4",
    detail="지지도·신뢰도·향상도 계산",
    description="거래 건수나 거래 목록에서 연관규칙의 지지도, 신뢰도, 향상도를 구합니다.",
    drawn=("story", "form", "rule", "counts", "baskets"),
    recompute=_recompute,
    compose=_compose,
)
