"""Regressions computed by others: statsmodels where every entity is alone in its brick, elsewhere Newton's method in
40 digits on the marginal likelihood of the totals, with its Hessian written out rather than by Louis' formula (and held
against differences). Writes reference.json beside it.

    pip install numpy==2.4.6 statsmodels==0.15.0 mpmath==1.4.1
    python test/fit/coefficients/reference.py
"""

import json
from pathlib import Path

import mpmath as mp
import numpy as np
import statsmodels.api as sm

mp.mp.dps = 40
rng = np.random.default_rng(20260522)
kinds = ["plain", "gold", "new"]


def problem(entities, bricks, most, weeks):
    """Entities with three traits, each in up to `most` bricks, and totals of about the size their traits say."""
    x = np.round(rng.normal(3, 2, entities), 3)
    z = np.round(rng.uniform(0, 40, entities), 2)
    kind = rng.integers(0, 3, entities)
    group = rng.integers(0, 3, entities)
    rate = np.exp(0.4 + 0.15 * x - 0.02 * z + np.array([0, 0.5, -0.3])[kind] + np.array([0, 0.2, -0.2])[group])
    cells = []
    for h in range(entities):
        count = int(rng.integers(1, most + 1))
        # alone: bricks of its own; else any
        own = [len(cells) + i for i in range(count)] if bricks is None else rng.choice(bricks, count, replace=False)
        for b in own:
            cells.append((int(b), h, float(np.round(rng.gamma(2, 2) + 0.1, 3))))
    if bricks is not None:  # every brick has someone
        for b in set(range(bricks)) - {c[0] for c in cells}:
            cells.append((b, int(rng.integers(0, entities)), 2.5))
    cells = sorted({(b, h): w for b, h, w in cells}.items())
    count = max(b for (b, _), _ in cells) + 1
    mean = np.zeros(count)
    for (b, h), w in cells:
        mean[b] += w * rate[h]
    totals = np.round(mean * rng.gamma(6, 1 / 6, count), 2)
    return {
        "totals": totals.tolist(),
        "week": rng.integers(0, weeks, count).tolist(),
        "cells": [[b, h, w] for (b, h), w in cells],
        "x": x.tolist(),
        "z": z.tolist(),
        "kind": [kinds[k] for k in kind],
        "group": [f"g{g}" for g in group],
    }


def design(data):
    """Intercept, kind: new, kind: plain (reference: gold), x, z / 10."""
    return [
        [mp.mpf(1), mp.mpf(k == "new"), mp.mpf(k == "plain"), mp.mpf(x), mp.mpf(z) / 10]
        for k, x, z in zip(data["kind"], data["x"], data["z"])
    ]


names = ["(intercept)", "kind: new", "kind: plain", "x", "z/10"]


class Marginal:
    """sum y ln u - u, u_b = sum_h w_bh exp(x_h beta), and its derivatives written out."""

    def __init__(self, data, rows):
        self.y = [mp.mpf(t) for t in data["totals"]]
        self.cells = [(b, h, mp.mpf(w)) for b, h, w in data["cells"]]
        self.rows = rows
        self.size = len(rows[0])
        self.exposure = [mp.mpf(0)] * len(rows)
        for _, h, w in self.cells:
            self.exposure[h] += w

    def at(self, beta, derivatives=True):
        n = self.size
        lam = [mp.exp(mp.fdot(row, beta)) for row in self.rows]
        u = [mp.mpf(0)] * len(self.y)
        j = [[mp.mpf(0)] * n for _ in self.y]
        for b, h, w in self.cells:
            u[b] += w * lam[h]
            for c in range(n):
                j[b][c] += w * lam[h] * self.rows[h][c]
        value = mp.fsum(y * mp.log(v) - v if y else -v for y, v in zip(self.y, u))
        if not derivatives:
            return value
        r = [y / v for y, v in zip(self.y, u)]
        gradient = mp.matrix([mp.fsum((r[b] - 1) * j[b][c] for b in range(len(u))) for c in range(n)])
        hessian = mp.matrix(n, n)
        for b, h, w in self.cells:
            for c in range(n):
                for d in range(n):
                    hessian[c, d] += (r[b] - 1) * w * lam[h] * self.rows[h][c] * self.rows[h][d]
        expected = mp.matrix(n, n)
        middle = mp.matrix(n, n)
        for b in range(len(u)):
            for c in range(n):
                for d in range(n):
                    hessian[c, d] -= r[b] / u[b] * j[b][c] * j[b][d]
                    expected[c, d] += j[b][c] * j[b][d] / u[b]
                    middle[c, d] += (r[b] - 1) ** 2 * j[b][c] * j[b][d]
        pearson = mp.fsum((y - v) ** 2 / v for y, v in zip(self.y, u))
        scores = [[(r[b] - 1) * j[b][c] for c in range(n)] for b in range(len(u))]
        return dict(value=value, gradient=gradient, hessian=hessian, expected=expected, middle=middle,
                    pearson=pearson, scores=scores)


def maximise(m, beta, ridge=None, slope=None, free=None):
    """Newton on value - beta'ridge beta / 2 - slope'beta over the free coordinates, Fisher's matrix far away."""
    n = m.size
    ridge = ridge or mp.matrix(n, n)
    slope = slope or mp.matrix(n, 1)
    free = list(range(n)) if free is None else free
    beta = mp.matrix(beta)
    objective = lambda b: m.at(list(b), False) - (b.T * ridge * b)[0] / 2 - (slope.T * b)[0]
    for _ in range(100):
        s = m.at(list(beta))
        g = s["gradient"] - ridge * beta - slope
        pick = lambda a: mp.matrix([[a[c, d] for d in free] for c in free])
        h = pick(ridge - s["hessian"])
        try:
            mp.cholesky(h)
        except ValueError:
            h = pick(ridge + s["expected"])
        part = mp.lu_solve(h, mp.matrix([g[c] for c in free]))
        step = mp.matrix(n, 1)
        for i, c in enumerate(free):
            step[c] = part[i]
        t, before = mp.mpf(1), objective(beta)
        while objective(beta + t * step) < before and t > 1e-12:
            t /= 2
        beta = beta + t * step
        if max(abs(v) for v in step) < mp.mpf(10) ** -32:
            break
    return beta


def check_hessian(m, beta):
    s = m.at(list(beta))
    e = mp.mpf(10) ** -12
    for c in range(m.size):
        up, down = mp.matrix(beta), mp.matrix(beta)
        up[c] += e
        down[c] -= e
        d = (m.at(list(up))["gradient"] - m.at(list(down))["gradient"]) / (2 * e)
        for k in range(m.size):
            assert abs(d[k] - s["hessian"][k, c]) < mp.mpf(10) ** -15 * (1 + abs(d[k]))
        slope = (m.at(list(up), False) - m.at(list(down), False)) / (2 * e)
        assert abs(slope - s["gradient"][c]) < mp.mpf(10) ** -15 * max(1, abs(s["value"]))


def weighted(m):
    """Means and deviations of the columns, weighed by exposure: what penalties are measured in."""
    whole = mp.fsum(m.exposure)
    means = [mp.fsum(w * row[c] for w, row in zip(m.exposure, m.rows)) / whole for c in range(m.size)]
    deviations = [
        mp.sqrt(mp.fsum(w * (row[c] - means[c]) ** 2 for w, row in zip(m.exposure, m.rows)) / whole)
        for c in range(m.size)
    ]
    return means, deviations


def proportional(m):
    """Pearson / (bricks - 1) of the fit at one common rate: what strengths are times of."""
    rate = mp.fsum(m.y) / mp.fsum(m.exposure)
    w = [mp.mpf(0)] * len(m.y)
    for b, _, x in m.cells:
        w[b] += x
    return mp.fsum((y - rate * v) ** 2 / (rate * v) for y, v in zip(m.y, w)) / (len(m.y) - 1)


def report(m, beta, data, ridge=None, mapping=None):
    """Everything at an optimum; `mapping` turns coefficients into those reported."""
    n = m.size
    ridge = ridge or mp.matrix(n, n)
    mapping = mapping or mp.eye(n)
    s = m.at(list(beta))
    information = ridge - s["hessian"]
    mp.cholesky(information)  # or the observed information is not what is reported
    cov = information ** -1
    shared = (ridge + s["expected"]) ** -1 * s["expected"]
    parameters = mp.fsum(shared[c, c] for c in range(n))
    phi = s["pearson"] / (len(m.y) - parameters)
    weeks = sorted(set(data["week"]))
    sums = {w: mp.matrix(n, 1) for w in weeks}
    for b, w in enumerate(data["week"]):
        for c in range(n):
            sums[w][c] += s["scores"][b][c]
    between = mp.matrix(n, n)
    for v in sums.values():
        between += v * v.T
    between *= mp.mpf(len(weeks)) / (len(weeks) - 1)
    root = lambda v: [float(mp.sqrt((mapping * v * mapping.T)[c, c])) for c in range(n)]
    return {
        "estimate": [float(v) for v in mapping * mp.matrix(beta)],
        "standardError": root(phi * cov),
        "sandwichError": root(cov * s["middle"] * cov),
        "blockError": root(cov * between * cov),
        "logLikelihood": float(s["value"]),
        "dispersion": float(phi),
        "parameters": float(parameters),
    }


def glm(data):
    rows = design(data)
    X = np.array([[float(v) for v in rows[h]] for _, h, _ in data["cells"]])
    y = np.array([data["totals"][b] for b, _, _ in data["cells"]])
    offset = np.log([w for _, _, w in data["cells"]])
    weeks = np.array([data["week"][b] for b, _, _ in data["cells"]])
    model = sm.GLM(y, X, family=sm.families.Poisson(), offset=offset)
    how = dict(tol=1e-15, maxiter=200)
    fit = model.fit(scale="X2", **how)
    plain = model.fit(**how)
    hc0 = model.fit(cov_type="HC0", **how)
    cluster = model.fit(cov_type="cluster", cov_kwds={"groups": weeks, "use_correction": False}, **how)
    blocks = len(set(weeks))
    return {
        "estimate": fit.params.tolist(),
        "standardError": fit.bse.tolist(),
        "poissonError": plain.bse.tolist(),
        "sandwichError": hc0.bse.tolist(),
        "blockError": (cluster.bse * np.sqrt(blocks / (blocks - 1))).tolist(),
        "logLikelihood": float(np.sum(y * np.log(fit.mu) - fit.mu)),
        "deviance": float(fit.deviance),
        "dispersion": float(fit.pearson_chi2 / fit.df_resid),
        "parameters": X.shape[1],
    }


def lasso(m, strength):
    """Coordinate search for which coefficients stay, then Newton on them; the conditions of optimality are asserted."""
    _, deviations = weighted(m)
    kappa = strength * proportional(m)
    weights = [mp.mpf(0)] + [kappa * d for d in deviations[1:]]
    beta = maximise(m, [mp.log(mp.fsum(m.y) / mp.fsum(m.exposure))] + [0] * (m.size - 1), free=[0])
    # proximal gradient, long enough to see the signs
    s = m.at(list(beta))
    lipschitz = max(mp.eigsy(s["expected"], eigvals_only=True)) * 4
    current = mp.matrix(beta)
    scale = [mp.mpf(1) / mp.sqrt(s["expected"][c, c]) for c in range(m.size)]
    for _ in range(400):
        s = m.at(list(current))
        for c in range(m.size):
            t = scale[c] ** 2 / 6
            wish = current[c] + t * s["gradient"][c]
            less = t * weights[c]
            current[c] = wish - less if wish > less else wish + less if wish < -less else mp.mpf(0)
    for _ in range(5):
        free = [c for c in range(m.size) if c == 0 or current[c] != 0]
        slope = mp.matrix([weights[c] * mp.sign(current[c]) for c in range(m.size)])
        beta = maximise(m, current, slope=slope, free=free)
        g = m.at(list(beta))["gradient"]
        wrong = [c for c in range(1, m.size) if c not in free and abs(g[c]) > weights[c]]
        flipped = [c for c in free if c and mp.sign(beta[c]) != mp.sign(current[c])]
        if not wrong and not flipped:
            break
        raise AssertionError((wrong, flipped))
    for c in range(1, m.size):
        excess = abs(g[c] - weights[c] * mp.sign(beta[c])) if beta[c] else abs(g[c]) - weights[c]
        assert excess < mp.mpf(10) ** -20 * (weights[c] if beta[c] else 1), (c, excess)
    s = m.at(list(beta))
    return {
        "estimate": [float(v) for v in beta],
        "logLikelihood": float(s["value"]),
        "dispersion": float(s["pearson"] / (len(m.y) - len(free))),
        "parameters": len(free),
        "weights": [float(w) for w in weights],
    }


def ridge(m, data, strength):
    means, deviations = weighted(m)
    kappa = strength * proportional(m)
    penalty = mp.matrix(m.size, m.size)
    for c in range(1, m.size):
        penalty[c, c] = kappa * deviations[c] ** 2
    start = [mp.log(mp.fsum(m.y) / mp.fsum(m.exposure))] + [0] * (m.size - 1)
    return report(m, maximise(m, start, ridge=penalty), data, penalty)


def by_group(data, spread):
    """Each group's own coefficients beside the common ones: a ridge of dispersion / spread^2 on them, at the columns'
    means and in units of their deviations."""
    rows = design(data)
    plain = Marginal(data, rows)
    size = plain.size
    means, deviations = weighted(plain)
    groups = sorted(set(data["group"]))
    standard = [[mp.mpf(1)] + [(row[c] - means[c]) / deviations[c] for c in range(1, size)] for row in rows]
    wide = []
    for row, g in zip(standard, data["group"]):
        wide.append(row + [v for k in groups for v in (row if k == g else [mp.mpf(0)] * size)])
    m = Marginal(data, wide)
    penalty = mp.matrix(m.size, m.size)
    for c in range(size, m.size):
        penalty[c, c] = proportional(plain) / mp.mpf(spread) ** 2
    back = mp.eye(size)
    for c in range(1, size):
        back[c, c] = 1 / deviations[c]
        back[0, c] = -means[c] / deviations[c]
    mapping = mp.matrix(m.size, m.size)
    for part in range(len(groups) + 1):
        for c in range(size):
            for d in range(size):
                mapping[part * size + c, part * size + d] = back[c, d]
    start = [mp.log(mp.fsum(m.y) / mp.fsum(m.exposure))] + [0] * (m.size - 1)
    beta = maximise(m, start, ridge=penalty)
    return {"groups": groups, **report(m, beta, data, penalty, mapping)}


def run():
    alone = problem(40, None, 4, 7)
    one_each = problem(45, None, 1, 6)
    mixed = problem(50, 64, 4, 8)
    m = Marginal(mixed, design(mixed))
    start = [mp.log(mp.fsum(m.y) / mp.fsum(m.exposure))] + [0] * (m.size - 1)
    beta = maximise(m, start)
    check_hessian(m, list(beta))
    # the two ways agree where both apply
    both = Marginal(alone, design(alone))
    ours, theirs = report(both, maximise(both, [0] * 5), alone), glm(alone)
    for key in ["estimate", "standardError", "sandwichError", "blockError"]:
        assert np.allclose(ours[key], theirs[key], rtol=1e-10), key
    out = {
        "terms": names,
        "problems": {"alone": alone, "oneEach": one_each, "mixed": mixed},
        "glm": {"alone": glm(alone), "oneEach": glm(one_each)},
        "marginal": report(m, beta, mixed),
        "ridge": [{"strength": k, **ridge(m, mixed, mp.mpf(k))} for k in [0.5, 20]],
        "lasso": [{"strength": k, **lasso(m, mp.mpf(k))} for k in [0.5, 12, 22, 32]],
        "by": [{"spread": k, **by_group(mixed, k)} for k in [0.3, 0.1]],
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")
    print({k: v["estimate"] for k, v in out["glm"].items()}, out["marginal"], [c["estimate"] for c in out["lasso"]])


run()
