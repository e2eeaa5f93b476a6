"""Metrics of a 2x2 confusion matrix."""

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


@dataclass(frozen=True)
class _Story:
    lead: str
    positive: str
    negative: str


_STORIES = {
    "fraud": _Story("한 카드사가 이상 거래 탐지 모형으로 거래 {n}건을 판정", "이상", "정상"),
    "spam": _Story("메일 서비스의 스팸 분류기로 메일 {n}통을 분류", "스팸", "정상"),
    "disease": _Story("새로 개발한 진단 모형으로 수검자 {n}명을 판정", "환자", "비환자"),
    "churn": _Story("통신사가 이탈 예측 모형으로 가입자 {n}명을 분류", "이탈", "유지"),
    "defect": _Story("공장의 영상 검사 모형으로 제품 {n}개를 검사", "불량", "양품"),
    "default": _Story("은행이 신용평가 모형으로 대출 고객 {n}명을 분류", "연체", "상환"),
    "purchase": _Story("온라인 쇼핑몰이 방문자 {n}명의 구매 여부를 예측", "구매", "미구매"),
    "dropout": _Story("온라인 강의 업체가 수강생 {n}명의 중도 포기를 예측", "포기", "완주"),
}

_NAMES = {
    "precision": "정밀도(Precision)",
    "recall": "재현율(Recall)",
    "specificity": "특이도(Specificity)",
    "f1": "F1 점수(F1-Score)",
    "accuracy": "정확도(Accuracy)",
    "error": "오분류율(Error Rate)",
}

_FORMULAS = {
    "precision": ("TP / (TP + FP)", "{tp} / ({tp} + {fp})"),
    "recall": ("TP / (TP + FN)", "{tp} / ({tp} + {fn})"),
    "specificity": ("TN / (TN + FP)", "{tn} / ({tn} + {fp})"),
    "f1": ("2·TP / (2·TP + FP + FN)", "2 * {tp} / (2 * {tp} + {fp} + {fn})"),
    "accuracy": ("(TP + TN) / 전체", "({tp} + {tn}) / {n}"),
    "error": ("(FP + FN) / 전체", "({fp} + {fn}) / {n}"),
}

_LESSONS = {
    "precision": "정밀도의 분모는 **양성으로 예측한 것**, 재현율의 분모는 **실제 양성**이다.",
    "recall": "재현율(민감도)의 분모는 **실제 양성**이다. 예측이 아니라 실제 쪽의 합계로 나눈다.",
    "specificity": "특이도는 **실제 음성**을 음성으로 맞힌 비율이다. 재현율의 음성 쪽 짝이다.",
    "f1": "F1은 정밀도와 재현율의 **조화평균**이다. 맞힌 음성(TN)은 들어가지 않는다.",
    "accuracy": "정확도는 **대각선의 합**을 전체로 나눈다. 오분류율은 1에서 정확도를 뺀 값이다.",
    "error": "오분류율은 **틀린 두 칸의 합**을 전체로 나눈다. 1 - 정확도와 같다.",
}

_WRONG = {
    "precision": "정밀도 {tp} / ({tp} + {fp})의 값이다. 양성으로 예측한 것으로 나누었다.",
    "recall": "재현율 {tp} / ({tp} + {fn})의 값이다. 실제 양성으로 나누었다.",
    "specificity": "특이도 {tn} / ({tn} + {fp})의 값이다. 실제 음성으로 나누었다.",
    "f1": "정밀도와 재현율의 조화평균인 F1의 값이다.",
    "accuracy": "정확도 ({tp} + {tn}) / {n}의 값이다. 음성까지 맞힌 것을 전체로 나누었다.",
    "error": "오분류율 ({fp} + {fn}) / {n}의 값이다. 틀린 것을 전체로 나누었다.",
    "npv": "음성으로 예측한 것 가운데 맞힌 비율 {tn} / ({tn} + {fn})이다.",
    "fpr": "실제 음성을 양성으로 잘못 본 비율 {fp} / ({fp} + {tn})이다.",
    "fnr": "실제 양성을 놓친 비율 {fn} / ({fn} + {tp})이다.",
    "fdr": "양성으로 예측했으나 틀린 비율 {fp} / ({fp} + {tp})이다.",
    "tp_share": "맞힌 양성 {tp_obj} 전체 {n_ro} 나누어 분모를 잘못 썼다.",
    "tn_share": "맞힌 음성 {tn_obj} 전체 {n_ro} 나누어 분모를 잘못 썼다.",
    "fp_share": "잘못 본 음성 {fp}만 전체 {n_ro} 나누고 놓친 양성 {fn_obj} 빠뜨렸다.",
    "fn_share": "놓친 양성 {fn}만 전체 {n_ro} 나누고 잘못 본 음성 {fp_obj} 빠뜨렸다.",
    "mean_pr": "정밀도와 재현율의 산술평균이다. F1은 조화평균이다.",
    "half_f1": "정밀도와 재현율의 곱을 합으로 나누고 2를 곱하지 않은 값이다.",
    "product_pr": "정밀도와 재현율을 곱하기만 한 값이다.",
    "balanced": "재현율과 특이도의 평균인 균형 정확도이다. 두 집단의 크기를 셈하지 않았다.",
}

_MISTAKES = {
    "precision": ("recall", "tp_share", "accuracy", "npv", "fdr", "specificity"),
    "recall": ("precision", "tp_share", "specificity", "accuracy", "fnr"),
    "specificity": ("recall", "npv", "tn_share", "accuracy", "fpr"),
    "f1": ("mean_pr", "precision", "recall", "accuracy", "half_f1", "product_pr"),
    "accuracy": ("precision", "recall", "f1", "balanced", "tp_share", "error", "specificity"),
    "error": ("accuracy", "fdr", "fnr", "fpr", "fp_share", "fn_share"),
}


def _recompute(draw: Draw) -> Numbers:
    """From one label a case, as a program would score predictions."""
    import numpy as np
    from scipy.spatial.distance import dice, hamming

    actual = np.repeat([True, True, False, False], draw.whole("counts"))
    predicted = np.repeat([True, False, True, False], draw.whole("counts"))
    precision, recall = float(actual[predicted].mean()), float(predicted[actual].mean())
    specificity, error = float((~predicted)[~actual].mean()), float(hamming(actual, predicted))
    f1 = 1 - float(dice(actual, predicted))
    return {
        "precision": precision,
        "recall": recall,
        "specificity": specificity,
        "f1": f1,
        "accuracy": 1 - error,
        "error": error,
        "npv": float((~actual)[~predicted].mean()),
        "fpr": 1 - specificity,
        "fnr": 1 - recall,
        "fdr": 1 - precision,
        "tp_share": float((actual & predicted).mean()),
        "tn_share": float((~actual & ~predicted).mean()),
        "fp_share": float((~actual & predicted).mean()),
        "fn_share": float((actual & ~predicted).mean()),
        "mean_pr": (precision + recall) / 2,
        "half_f1": f1 / 2,
        "product_pr": precision * recall,
        "balanced": (recall + specificity) / 2,
    }


def _cells(draw: Draw) -> dict[str, int | str]:
    """The four counts, their sum, and the particles that follow them in a sentence."""
    counts = dict(zip(("tp", "fn", "fp", "tn"), draw.whole("counts"), strict=True))
    counts["n"] = sum(counts.values())
    cells: dict[str, int | str] = {**counts}
    return (
        cells
        | {f"{name}_obj": taken(count) for name, count in counts.items()}
        | {"n_ro": toward(counts["n"])}
    )


def _table(story: _Story, cells: dict[str, int | str], rows_are_actual: bool) -> str:
    """The table with the actual classes in rows, or in columns."""
    yes, no = story.positive, story.negative
    rows, columns = ("실제", "예측") if rows_are_actual else ("예측", "실제")
    upper, lower = ("fn", "fp") if rows_are_actual else ("fp", "fn")
    return "\n".join(
        (
            f"| | {columns} {yes} | {columns} {no} |",
            "|---|---|---|",
            f"| {rows} {yes} | {cells['tp']} | {cells[upper]} |",
            f"| {rows} {no} | {cells[lower]} | {cells['tn']} |",
        )
    )


def _task(metric: str, draw: Draw, cells: dict[str, int | str]) -> Task:
    formula, numbers = _FORMULAS[metric]
    name = _NAMES[metric].split("(")[0]
    worked = numbers.format(**cells).replace("*", "×")
    return Task(
        name=metric,
        key=draw.quantities[metric],
        why=f"{name}{particle(_spoken(name), '은', '는')} {formula} = {worked}"
        f" {equals(draw.quantities[metric], 2)}이다.",
        mistakes=tuple(
            Mistake(other, draw.quantities[other], _WRONG[other].format(**cells))
            for other in _MISTAKES[metric]
        ),
    )


def _spoken(name: str) -> str:
    return "점수" if name.startswith("F1") else name


def _compose(draw: Draw, rng: Random) -> Body:
    metric = rng.choice(list(_NAMES))
    kind = rng.choice((Kind.CHOICE, Kind.NUMBER))
    story, cells = _STORIES[draw.text("story")], _cells(draw)
    task = _task(metric, draw, cells)
    formula, numbers = _FORMULAS[metric]
    lead = story.lead.format(n=f"{cells['n']:,}")
    name = _NAMES[metric]
    return Body(
        stem=f"{lead}한 결과가 다음 표와 같다. '{story.positive}'"
        f"{particle(story.positive, '을', '를')} 양성(Positive)으로 볼 때"
        f" {name}{particle(_spoken(name.split('(')[0]), '은', '는')}? ({ROUNDING[2]})\n\n"
        + _table(story, cells, rng.random() < 0.6),
        explanation=f"TP = {cells['tp']}, FN = {cells['fn']}, FP = {cells['fp']},"
        f" TN = {cells['tn']}이므로 {formula} = {numbers.format(**cells).replace('*', '×')}"
        f" {equals(task.key, 2).replace(' ', ' **')}**이다. {_LESSONS[metric]}",
        difficulty=3 if metric != "f1" else 4,
        tags=("calculation",),
        sources=("혼동행렬 지표의 정의", "Fawcett (2006), An introduction to ROC analysis"),
        proof=proof_of(numbers.format(**cells), task),
        answer=number_answer(task, kind, rng),
    )


GENERATOR = Generator(
    name="confusion",
    title="혼동행렬 지표 계산",
    section="3-3-2",
    detail="혼동행렬 지표(정확도·정밀도·재현율/민감도·특이도·F1/Fβ·오분류율·카파)",
    description="2×2 혼동행렬에서 정밀도, 재현율, 특이도, F1, 정확도, 오분류율을 구합니다.",
    drawn=("story", "counts"),
    recompute=_recompute,
    compose=_compose,
)
