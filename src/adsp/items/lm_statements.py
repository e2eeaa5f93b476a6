"""What can be said of a printed regression, rightly and wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adsp.items.answers import Statement, shown
from adsp.items.generator import Collision
from adsp.items.printed import p_text
from adsp.items.wording import toward

if TYPE_CHECKING:
    from adsp.items.generator import Draw

_VERDICTS = {
    True: ("유의하다", "유의하지 않다"),
    False: ("유의하지 않다", "유의하다"),
}
"""Right and wrong verdict by whether p is below 0.05."""


def statements(draw: Draw) -> list[Statement]:
    """All that can be asked of this very print."""
    common = [
        _slope(draw),
        _explained(draw),
        _adjusted(draw),
        _size(draw),
        _sigma(draw),
        _model(draw),
        _coefficient(draw, 1),
    ]
    if draw.drawn["z"]:
        return [*common, _coefficient(draw, 2)]
    return [*common, _correlation(draw), _f_is_t_squared(draw)]


def _slope(draw: Draw) -> Statement:
    names, b = draw.texts("names"), draw.quantities["b1"]
    fixed = f"{names[2]}의 값이 같을 때 " if draw.drawn["z"] else ""
    size = f"{abs(b):.3f}"
    right, wrong = ("늘어난다", "줄어든다") if b > 0 else ("줄어든다", "늘어난다")
    claim = f"{fixed}{names[1]}의 값이 1만큼 커지면 {names[0]}의 평균은 약 {size}만큼"
    why = f"{names[1]}의 Estimate가 {b:.3f}이므로 {right}."
    return Statement(
        "slope", f"{claim} {right}.", why, f"{claim} {wrong}.", f"부호를 반대로 읽었다. {why}"
    )


def _explained(draw: Draw) -> Statement:
    """R squared, against the share that is left."""
    q, y = draw.quantities, draw.texts("names")[0]
    right, wrong = f"{q['r2']:.1%}", f"{1 - q['r2']:.1%}"
    if abs(q["r2"] - 0.5) < 0.03:
        raise Collision
    why = f"설명된 변동의 비율은 Multiple R-squared인 {q['r2']:.4f}이다."
    return Statement(
        "r-squared",
        f"{y}의 변동 가운데 이 모형으로 설명되는 비율은 약 {right}이다.",
        why,
        f"{y}의 변동 가운데 이 모형으로 설명되는 비율은 약 {wrong}이다.",
        f"{wrong}는 설명되지 않고 남은 비율이다. {why}",
    )


def _model(draw: Draw) -> Statement:
    q = draw.quantities
    right, wrong = _VERDICTS[q["pf"] < 0.05]
    claim = "F 검정으로 보아 이 회귀모형은 유의수준 0.05에서 통계적으로"
    why = f"F-statistic의 p값이 {p_text(q['pf'])}이므로 모형은 {right}."
    return Statement(
        "model",
        f"{claim} {right}.",
        why,
        f"{claim} {wrong}.",
        f"p값을 거꾸로 읽었다. {why}",
        theme="" if draw.drawn["z"] else "test",
    )


def _size(draw: Draw) -> Statement:
    q, coefficients = draw.quantities, 3 if draw.drawn["z"] else 2
    n, df = f"{q['n']:g}", f"{q['df']:g}"
    why = f"잔차의 자유도 {df}에 절편을 포함한 계수 {coefficients}개를 더하면 {n}이다."
    return Statement(
        "n",
        f"잔차의 자유도로 보아 분석에 쓴 관측값은 모두 {n}개이다.",
        why,
        f"잔차의 자유도로 보아 분석에 쓴 관측값은 모두 {df}개이다.",
        f"자유도를 그대로 관측값의 수로 읽었다. {why}",
    )


def _sigma(draw: Draw) -> Statement:
    q = draw.quantities
    sigma = f"{q['sigma']:.2f}"
    why = f"Residual standard error가 약 {sigma}이고, 이것은 분산이 아니라 표준편차의 추정값이다."
    return Statement(
        "sigma",
        f"오차항의 표준편차는 약 {toward(sigma)} 추정된다.",
        why,
        f"오차항의 분산은 약 {toward(sigma)} 추정된다.",
        f"분산은 이 값의 제곱인 약 {q['sigma'] ** 2:.2f}이다. {why}",
    )


def _coefficient(draw: Draw, place: int) -> Statement:
    name, p = draw.texts("names")[place], draw.quantities[f"p{place}"]
    right, wrong = _VERDICTS[p < 0.05]
    claim = f"유의수준 0.05에서 {name}의 회귀계수는 통계적으로"
    why = f"{name}의 Pr(>|t|)가 {p_text(p)}이므로 {right}."
    return Statement(
        f"coefficient-{place}",
        f"{claim} {right}.",
        why,
        f"{claim} {wrong}.",
        f"귀무가설은 계수가 0이라는 것이고 p값이 0.05보다 작아야 유의하다. {why}",
        theme="" if draw.drawn["z"] else "test",
    )


def _correlation(draw: Draw) -> Statement:
    q, (y, x) = draw.quantities, draw.texts("names")
    r, r2 = shown(q["r"], 3), shown(q["r2"] * (1 if q["r"] > 0 else -1), 3)
    why = f"단순회귀의 상관계수는 결정계수의 제곱근 √{q['r2']:.4f}에 기울기의 부호를 붙인 {r}이다."
    return Statement(
        "correlation",
        f"{x}와 {y}의 표본상관계수는 약 {r}이다.",
        why,
        f"{x}와 {y}의 표본상관계수는 약 {r2}이다.",
        f"결정계수를 상관계수로 읽었다. {why}",
    )


def _f_is_t_squared(draw: Draw) -> Statement:
    q, x = draw.quantities, draw.texts("names")[1]
    why = f"단순회귀에서는 F = {q['f']:.2f}, t = {q['t1']:.3f}이고 F = t²이라 두 p값이 같다."
    return Statement(
        "f-and-t",
        f"F 검정의 p값과 {x}의 계수에 대한 t 검정의 p값이 서로 같다.",
        why,
        f"F 검정의 p값은 {x}의 계수에 대한 t 검정의 p값의 제곱이다.",
        f"제곱이 되는 것은 p값이 아니라 통계량이다. {why}",
    )


def _adjusted(draw: Draw) -> Statement:
    q = draw.quantities
    r2, adjusted = f"{q['r2']:.3f}", f"{q['adjusted']:.3f}"
    if r2 == adjusted:
        raise Collision
    why = f"수정된 결정계수는 변수의 수를 감안하여 {r2}보다 작은 {adjusted}이다."
    return Statement(
        "adjusted",
        f"설명변수의 수를 감안한 수정된 결정계수는 약 {adjusted}이다.",
        why,
        f"설명변수의 수를 감안한 수정된 결정계수는 약 {r2}이다.",
        f"수정하지 않은 결정계수를 읽었다. {why}",
    )
