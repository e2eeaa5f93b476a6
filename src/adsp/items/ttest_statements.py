"""What can be said of a printed t test, rightly and wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adsp.items.answers import Statement
from adsp.items.generator import Collision
from adsp.items.printed import p_text
from adsp.items.wording import taken
from adsp.text import particle

if TYPE_CHECKING:
    from adsp.items.generator import Draw

_CONCLUDES = {
    True: ("기각한다", "기각하지 못한다"),
    False: ("기각하지 못한다", "기각한다"),
}
"""Right and wrong verdict by whether the null hypothesis is rejected."""


def statements(draw: Draw) -> list[Statement]:
    """All that can be asked of this very print."""
    common = [
        _decision(draw),
        _p_value(draw),
        _interval(draw),
        _level(draw),
        _alternative(draw),
        _wider(draw),
    ]
    return [*common, _equal_variances(draw) if _two(draw) else _size(draw)]


def _two(draw: Draw) -> bool:
    return draw.text("form") in {"pooled", "welch"}


def _parameter(draw: Draw) -> str:
    """The parameter that is tested."""
    names = draw.texts("names")
    if draw.text("form") == "one":
        return f"{names[0]}의 모평균"
    if draw.text("form") == "paired":
        return f"짝지은 차이({names[0]} - {names[1]})의 모평균"
    return f"{names[0]}와 {names[1]}의 모평균의 차"


def _null(draw: Draw) -> str:
    return f"{draw.numbers('mu')[0]:g}" if draw.text("form") == "one" else "0"


def _decision(draw: Draw) -> Statement:
    p = draw.quantities["p"]
    right, wrong = _CONCLUDES[p < 0.05]
    compared = "작으므로" if p < 0.05 else "크므로"
    null = _null(draw)
    claim = f"유의수준 0.05에서 {_subject(draw)} {null}{particle(null, '이', '')}라는 귀무가설을"
    why = f"p값이 {p_text(p)}이고 0.05보다 {compared} 귀무가설을 {right}."
    return Statement(
        "decision",
        f"{claim} {right}.",
        why,
        f"{claim} {wrong}.",
        f"결론을 뒤집었다. {why}",
        theme="decision",
    )


def _subject(draw: Draw) -> str:
    parameter = _parameter(draw)
    return f"{parameter}{particle(parameter, '이', '가')}"


def _level(draw: Draw) -> Statement:
    """The same p value against another significance level."""
    p = draw.quantities["p"]
    level = 0.01 if p < 0.05 else 0.1
    if abs(p - level) < 0.001:
        raise Collision
    right, wrong = _CONCLUDES[p < level]
    compared = "작으므로" if p < level else "크므로"
    claim = f"유의수준을 {level:g}로 바꾸면 같은 자료에서 귀무가설을"
    why = f"p값이 {p_text(p)}이고 {level:g}보다 {compared} {right}."
    wrong_why = f"p값을 {level:g}과 거꾸로 견주었다. {why}"
    return Statement("level", f"{claim} {right}.", why, f"{claim} {wrong}.", wrong_why)


def _p_value(draw: Draw) -> Statement:
    said = p_text(draw.quantities["p"])
    why = "p값은 귀무가설을 참이라 두고 셈한 확률이지, 가설이 참이나 거짓일 확률이 아니다."
    return Statement(
        "p-value",
        f"귀무가설이 참일 때 이만큼 극단적인 t값이 나올 확률이 {said}이다.",
        why,
        f"이 자료를 보았을 때 귀무가설이 참일 확률은 {said}이다.",
        f"조건의 앞뒤를 바꾸었다. {why}",
    )


def _interval(draw: Draw) -> Statement:
    q, null = draw.quantities, _null(draw)
    low, high = f"{q['low']:.2f}", f"{q['high']:.2f}"
    right, wrong = ("품지 않는다", "품는다") if q["p"] < 0.05 else ("품는다", "품지 않는다")
    held = taken(null)
    claim = f"{_parameter(draw)}의 95% 신뢰구간은 귀무가설의 값 {held}"
    why = f"신뢰구간은 약 {low}부터 {high}까지이므로 {held} {right}."
    return Statement(
        "interval",
        f"{claim} {right}.",
        why,
        f"{claim} {wrong}.",
        f"구간의 끝을 잘못 읽었다. {why}",
        theme="decision",
    )


def _wider(draw: Draw) -> Statement:
    width = f"{draw.quantities['high'] - draw.quantities['low']:.2f}"
    claim = f"신뢰수준을 99%로 높이면 신뢰구간의 너비는 지금의 약 {width}보다"
    why = "신뢰수준을 높이려면 더 큰 t 분위수를 곱하여야 하므로 구간이 넓어진다."
    return Statement(
        "wider",
        f"{claim} 커진다.",
        why,
        f"{claim} 작아진다.",
        f"신뢰수준과 정밀도를 같은 것으로 보았다. {why}",
    )


def _alternative(draw: Draw) -> Statement:
    parameter, null = _subject(draw), _null(draw)
    null_is = f"{null}{particle(null, '이', '가')}"
    why = f"출력에 'not equal to {null}'이라고 쓰인 양측 검정이다."
    return Statement(
        "alternative",
        f"대립가설은 {parameter} {null_is} 아니라는 양측 가설이다.",
        why,
        f"대립가설은 {parameter} {null}보다 크다는 단측 가설이다.",
        f"단측 검정이라면 greater나 less로 쓰인다. {why}",
    )


def _size(draw: Draw) -> Statement:
    n = round(draw.quantities["n1"])
    what = "관측값은" if draw.text("form") == "one" else "짝지은 대상은"
    why = f"자유도가 n - 1 = {n - 1}이므로 n은 {n}이다."
    return Statement(
        "size",
        f"자유도로 보아 이 분석에 쓴 {what} 모두 {n}개이다.",
        why,
        f"자유도로 보아 이 분석에 쓴 {what} 모두 {n - 1}개이다.",
        f"자유도를 그대로 표본의 크기로 읽었다. {why}",
    )


def _equal_variances(draw: Draw) -> Statement:
    assumed = draw.text("form") == "pooled"
    claims = (
        "두 모집단의 분산이 같다고 보고 합동분산을 쓴 검정 결과이다.",
        "두 모집단의 분산이 같다고 보지 않은 웰치(Welch) 검정 결과이다.",
    )
    df = draw.quantities["df"]
    why = (
        f"제목에 Welch가 없고 자유도가 n1 + n2 - 2인 {df:g}이므로 등분산을 가정하였다."
        if assumed
        else f"제목이 Welch이고 자유도가 약 {df:.2f}이고 정수가 아니므로 등분산을 가정하지 않았다."
    )
    right, wrong = claims if assumed else claims[::-1]
    return Statement("variances", right, why, wrong, f"두 검정을 서로 바꾸었다. {why}")
