"""Reading what summary(lm()) prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.bank.question import Kind
from adsp.items import lm_statements as say
from adsp.items.answers import ROUNDING, Mistake, Task, number_answer, proof_of, statement_answer
from adsp.items.generator import Body, Draw, Generator, Numbers
from adsp.items.lm_numbers import recompute
from adsp.items.printed import SHARE_OF_NEGATIVES, SHARE_OF_STATEMENTS, asked, exhibit, introduced
from adsp.items.wording import equals, taken, toward, toward_word
from adsp.text import particle

if TYPE_CHECKING:
    from random import Random

_STORIES = {
    "ads": ("상품의 판매량(sales)을", "광고비", "가격"),
    "study": ("시험 점수(score)를", "공부 시간", "수면 시간"),
    "house": ("월세(rent)를", "집의 넓이", "지은 뒤의 햇수"),
    "ice": ("아이스크림 판매량(cones)을", "기온", "행사 횟수"),
    "car": ("자동차의 연비(mileage)를", "무게", "출력"),
    "farm": ("수확량(yield)을", "비료의 양", "강수량"),
    "staff": ("월급(pay)을", "근속연수", "교육 횟수"),
}
"""What is explained, with its particle, and by what."""


def _lead(draw: Draw) -> str:
    response, *features = _STORIES[draw.text("story")]
    names = draw.texts("names")[1:]
    named = [f"{feature}({name})" for feature, name in zip(features, names, strict=False)]
    end = toward_word(features[len(names) - 1])
    if len(named) == 1:
        return f"{response} {named[0]}{end} 설명한"
    return f"{response} {named[0]}{particle(features[0], '과', '와')} {named[1]}{end} 설명한"


def _compose(draw: Draw, rng: Random) -> Body:
    if rng.random() < SHARE_OF_STATEMENTS:
        return _read(draw, rng)
    simple = not draw.drawn["z"]
    targets = (_ratio, _size, _correlation, _prediction) if simple else (_ratio, _size)
    return rng.choice(targets)(draw, rng, rng.choice((Kind.CHOICE, Kind.NUMBER)))


def _read(draw: Draw, rng: Random) -> Body:
    negative = rng.random() < SHARE_OF_NEGATIVES
    q = draw.quantities
    predictors = 2 if draw.drawn["z"] else 1
    return Body(
        stem=f"{introduced(_lead(draw), '회귀분석', rng)} {asked(negative)}",
        explanation=f"계수의 유의성은 Pr(>|t|), 모형의 유의성은 F의 p값, 설명력은 **Multiple"
        f" R-squared {q['r2']:.4f}**에서 읽는다. 관측값의 수는 자유도 {q['df']:g}에 추정한 계수"
        f" {predictors + 1}개를 더한 {q['n']:g}이다.",
        difficulty=3 if predictors == 1 else 4,
        tags=("output", "negative") if negative else ("output",),
        sources=("R stats::summary.lm 도움말",),
        proof=_proof(
            draw,
            f"nobs(m) == {q['n']:g} &&"
            f" isTRUE(all.equal(round(summary(m)$r.squared, 4), {q['r2']:.4f}))",
        ),
        answer=statement_answer(say.statements(draw), negative, rng),
        exhibit=exhibit(draw),
    )


def _proof(draw: Draw, test: str) -> str:
    data = draw.text("data").strip().replace("\n", "; ")
    model = draw.text("call").removeprefix("summary(").removesuffix(")")
    return f"local({{{data}; m <- {model}; {test}}})"


@dataclass(frozen=True)
class _Asked:
    """One number to find in the output."""

    ask: str
    lesson: str
    proof: str
    difficulty: int


def _number(draw: Draw, rng: Random, asked_for: _Asked, task: Task, kind: Kind) -> Body:
    return Body(
        stem=f"{introduced(_lead(draw), '회귀분석', rng)}"
        f" {asked_for.ask} ({ROUNDING[task.digits]})",
        explanation=f"{asked_for.lesson} {task.why}",
        difficulty=asked_for.difficulty,
        tags=("output", "calculation"),
        sources=("R stats::summary.lm 도움말",),
        proof=asked_for.proof,
        answer=number_answer(task, kind, rng),
        exhibit=exhibit(draw),
    )


def _mistakes(q: Numbers, reasons: dict[str, str]) -> tuple[Mistake, ...]:
    return tuple(Mistake(name, q[name], why) for name, why in reasons.items())


def _ratio(draw: Draw, rng: Random, kind: Kind) -> Body:
    """t = estimate / standard error, from the two alone: the print would show it."""
    q, name = draw.quantities, draw.texts("names")[1]
    b, se, n = f"{q['shown_b1']:g}", f"{q['shown_se1']:g}", f"{q['n']:g}"
    reasons = {
        "t_inverse": f"분자와 분모를 바꾸어 {taken(se)} {toward(b)} 나누었다.",
        "t_product": "추정값과 표준오차를 나누지 않고 곱한 값이다.",
        "t_less_one": "추정값에서 1을 뺐다. 귀무가설의 값은 0이다.",
        "t_over_root": f"표준오차를 √n = {toward(f'√{n}')} 한 번 더 나눈 것으로 나누었다.",
        "t_over_df": f"표준오차에 √df = {taken('√' + format(q['df'], 'g'))} 곱한 것으로 나누었다.",
        "t_square": "t를 제곱한 값이다. 설명변수가 하나인 모형의 F에 해당한다.",
        "shown_b1": "추정값을 표준오차로 나누지 않고 그대로 적었다.",
    }
    task = Task(
        "t", q["shown_t"], f"t = {b} / {se} {equals(q['shown_t'], 2)}이다.", _mistakes(q, reasons)
    )
    return Body(
        stem=f"다음은 관측값 {n}개로 {_lead(draw)} 회귀분석에서 {name}의 회귀계수에 관한 값이다."
        f" 이 회귀계수가 0이라는 귀무가설을 검정하는 t값은? ({ROUNDING[2]})\n\n"
        f"| 변수 | Estimate | Std. Error |\n|---|---|---|\n| {name} | {b} | {se} |",
        explanation=f"회귀계수의 t값은 **추정값을 표준오차로 나눈 값**이다. {task.why}"
        " 표준오차에는 표본의 크기가 이미 들어 있다.",
        difficulty=2,
        tags=("calculation",),
        sources=("R stats::summary.lm 도움말",),
        proof=proof_of(f"{b} / {se}", task),
        answer=number_answer(task, kind, rng),
    )


def _size(draw: Draw, rng: Random, kind: Kind) -> Body:
    """The number of observations from the residual degrees of freedom."""
    df, coefficients = round(draw.quantities["df"]), 3 if draw.drawn["z"] else 2
    n = df + coefficients
    task = Task(
        name="n",
        key=n,
        why=f"관측값의 수는 {df} + {coefficients} = {n}이다.",
        mistakes=(
            Mistake("df", df, f"잔차의 자유도 {taken(df)} 그대로 관측값의 수로 읽었다."),
            Mistake("intercept", n - 1, "절편을 빼고 설명변수의 수만 자유도에 더하였다."),
            Mistake("response", n + 1, "반응변수까지 세어 자유도에 하나를 더 더하였다."),
            Mistake("minus", df - coefficients, "자유도에 계수의 수를 더하지 않고 뺐다."),
            Mistake("twice", n + coefficients, "계수의 수를 자유도에 두 번 더하였다."),
        ),
        digits=0,
        gap=0.0,
    )
    asked_for = _Asked(
        "분석에 쓴 관측값의 수는?",
        f"잔차의 자유도는 n에서 절편을 포함한 **추정한 계수의 수 {coefficients}** 를 뺀 값이다.",
        _proof(draw, f"nobs(m) == {n}"),
        3,
    )
    return _number(draw, rng, asked_for, task, kind)


def _correlation(draw: Draw, rng: Random, kind: Kind) -> Body:
    """The correlation of a simple regression: the signed root of R squared."""
    q, (y, x) = draw.quantities, draw.texts("names")
    sign = "+" if q["b1"] > 0 else "-"
    reasons = {
        "r2": "결정계수를 그대로 적었다. 제곱근을 씌워야 한다.",
        "r_adjusted": "수정된 결정계수의 제곱근이다.",
        "unexplained": "설명되지 않은 비율 1 - R²이다.",
        "r_squared_twice": "결정계수에 제곱근을 씌우지 않고 제곱하였다.",
        "root_unexplained": "설명되지 않은 비율 1 - R²의 제곱근이다.",
        "adjusted": "수정된 결정계수를 그대로 적었다.",
    }
    mistakes = _mistakes(q, reasons)
    opposite = Mistake("sign", -q["r"], "부호가 기울기와 반대이다.")
    if kind is Kind.CHOICE and q["b1"] < 0:  # a lone minus sign among four would be the key
        mistakes = tuple(
            Mistake(m.name, -abs(m.value), m.why + " 부호만 기울기를 따랐다.") for m in mistakes
        )
    task = Task(
        name="r",
        key=q["r"],
        why=f"상관계수는 {sign}√{q['r2']:.4f} {equals(q['r'], 2)}이다.",
        mistakes=(*mistakes, opposite),
    )
    asked_for = _Asked(
        f"{x}와 {y}의 표본상관계수는?",
        "단순회귀의 결정계수는 상관계수의 **제곱**이고, 상관계수의 부호는 기울기와 같다.",
        _proof(draw, proof_of(f"cor({x}, {y})", task)),
        4,
    )
    return _number(draw, rng, asked_for, task, kind)


def _prediction(draw: Draw, rng: Random, kind: Kind) -> Body:
    """The fitted value at a given point."""
    q, (y, x) = draw.quantities, draw.texts("names")
    at = draw.whole("at")[0]
    line = f"{q['b0']:.3f} {'+' if q['b1'] > 0 else '-'} {abs(q['b1']):.3f}×{at}"
    reasons = {
        "no_intercept": "절편을 더하지 않고 기울기에 x만 곱한 값이다.",
        "swapped": "절편과 기울기를 바꾸어 쓴 값이다.",
        "no_product": "기울기와 x를 곱하지 않고 모두 더한 값이다.",
        "intercept_se": "기울기 대신 그 표준오차를 x에 곱한 값이다.",
        "minus_intercept": "절편을 더하지 않고 뺀 값이다.",
    }
    task = Task(
        name="predicted",
        key=q["predicted"],
        why=f"예측값은 {line} {equals(q['predicted'], 1)}이다.",
        mistakes=_mistakes(q, reasons),
        digits=1,
        slack=0.1,
    )
    asked_for = _Asked(
        f"{x}의 값이 {at}일 때 이 모형으로 예측한 {y}의 값은?",
        "예측값은 **절편 + 기울기 × x**이다. Estimate 열의 두 값을 쓴다.",
        _proof(draw, proof_of(f"sum(coef(m) * c(1, {at}))", task)),
        3,
    )
    return _number(draw, rng, asked_for, task, kind)


GENERATOR = Generator(
    name="lm",
    title="회귀분석 출력 읽기",
    section="3-2-2",
    detail="lm summary 출력 해석",
    description="R의 summary(lm()) 출력에서 계수, 유의성, 결정계수와 관측값의 수를 읽습니다.",
    drawn=("story", "names", "y", "x", "z", "at", "data", "call"),
    recompute=recompute,
    compose=_compose,
)
