"""Reading what t.test() prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adsp.bank.question import Kind
from adsp.items import ttest_statements as say
from adsp.items.answers import (
    ROUNDING,
    Mistake,
    Task,
    number_answer,
    proof_of,
    statement_answer,
)
from adsp.items.generator import Body, Draw, Generator, Numbers
from adsp.items.printed import SHARE_OF_NEGATIVES, SHARE_OF_STATEMENTS, asked, exhibit, introduced
from adsp.items.wording import equals, taken

if TYPE_CHECKING:
    from random import Random

_STORIES = {
    "bolt": "볼트의 길이(length, mm)의 평균이 {mu}인지 알아본",
    "snack": "과자 한 봉지의 무게(weight, g)의 평균이 {mu}인지 알아본",
    "wait": "은행 창구의 대기 시간(wait, 분)의 평균이 {mu}인지 알아본",
    "sleep": "수험생의 수면 시간(sleep, 시간)의 평균이 {mu}인지 알아본",
    "lecture": "영상 강의(video)와 대면 강의(campus)를 들은 학생의 점수를 비교한",
    "feed": "두 사료(feedA, feedB)를 먹인 병아리의 무게를 비교한",
    "page": "옛 화면(old)과 새 화면(new)을 본 방문자의 머문 시간을 비교한",
    "battery": "두 생산 라인(lineA, lineB)에서 만든 전지의 수명을 비교한",
    "branch": "북부(north)와 남부(south) 지점의 하루 매출을 비교한",
    "soil": "모래흙(sand)과 진흙(clay)에서 자란 식물의 키를 비교한",
    "app": "두 운영체제(android, ios) 이용자의 하루 사용 시간을 비교한",
    "diet": "같은 사람의 식이요법 전(before)과 후(after)의 몸무게를 비교한",
    "training": "같은 사람의 훈련 전(pre)과 후(post)의 기록을 비교한",
    "drug": "같은 환자가 위약(placebo)과 신약(drug)을 먹었을 때의 혈압을 비교한",
}


def _recompute(draw: Draw) -> Numbers:
    import numpy as np
    from scipy import stats

    first, second = np.array(draw.numbers("first")), np.array(draw.numbers("second"))
    mu = draw.numbers("mu")[0]
    match form := draw.text("form"):
        case "one":
            result: Any = stats.ttest_1samp(first, mu)
        case "paired":
            result = stats.ttest_rel(first, second)
        case _:
            result = stats.ttest_ind(first, second, equal_var=form == "pooled")
    base = mu if form == "one" else 0.0
    difference = float(first.mean()) - (mu if form == "one" else float(second.mean()))
    t, df = float(result.statistic), float(result.df)
    se = difference / t
    half = float(stats.t.ppf(0.975, df)) * se
    return {
        "t": t,
        "df": df,
        "p": float(result.pvalue),
        "se": se,
        "half": half,
        "low": base + difference - half,
        "high": base + difference + half,
        "n1": float(len(first)),
        "n2": float(len(second)),
        "mean1": float(first.mean()),
        "mean2": float(second.mean()) if len(second) else 0.0,
        "difference": difference,
        "sd": se * len(first) ** 0.5,
        "inverse": 1 / se,
        "product": t * difference,
        "over_n": se / len(first) ** 0.5,
    }


def _story(draw: Draw) -> str:
    return _STORIES[draw.text("story")].format(mu=f"{draw.numbers('mu')[0]:g}")


def _compose(draw: Draw, rng: Random) -> Body:
    if rng.random() < SHARE_OF_STATEMENTS:
        return _read(draw, rng)
    kind = rng.choice((Kind.CHOICE, Kind.NUMBER))
    countable = draw.text("form") != "welch"
    target = rng.choice(("size", "error")) if countable else "error"
    return _count(draw, rng, kind) if target == "size" else _error(draw, rng, kind)


def _read(draw: Draw, rng: Random) -> Body:
    negative = rng.random() < SHARE_OF_NEGATIVES
    q = draw.quantities
    return Body(
        stem=f"{introduced(_story(draw), 't 검정', rng)} {asked(negative)}",
        explanation=f"t = {q['t']:.3f}, 자유도 {q['df']:g}의 양측 p값이"
        f" {'0.05보다 작아 귀무가설을 기각' if q['p'] < 0.05 else '0.05 이상이라 기각하지 못'}한다."
        " **95% 신뢰구간이 귀무가설의 값을 품는지**를 보아도 유의수준 0.05의 결론은 같다.",
        difficulty=3,
        tags=("output", "negative") if negative else ("output",),
        sources=("R stats::t.test 도움말",),
        proof=_proof(draw, f"(r$p.value < 0.05) == {'TRUE' if q['p'] < 0.05 else 'FALSE'}"),
        answer=statement_answer(say.statements(draw), negative, rng),
        exhibit=exhibit(draw),
    )


@dataclass(frozen=True)
class _Asked:
    """One number to find in the output; ``test`` is R that looks at the result ``r``."""

    ask: str
    lesson: str
    test: str
    difficulty: int


@dataclass(frozen=True)
class _Size:
    """How the number of cases is found from the degrees of freedom."""

    asked: str
    added: int


_SIZES = {
    "one": _Size("분석에 쓴 관측값의 수는?", 1),
    "paired": _Size("분석에 쓴 짝(대상)의 수는?", 1),
    "pooled": _Size("두 집단을 합한 전체 관측값의 수는?", 2),
}


def _count(draw: Draw, rng: Random, kind: Kind) -> Body:
    """The size of the sample from the printed degrees of freedom."""
    size, df = _SIZES[draw.text("form")], round(draw.quantities["df"])
    added, other = size.added, 3 - size.added
    task = Task(
        name="size",
        key=df + added,
        why=f"표본의 크기는 자유도 {df} + {added} = {df + added}이다.",
        mistakes=(
            Mistake("df", df, f"자유도 {taken(df)} 그대로 표본의 크기로 읽었다."),
            Mistake("other", df + other, f"추정한 평균을 {other}개로 보고 자유도에 더했다."),
            Mistake("minus", df - added, f"자유도에 {added}만큼 더하지 않고 뺐다."),
            Mistake("twice", 2 * (df + added), "표본의 크기에 2를 한 번 더 곱하였다."),
            Mistake("third", df + 3, "추정한 모수를 3개로 보고 자유도에 3을 더했다."),
        ),
        digits=0,
        gap=0.0,
    )
    asked_for = _Asked(
        size.asked,
        "t 검정의 자유도는 표본의 크기에서 **추정한 평균의 수**를 뺀 값이다.",
        f"r$parameter + {added} == {df + added}",
        3,
    )
    return _numeric(draw, rng, asked_for, task, kind)


def _error(draw: Draw, rng: Random, kind: Kind) -> Body:
    """The standard error from the printed t and means."""
    q = draw.quantities
    what = {"one": "표본평균의", "paired": "차이 평균의"}.get(
        draw.text("form"), "두 표본평균의 차의"
    )
    task = Task(
        name="se",
        key=q["se"],
        why=f"표준오차는 {q['difference']:.3f} / {q['t']:.3f} {equals(q['se'], 2)}이다.",
        mistakes=(
            Mistake("half", q["half"], "신뢰구간의 반너비이다. t 분포의 분위수가 곱해져 있다."),
            Mistake("inverse", q["inverse"], "분자와 분모를 바꾸어 t를 차이로 나눈 값이다."),
            Mistake("sd", q["sd"], "√n을 곱한 표준편차이다. 표준오차와 다르다."),
            Mistake("over", q["over_n"], "이미 표준오차인 값을 √n으로 한 번 더 나누었다."),
            Mistake("product", abs(q["product"]), "차이를 t로 나누지 않고 곱한 값이다."),
            Mistake("difference", abs(q["difference"]), "t로 나누기 전의 차이의 크기이다."),
            Mistake("width", 2 * q["half"], "신뢰구간의 위 끝에서 아래 끝을 뺀 너비이다."),
        ),
        slack=0.005,
    )
    if draw.text("form") in {"pooled", "welch"}:
        # Two samples have no one standard deviation and no one n.
        kept = tuple(m for m in task.mistakes if m.name not in {"sd", "over"})
        task = Task(task.name, task.key, task.why, kept, slack=task.slack)
    asked_for = _Asked(
        f"이 검정에 쓰인 {what} 표준오차는?",
        "t = (추정값 - 귀무가설의 값) / **표준오차**이므로 차이를 t로 나누면 표준오차를 되찾는다.",
        proof_of("r$stderr", task),
        4,
    )
    return _numeric(draw, rng, asked_for, task, kind)


def _numeric(draw: Draw, rng: Random, asked_for: _Asked, task: Task, kind: Kind) -> Body:
    return Body(
        stem=f"{introduced(_story(draw), 't 검정', rng)} {asked_for.ask} ({ROUNDING[task.digits]})",
        explanation=f"{asked_for.lesson} {task.why}",
        difficulty=asked_for.difficulty,
        tags=("output", "calculation"),
        sources=("R stats::t.test 도움말",),
        proof=_proof(draw, asked_for.test),
        answer=number_answer(task, kind, rng),
        exhibit=exhibit(draw),
    )


def _proof(draw: Draw, test: str) -> str:
    data = draw.text("data").strip().replace("\n", "; ")
    return f"local({{{data}; r <- {draw.text('call')}; {test}}})"


GENERATOR = Generator(
    name="ttest",
    title="t 검정 출력 읽기",
    section="3-2-2",
    detail="t 검정(일표본·독립·대응)",
    description="R의 t.test() 출력에서 t, 자유도, p값, 신뢰구간과 결론을 읽습니다.",
    drawn=("story", "form", "names", "mu", "first", "second", "data", "call"),
    recompute=_recompute,
    compose=_compose,
)
