"""The quantities of a regression again, in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adsp.items.generator import Draw, Numbers


def recompute(draw: Draw) -> Numbers:
    """By least squares on the design matrix, and the t and F distributions of scipy."""
    import numpy as np
    from scipy import stats

    columns = [np.array(draw.numbers(name)) for name in ("x", "z") if draw.drawn[name]]
    y, n = np.array(draw.numbers("y")), len(draw.drawn["y"])
    design = np.column_stack([np.ones(n), *columns])
    k, df = len(columns), n - len(columns) - 1
    b = np.linalg.lstsq(design, y, rcond=None)[0]
    rss, tss = float(np.sum((y - design @ b) ** 2)), float(np.sum((y - y.mean()) ** 2))
    se = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * rss / df)
    p = [float(value) for value in 2 * stats.t.sf(np.abs(b / se), df)]
    r2 = 1 - rss / tss
    f = r2 / k / ((1 - r2) / df)
    return {
        "n": float(n),
        "df": float(df),
        "b0": float(b[0]),
        "b1": float(b[1]),
        "b2": float(b[2]) if k == 2 else 0.0,
        "se0": float(se[0]),
        "se1": float(se[1]),
        "t1": float(b[1] / se[1]),
        "p0": p[0],
        "p1": p[1],
        "p2": p[2] if k == 2 else 0.0,
        "r2": r2,
        "sigma": (rss / df) ** 0.5,
        "f": f,
        "pf": float(stats.f.sf(f, k, df)),
        **_correlations(r2, 1 - (1 - r2) * (n - 1) / df, float(b[1])),
        **_ratios(round(float(b[1]), 3), round(float(se[1]), 3), n, df),
        **_predictions(float(b[0]), float(b[1]), float(se[1]), draw.numbers("at")[0]),
    }


def _correlations(r2: float, adjusted: float, slope: float) -> Numbers:
    sign = 1.0 if slope > 0 else -1.0
    return {
        "adjusted": adjusted,
        "r": sign * r2**0.5,
        "r_adjusted": sign * adjusted**0.5,
        "unexplained": 1 - r2,
        "r_squared_twice": r2**2,
        "root_unexplained": (1 - r2) ** 0.5,
    }


def _ratios(b: float, se: float, n: int, df: int) -> Numbers:
    """The t value of rounded figures, and what mistakes make of them."""
    return {
        "shown_b1": b,
        "shown_se1": se,
        "shown_t": b / se,
        "t_inverse": se / b,
        "t_product": b * se,
        "t_less_one": (b - 1) / se,
        "t_over_root": b / (se / n**0.5),
        "t_over_df": b / (se * df**0.5),
        "t_square": (b / se) ** 2,
    }


def _predictions(b0: float, b1: float, se1: float, at: float) -> Numbers:
    return {
        "predicted": b0 + b1 * at,
        "swapped": b1 + b0 * at,
        "no_intercept": b1 * at,
        "minus_intercept": b1 * at - b0,
        "intercept_se": b0 + se1 * at,
        "no_product": b0 + b1 + at,
    }
