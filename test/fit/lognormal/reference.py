"""Posterior modes under pooling on ln productivity (lognormal, tree, crossed), standard errors there and under gamma
pooling, estimated spreads, one large problem, and a problem with two optima. Writes reference.json beside it.

Every mode is found by Newton's method on productivities and group values together, from several starts, and then
corrected with gradients in 40 digits. A second method, which never sees a group value, repeats it: the covariance of
ln productivity written out, its precision with what is flat projected away, and scipy's trust region. What the two
differ by is printed.

    pip install numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0
    python test/fit/lognormal/reference.py

Notation is that of docs/method.md: y totals, w exposure, lam productivity, theta its logarithm, u fitted totals.
"""

import json
from pathlib import Path

import mpmath as mp
import numpy as np
import scipy.linalg as sl
import scipy.sparse as sp
import scipy.sparse.linalg
from scipy.optimize import minimize, root

mp.mp.dps = 40
differences = {}


def note(what, difference):
    """Keeps the largest difference between the two methods, by figure."""
    differences[what] = max(differences.get(what, 0.0), float(difference))


# ---------------------------------------------------------------- problems


def problem(seed, entities, bricks, columns, sd=0.5, counts=True, alone=2, zeros=2):
    """A connected problem. `columns`: how many texts each has. The first `alone` entities are in one brick only."""
    rng = np.random.default_rng(seed)
    texts = {name: [f"{name[0]}{int(k)}" for k in rng.integers(0, n, entities)] for name, n in columns.items()}
    effect = {name: {t: rng.normal(0, sd) for t in sorted(set(texts[name]))} for name in columns}
    theta = 0.7 + rng.normal(0, sd, entities) + sum(np.array([effect[n][t] for t in texts[n]]) for n in columns)
    cells = {}
    for h in range(entities):
        count = 1 if h < alone else int(rng.integers(2, 6))
        for b in rng.choice(bricks, count, replace=False):
            cells[int(b), h] = float(np.round(rng.gamma(1.5, 3) + 0.05, 2))
    for b in range(bricks):  # every brick has someone, and shares someone with the next
        for h in {alone + b % (entities - alone), alone + (b + 1) % (entities - alone)}:
            cells.setdefault((b, h), float(np.round(rng.gamma(1.5, 3) + 0.05, 2)))
    mean = np.zeros(bricks)
    for (b, h), w in cells.items():
        mean[b] += w * np.exp(theta[h])
    if counts:
        totals = rng.poisson(mean * rng.gamma(20, 1 / 20, bricks)).astype(float)
    else:
        totals = np.round(mean * rng.gamma(8, 1 / 8, bricks) * 3, 2)
    totals[rng.choice(bricks, zeros, replace=False)] = 0
    return {
        "totals": totals.tolist(),
        "week": (np.arange(bricks) * 3 % 7).tolist(),
        "cells": [[b, h, w] for (b, h), w in sorted(cells.items())],
        "columns": texts,
    }


class Data:
    def __init__(self, given):
        self.y = np.array(given["totals"], float)
        self.entities = 1 + max(h for _, h, _ in given["cells"])
        self.bricks = len(self.y)
        self.w = np.zeros((self.bricks, self.entities))
        for b, h, x in given["cells"]:
            self.w[b, h] = x
        self.S = self.w.sum(0)
        self.columns = given.get("columns", {})
        self.week = np.array(given.get("week", []))
        self.rate = self.y.sum() / self.S.sum()
        reached = {0}
        for _ in range(self.entities):
            near = self.w[:, sorted(reached)].any(1)
            reached = set(np.flatnonzero(self.w[near].any(0)))
        assert len(reached) == self.entities and self.w.any(1).all(), "one component"


# ---------------------------------------------------------------- pooling


def sigma2(spread):
    """sigma^2 = ln(1 + spread^2) in 40 digits; None where free."""
    return None if spread == "free" else mp.log(1 + mp.mpf(spread) ** 2)


class Pooling:
    """The unknowns (theta, group values, root) and the edges of each level as rows of (unknown, coefficient)."""

    def __init__(self, config, columns, entities):
        kind = config["kind"]
        spreads = config.get("spreads", {})
        self.kind, self.entities = kind, entities
        self.groups = []  # (level, tuple of texts)
        self.levels = []  # dict(name, spread, edges); the entities' own is the last, with name None
        place = {}

        def unknown(level, group):
            if (level, group) not in place:
                place[level, group] = entities + len(place)
                self.groups.append((level, group))
            return place[level, group]

        if kind == "crossed":
            names = config["groups"]
            of = {k: [unknown(k, (t,)) for t in columns[k]] for k in names}
            top = entities + len(place)
            for k in names:
                self.levels.append((k, [[(i, 1)] for i in sorted(set(of[k]))]))
            own = [[(h, 1), (top, -1)] + [(of[k][h], -1) for k in names] for h in range(entities)]
        else:
            if kind == "lognormal":
                cut = [config["groups"]] if config.get("groups") else []
            else:
                cut = [config["levels"][: i + 1] for i in range(len(config["levels"]))]
            paths = []
            for c in cut:
                level = ",".join(c) if kind == "lognormal" else c[-1]
                paths.append([unknown(level, tuple(columns[k][h] for k in c)) for h in range(entities)])
            top = entities + len(place)
            for i, c in enumerate(cut):
                above = paths[i - 1] if i else [top] * entities
                pairs = sorted(set(zip(paths[i], above)))
                assert len(pairs) == len(set(paths[i]))
                name = ",".join(c) if kind == "lognormal" else c[-1]
                self.levels.append((name, [[(i, 1), (j, -1)] for i, j in pairs]))
            parent = paths[-1] if paths else [top] * entities
            own = [[(h, 1), (parent[h], -1)] for h in range(entities)]
        self.levels.append((None, own))
        self.size = top + 1
        self.members = [sorted({i for e in edges for i, s in e if s > 0}) for _, edges in self.levels]
        # membership of entities in the groups of each level, for the second method
        self.in_groups = []
        for (name, _), _ in zip(self.levels[:-1], self.members):
            keys = [g for g in self.groups if g[0] == name]
            columns_of = [name] if kind == "crossed" else config["groups"] if kind == "lognormal" else None
            if columns_of is None:
                columns_of = config["levels"][: config["levels"].index(name) + 1]
            tuples = [tuple(columns[k][h] for k in columns_of) for h in range(entities)]
            self.in_groups.append(np.array([[float((name, t) == g) for g in keys] for t in tuples]))
        asked = [spreads.get(name, config["spread"]) for name, _ in self.levels[:-1]] + [config["spread"]]
        self.spreads = asked
        self.s2 = [None if a == "estimate" else sigma2(a) for a in asked]
        self.estimated = [a == "estimate" for a in asked]

    def differences(self, level):
        """The edges of a level as a matrix."""
        edges = self.levels[level][1]
        rows = [(r, i, s) for r, e in enumerate(edges) for i, s in e]
        r, i, s = zip(*rows)
        return sp.csr_matrix((np.array(s, float), (r, i)), (len(edges), self.size))

    def precision(self, s2=None):
        """Hessian of R in all unknowns."""
        s2 = self.s2 if s2 is None else s2
        P = sp.csr_matrix((self.size, self.size))
        for level, v in enumerate(s2):
            if v is not None:
                D = self.differences(level)
                P = P + D.T @ D / float(v)
        return P

    def exact(self, x):
        """R and its gradient in 40 digits."""
        value, gradient = mp.mpf(0), [mp.mpf(0)] * self.size
        for (_, edges), v in zip(self.levels, self.s2):
            if v is None:
                continue
            for e in edges:
                d = mp.fsum(s * x[i] for i, s in e)
                value += d * d / (2 * v)
                for i, s in e:
                    gradient[i] += s * d / v
        return value, gradient

    def marginal(self, s2=None):
        """Q on theta, from the covariance: no group value is ever seen."""
        s2 = self.s2 if s2 is None else s2
        cov = float(s2[-1]) * np.eye(self.entities)
        flat = [np.ones((self.entities, 1))]
        for M, v in zip(self.in_groups, s2):
            if v is None:
                flat.append(M)
            else:
                cov += float(v) * M @ M.T
        X = np.hstack(flat)
        inverse = np.linalg.inv(cov)
        part = inverse @ X
        return inverse - part @ np.linalg.pinv(X.T @ part, rcond=1e-11) @ part.T


class Gamma:
    """Gamma pooling in ln productivity, as something with the same face: psi a (theta - exp(theta) / m)."""

    def __init__(self, data, config, phi0, evidence):
        self.a = 1 / config["spread"] ** 2
        groups = config.get("groups") or []
        names = list(zip(*(data.columns[k] for k in groups))) if groups else []
        self.groups = sorted(set(names))
        self.m = np.full(data.entities, data.rate)
        self.rates = []
        if groups:
            member = np.array([[float(n == g) for g in self.groups] for n in names])
            w, S = data.w @ member, data.S @ member
            weight = psi_of(phi0, data.bricks, evidence) * self.a
            # concave in the rates: Newton in their logarithms from the common rate
            x = np.full(len(self.groups), np.log(data.rate))
            prior = lambda x: weight * np.sum(x - np.exp(x) / data.rate)
            value = lambda x: data.y @ np.log(w @ np.exp(x)) - S @ np.exp(x) + prior(x)
            for _ in range(200):
                r = np.exp(x)
                u = w @ r
                g = r * (w.T @ (data.y / u) - S) + weight * (1 - r / data.rate)
                p = w * r / u[:, None]
                step = np.linalg.solve((p.T * data.y) @ p + weight * np.eye(len(r)), g)
                t = 1.0
                while value(x + t * step) < value(x) - 1e-12 * abs(value(x)) and t > 1e-6:
                    t /= 2
                x = x + t * step
                if abs(step).max() < 1e-14:
                    break
            assert abs(g).max() < 1e-9 * data.y.sum()
            self.rates = np.exp(x).tolist()
            self.m = member @ np.exp(x)


def psi_of(phi, bricks, evidence):
    return phi * (1 + (0 if evidence == "none" else bricks / evidence))


# ---------------------------------------------------------------- modes


class Spot:
    """L and its derivatives in theta, in doubles."""

    def __init__(self, data, theta):
        self.lam = np.exp(theta)
        self.u = data.w @ self.lam
        self.L = data.y @ np.log(self.u) - self.u.sum()
        self.g = data.w.T @ (data.y / self.u)
        self.slope = self.lam * (self.g - data.S)
        p = data.w * self.lam / self.u[:, None]
        self.K = (p.T * data.y) @ p
        self.pearson = np.sum((data.y - self.u) ** 2 / self.u)


def pseudo(A):
    """Inverse of a symmetric matrix but for directions that nothing holds, and those directions."""
    values, vectors = np.linalg.eigh(A)
    keep = values > 1e-11 * values[-1]
    return (vectors[:, keep] / values[keep]) @ vectors[:, keep].T, vectors[:, ~keep], values


def climb(data, psi, P, start):
    """Newton in all unknowns. The observed curvature where it is positive, else that of the expected kind."""
    H, x = data.entities, np.array(start, float)
    value = lambda x: Spot(data, x[:H]).L - psi * x @ P @ x / 2
    now = value(x)
    for _ in range(300):
        s = Spot(data, x[:H])
        g = -psi * (P @ x)
        g[:H] += s.slope
        A = psi * P.copy()
        A[:H, :H] += s.K - np.diag(s.slope)
        inverse, _, values = pseudo(A)
        if values[0] < -1e-11 * values[-1]:
            A[:H, :H] += np.diag(s.slope)
            inverse = pseudo(A)[0]
        step = inverse @ g
        step *= min(1, 4 / max(abs(step).max(), 1e-300))
        t = 1.0
        while (then := value(x + t * step)) < now - 1e-13 * abs(now) and t > 1e-9:
            t /= 2
        x, now = x + t * step, then
        if abs(t * step).max() < 1e-12:
            break
    else:
        raise AssertionError("no mode")
    return x, now


def polish(data, psi, pooling, x):
    """Corrects a mode with gradients in 40 digits and the curvature in doubles; L and R in 40 digits."""
    H = data.entities
    psi = mp.mpf(psi)
    x = [mp.mpf(v) for v in x]
    s = Spot(data, np.array([float(v) for v in x[:H]]))
    A = float(psi) * pooling.precision().toarray()
    A[:H, :H] += s.K - np.diag(s.slope)
    inverse, null, values = pseudo(A)
    assert values[0] > -1e-11 * values[-1], "a top"
    cells = [(b, h, mp.mpf(data.w[b, h])) for b, h in zip(*np.nonzero(data.w))]
    y = [mp.mpf(v) for v in data.y]
    for _ in range(40):
        lam = [mp.exp(v) for v in x[:H]]
        u = [mp.mpf(0)] * data.bricks
        for b, h, w in cells:
            u[b] += w * lam[h]
        R, slope = pooling.exact(x)
        g = [-psi * v for v in slope]
        for b, h, w in cells:
            g[h] += w * lam[h] * (y[b] / u[b] - 1)
        size = max(abs(v) for v in g)
        if size < mp.mpf(10) ** -30 * (1 + sum(y)):
            break
        scale = mp.mpf(10) ** int(mp.floor(mp.log10(size)))
        step = inverse @ np.array([float(v / scale) for v in g])
        x = [v + scale * mp.mpf(d) for v, d in zip(x, step)]
    else:
        raise AssertionError("not polished")
    L = mp.fsum((t * mp.log(v) if t else 0) - v for t, v in zip(y, u))
    return x, L, R, null


def proportional(data):
    u = data.rate * data.w.sum(1)
    return np.sum((data.y - u) ** 2 / u) / (data.bricks - 1)


def effective(data, s, M):
    """Trace of K (K + prior)^-1; M the prior's curvature in the unknowns, productivities first."""
    H = data.entities
    A = M.copy()
    A[:H, :H] += s.K
    return np.trace(s.K @ pseudo(A)[0][:H, :H])


def rounds(data, family, mode):
    """Fit and dispersion in turns. `mode(phi)` gives (anything, Pearson, edf) at a dispersion."""
    if family == "poisson":
        return 1.0, *mode(1.0)
    phi = proportional(data)
    for count in range(1, 13):
        found, pearson, edf = mode(phi)
        assert edf < data.bricks / 2, "dispersion estimable"
        after = pearson / (data.bricks - edf)
        change = abs(after - phi) / phi
        assert abs(change / 1e-4 - 1) > 0.05, "rounding decides how many rounds"
        if change < 1e-4:
            return phi, found, pearson, edf
        if count < 12:
            phi = after
    raise AssertionError("dispersion settles")


def mode_of(given, family, config, starts=5):
    """Everything at the mode of one case."""
    data = Data(given)
    pooling = Pooling(config, data.columns, data.entities)
    H, P = data.entities, pooling.precision().toarray()
    evidence = config["evidence"]
    flat = np.zeros(pooling.size)
    flat[:H] = flat[-1] = np.log(data.rate)
    if pooling.kind != "crossed":
        flat[:] = np.log(data.rate)

    def at(phi):
        psi = psi_of(phi, data.bricks, evidence)
        x, _ = climb(data, psi, P, flat)
        s = Spot(data, x[:H])
        return x, s.pearson, effective(data, s, psi * P)

    phi, x, _, edf = rounds(data, family, at)
    psi = psi_of(phi, data.bricks, evidence)
    exact, L, R, null = polish(data, psi, pooling, x)
    x = np.array([float(v) for v in exact])
    lam = np.array([float(mp.exp(v)) for v in exact[:H]])
    F = float(L - mp.mpf(psi) * R)
    # other starts arrive at the same place
    rng = np.random.default_rng(H)
    for _ in range(starts):
        other, height = climb(data, psi, P, flat + rng.normal(0, 1.5, pooling.size))
        assert abs(other[:H] - x[:H]).max() < 1e-7, "one mode"

    # second method
    Q = pooling.marginal()
    minus = lambda t: psi * t @ Q @ t / 2 - Spot(data, t).L
    slope = lambda t: psi * Q @ t - Spot(data, t).slope
    curve = lambda t: psi * Q + Spot(data, t).K - np.diag(Spot(data, t).slope)
    found = minimize(minus, flat[:H], jac=slope, hess=curve, method="trust-exact", options=dict(gtol=1e-9))
    theta = found.x - np.linalg.solve(curve(found.x), slope(found.x))
    s = Spot(data, theta)
    note("productivity", abs(s.lam / lam - 1).max())
    note("logLikelihood", abs(s.L / float(L) - 1))
    note("objective", abs(-minus(theta) / F - 1))
    note("effectiveParameters", abs(np.trace(s.K @ np.linalg.inv(s.K + psi * Q)) / edf - 1))

    # groups whose value nothing holds have none; in `crossed` what is held may be the ratios alone
    loose = abs(null).max(1) > 1e-9 if null.size else np.zeros(pooling.size, bool)
    groups, first = [], {}
    for i, (level, group) in enumerate(pooling.groups):
        v = exact[H + i]
        row = {"level": level, "group": " / ".join(group), "productivity": None if loose[H + i] else float(mp.exp(v))}
        if pooling.kind == "crossed":
            row["ratio"] = float(mp.exp(v - first.setdefault(level, v)))
        groups.append(row)
    check_groups(pooling, theta, x[H:])
    return {
        "productivity": lam.tolist(),
        "logLikelihood": float(L),
        "objective": F,
        "effectiveParameters": float(edf),
        "dispersion": float(phi),
        "root": None if loose[-1] else float(mp.exp(exact[-1])),
        "groups": groups,
    }, (data, pooling, psi, phi, x)


def check_groups(pooling, theta, values):
    """Group values from theta of the second method by generalised least squares and best linear prediction."""
    X = np.ones((pooling.entities, 1))
    cov = float(pooling.s2[-1]) * np.eye(pooling.entities)
    for M, v in zip(pooling.in_groups, pooling.s2):
        if v is None:
            return  # the limit is checked through theta alone
        cov += float(v) * M @ M.T
    inverse = np.linalg.inv(cov)
    mean = float(np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ theta)[0])
    pull = inverse @ (theta - mean)
    at, above = 0, None
    for M, v in zip(pooling.in_groups, pooling.s2):
        effect = float(v) * M.T @ pull
        if pooling.kind == "crossed":
            value = effect
        else:  # a group's value is its ancestors' effects and its own
            up = np.full(M.shape[1], mean)
            if above is not None:
                parents, inside = above
                for j in range(M.shape[1]):
                    member = np.flatnonzero(M[:, j])[0]
                    up[j] = parents[inside[member] > 0][0]
            value = up + effect
            above = (value, M)
        note("groups", abs(np.expm1(value - values[at : at + len(value)])).max())
        at += len(value)
    note("root", abs(np.expm1(mean - values[-1])))


# ---------------------------------------------------------------- standard errors


def errors_at(data, theta, phi, inverse):
    s = Spot(data, theta)
    J = data.w * s.lam
    scores = (data.y / s.u - 1)[:, None] * J
    blocks = sorted(set(data.week))
    sums = np.array([scores[data.week == k].sum(0) for k in blocks])
    G = len(blocks)
    spread = lambda M: np.sqrt(np.diag(inverse @ M @ inverse))
    return {
        "standardError": np.sqrt(phi * np.diag(inverse)).tolist(),
        "sandwichError": spread(scores.T @ scores).tolist(),
        "blockError": spread(G / (G - 1) * sums.T @ sums).tolist(),
    }


def numeric(data, theta, extra):
    """H by central differences of the gradient, in 40 digits; `extra` is the prior's part of the gradient."""
    H = data.entities
    w = mp.matrix(data.w.tolist())

    def gradient(t):
        lam = [mp.exp(v) for v in t]
        u = [mp.fsum(w[b, h] * lam[h] for h in np.flatnonzero(data.w[b])) for b in range(data.bricks)]
        part = extra(t, lam)
        return [
            part[h] + lam[h] * mp.fsum(w[b, h] * (mp.mpf(data.y[b]) / u[b] - 1) for b in np.flatnonzero(data.w[:, h]))
            for h in range(H)
        ]

    e = mp.mpf(10) ** -12
    out = np.zeros((H, H))
    for h in range(H):
        up, down = [mp.mpf(v) for v in theta], [mp.mpf(v) for v in theta]
        up[h] += e
        down[h] -= e
        out[h] = [float((b - a) / (2 * e)) for a, b in zip(gradient(up), gradient(down))]
    return out


def compare_errors(data, theta, phi, ours, H):
    other = errors_at(data, theta, phi, np.linalg.inv(H))
    for name in ours:
        note(name, abs(np.array(other[name]) / np.array(ours[name]) - 1).max())


def lognormal_errors(given, family, config):
    result, (data, pooling, psi, phi, x) = mode_of(given, family, config)
    H = data.entities
    s = Spot(data, x[:H])
    A = psi * pooling.precision().toarray()
    A[:H, :H] += s.K - np.diag(s.slope)
    ours = errors_at(data, x[:H], phi, pseudo(A)[0][:H, :H])
    Q = pooling.marginal()
    Qm = psi * Q
    linear = lambda t, lam: [-mp.fsum(mp.mpf(q) * v for q, v in zip(row, t)) for row in Qm]
    compare_errors(data, x[:H], phi, ours, numeric(data, x[:H], linear))
    return {"family": family, "pooling": config, **result, **ours}


def gamma_errors(given, family, config):
    data = Data(given)
    evidence = config["evidence"]
    phi0 = 1.0 if family == "poisson" else proportional(data)
    prior = Gamma(data, config, phi0, evidence)
    H = data.entities

    def at(phi):
        weight = psi_of(phi, data.bricks, evidence) * prior.a
        theta = np.log(prior.m)
        value = lambda t: Spot(data, t).L + weight * np.sum(t - np.exp(t) / prior.m)
        for _ in range(500):
            s = Spot(data, theta)
            g = s.slope + weight * (1 - s.lam / prior.m)
            step = np.linalg.solve(s.K + weight * np.eye(H), g)  # the curvature at the mode
            t, now = 1.0, value(theta)
            while value(theta + t * step) < now - 1e-13 * abs(now) and t > 1e-9:
                t /= 2
            theta = theta + t * step
            if abs(t * step).max() < 1e-14:
                break
        s = Spot(data, theta)
        return theta, s.pearson, np.trace(s.K @ np.linalg.inv(s.K + weight * np.eye(H)))

    phi, theta, _, edf = rounds(data, family, at)
    weight = psi_of(phi, data.bricks, evidence) * prior.a
    s = Spot(data, theta)
    note("gammaGradient", abs(s.slope + weight * (1 - s.lam / prior.m)).max() / data.y.sum())
    # second method: the mode in productivities, by the fixed point of EM, from another start
    lam = prior.m * 1.5
    for _ in range(200000):
        after = (lam * (data.w.T @ (data.y / (data.w @ lam))) + weight) / (data.S + weight / prior.m)
        done = abs(after / lam - 1).max() < 1e-15
        lam = after
        if done:
            break
    note("productivity", abs(lam / s.lam - 1).max())
    information = s.K + np.diag(s.lam * (data.S - s.g) + weight * s.lam / prior.m)
    ours = errors_at(data, theta, phi, np.linalg.inv(information))
    part = lambda t, lam: [mp.mpf(weight) * (1 - v / mp.mpf(m)) for v, m in zip(lam, prior.m)]
    compare_errors(data, theta, phi, ours, numeric(data, theta, part))
    return {
        "family": family,
        "pooling": config,
        "productivity": s.lam.tolist(),
        "logLikelihood": float(s.L),
        "effectiveParameters": float(edf),
        "dispersion": float(phi),
        "rates": prior.m.tolist(),
        **ours,
    }


# ---------------------------------------------------------------- estimated spreads


def estimate(given, config):
    """Spreads at the fixed point, family poisson."""
    data = Data(given)
    pooling = Pooling(config, data.columns, data.entities)
    H, psi = data.entities, psi_of(1.0, data.bricks, config["evidence"])
    free = [i for i, e in enumerate(pooling.estimated) if e]
    D = [pooling.differences(i).toarray() for i in range(len(pooling.levels))]
    flat = np.full(pooling.size, np.log(data.rate))
    if pooling.kind == "crossed":
        flat[H:-1] = 0

    def spot(logs, start):
        s2 = [float(v) if v is not None else None for v in pooling.s2]
        for i, t in zip(free, logs):
            s2[i] = np.exp(2 * t)
        P = pooling.precision(s2).toarray()
        x, _ = climb(data, psi, P, start)
        s = Spot(data, x[:H])
        A = psi * P
        A[:H, :H] += s.K - np.diag(s.slope)
        C = np.linalg.inv(A)
        x = x + C @ np.concatenate([s.slope, np.zeros(pooling.size - H)]) - C @ (psi * P @ x)
        T = [np.sum((D[i] @ x) ** 2) + psi * np.trace(D[i] @ C @ D[i].T) for i in free]
        return x, s2, np.array(T), s

    def residual(logs, start):
        _, s2, T, _ = spot(logs, start)
        s = np.array([s2[i] for i in free])
        return T / s - np.array([len(D[i]) for i in free]) + (1 - s) / (1 + s)

    found = []
    for begin in [0.05, 0.4, 2.0]:
        logs, x = np.full(len(free), np.log(begin)), flat
        for _ in range(500):  # EM
            x, _, T, _ = spot(logs, x)
            n = np.array([len(D[i]) for i in free])
            s = ((T + 1 - n) + np.sqrt((n - 1 - T) ** 2 + 4 * (n + 1) * T)) / (2 * (n + 1))
            move = np.log(s) / 2 - logs
            logs = logs + move
            if abs(move).max() < 1e-6:
                break
        logs = root(residual, logs, args=(x,), tol=1e-13, options=dict(xtol=1e-13)).x
        assert abs(residual(logs, x)).max() < 1e-8, residual(logs, x)
        found.append(logs)
    note("spreadsByStart", max(abs(np.expm1(f - found[0])).max() for f in found))
    logs = found[1]
    x, s2, _, s = spot(logs, x)
    # second method: the density of the spreads in marginal form (groups integrated, determinant of the covariance) with
    # theta and O held, differentiated numerically in 40 digits; how far its root is, by one step of Newton
    theta, O = x[:H], s.K - np.diag(s.slope)

    def density(logs):
        v = [mp.mpf(t) if t is not None else None for t in s2]
        for i, t in zip(free, logs):
            v[i] = mp.exp(2 * t)
        cov = v[-1] * mp.eye(H)
        for M, k in zip(pooling.in_groups, v):
            cov += k * mp.matrix((M @ M.T).tolist())
        inverse = cov**-1
        ones = mp.matrix([1] * H)
        part = inverse * ones
        total = (ones.T * part)[0]
        Q = inverse - part * part.T / total
        t = mp.matrix(theta.tolist())
        quadratic = (t.T * Q * t)[0]
        inside = mp.det(mp.matrix(O.tolist()) / psi + Q)
        value = -(mp.log(mp.det(cov)) + mp.log(total) + quadratic + mp.log(inside)) / 2
        return value + mp.fsum(mp.log(v[i]) / 2 - mp.log(1 + v[i]) for i in free)

    e = mp.mpf(10) ** -10
    slopes = []
    for j in range(len(free)):
        up, down = [mp.mpf(t) for t in logs], [mp.mpf(t) for t in logs]
        up[j] += e
        down[j] -= e
        slopes.append(float((density(up) - density(down)) / (2 * e)))
    jacobian = np.array([(residual(logs + d, x) - residual(logs - d, x)) / 2e-4 for d in 1e-4 * np.eye(len(free))]).T
    note("spreads", abs(np.linalg.solve(jacobian, slopes)).max())

    spreads = []
    for i, (name, edges) in enumerate(pooling.levels):
        spread = float(np.sqrt(np.expm1(s2[i])))
        spreads.append({"level": name, "spread": spread, "estimated": pooling.estimated[i], "groups": len(edges)})
    fixed = dict(config)
    named = {k["level"]: k["spread"] for k in spreads}
    fixed["spread"] = named.pop(None)
    fixed["spreads"] = named
    at, _ = mode_of(given, "poisson", fixed)
    note("productivityAtSpreads", abs(np.exp(x[:H]) / np.array(at["productivity"]) - 1).max())
    return {"family": "poisson", "pooling": config, "spreads": spreads, **at}


# ---------------------------------------------------------------- the large problem

sizes = dict(creatives=5000, campaigns=250, formats=40, platforms=12, media=4, bricks=600)


def random_of(seed):
    """mulberry32 with 53 bits a draw: randomOf in test/support/kernels.ts."""
    state = seed & 0xFFFFFFFF

    def word():
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        bits = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        bits = ((bits + (((bits ^ (bits >> 7)) * (bits | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF) ^ bits
        return (bits ^ (bits >> 14)) & 0xFFFFFFFF

    return lambda: ((word() >> 5) * 67108864 + (word() >> 6)) / 9007199254740992


def make_large(seed):
    """The same as largeProblem in large.ts, draw for draw; only sums, products and floors, so bit for bit."""
    random = random_of(seed)
    draw = lambda count, least, width: [least + width * random() for _ in range(count)]
    media = draw(sizes["media"], 0.5, 1.5)
    platforms = draw(sizes["platforms"], 0.6, 0.9)
    formats = draw(sizes["formats"], 0.7, 0.7)
    campaigns = draw(sizes["campaigns"], 0.5, 1.2)
    campaign, productivity = [], []
    for _ in range(sizes["creatives"]):
        c = int(random() * sizes["campaigns"])
        f = c % sizes["formats"]
        p = f % sizes["platforms"]
        m = p % sizes["media"]
        campaign.append(c)
        productivity.append(media[m] * platforms[p] * formats[f] * campaigns[c] * (0.25 + 1.5 * random()))
    totals, cells = [], []
    for b in range(sizes["bricks"]):
        members = {}
        for h in range(b, sizes["creatives"], sizes["bricks"]):  # everyone is at home in one brick; most are tiny there
            members[h] = (1 + int(random() * 2000)) / 8 if h < sizes["bricks"] else (1 + int(random() * 100)) / 64
        members.setdefault((b + 1) % sizes["bricks"], (1 + int(random() * 2000)) / 8)  # bricks hang together
        extra = 11 + int(random() * 21)
        for _ in range(extra):
            x = random()
            w = (1 + int(random() * 2000)) / 8
            members.setdefault(int(x * x * x * sizes["creatives"]), w)
        u = 0.0
        for h, w in members.items():
            u += w * productivity[h]
            cells.append((b, h, w))
        totals.append(float(int(u * (0.5 + random()) + 0.5)))
    return campaign, totals, cells


class Large:
    def __init__(self, seed):
        campaign, totals, cells = make_large(seed)
        self.campaign = campaign
        self.y = np.array(totals)
        b, h, w = zip(*cells)
        self.b, self.h, self.x = np.array(b), np.array(h), np.array(w)
        self.w = sp.csr_matrix((self.x, (self.b, self.h)), (len(totals), sizes["creatives"]))
        self.S = np.asarray(self.w.sum(0)).ravel()
        f = [c % sizes["formats"] for c in campaign]
        p = [k % sizes["platforms"] for k in f]
        self.columns = {
            "medium": [f"m{k % sizes['media']}" for k in p],
            "platform": [f"p{k}" for k in p],
            "format": [f"f{k}" for k in f],
            "campaign": [f"c{k}" for k in campaign],
        }


def long_slope(data, x, psi, D, s2):
    """L, R and the gradient with 64-bit mantissas."""
    H = sizes["creatives"]
    x = np.asarray(x, np.longdouble)
    lam = np.exp(x[:H])
    u = np.zeros(len(data.y), np.longdouble)
    np.add.at(u, data.b, data.x * lam[data.h])
    L = np.sum(data.y * np.log(u)) - np.sum(u)
    r = data.y / u
    g = np.zeros(len(x), np.longdouble)
    np.add.at(g, data.h, data.x * lam[data.h] * (r[data.b] - 1))
    R = np.longdouble(0)
    for d, v in zip(D, s2):
        c = d.tocoo()
        e = np.zeros(d.shape[0], np.longdouble)
        np.add.at(e, c.row, c.data * x[c.col])
        R += np.sum(e * e) / (2 * v)
        np.add.at(g, c.col, -psi * c.data * e[c.row] / v)
    return L, R, g


def large(seed):
    """The mode of the large problem, and of its M step. Its totals are noisier than counts: with evidence 25 in place
    of 1 there are several tops, and the one reached from the common rate is not the highest."""
    data = Large(seed)
    config = {
        "kind": "tree",
        "levels": ["medium", "platform", "format", "campaign"],
        "spread": 0.5,
        "spreads": {"medium": 0.8, "platform": 0.4, "format": 0.3, "campaign": 0.35},
        "evidence": 1,
    }
    H, bricks = sizes["creatives"], sizes["bricks"]
    pooling = Pooling(config, data.columns, H)
    psi = psi_of(1.0, bricks, config["evidence"])
    s2 = [np.longdouble(str(mp.nstr(v, 30))) for v in pooling.s2]
    D = [pooling.differences(i) for i in range(len(s2))]
    P = psi * pooling.precision()
    rate = data.y.sum() / data.S.sum()

    def curvature(x, observed=True):
        lam = np.exp(x[:H])
        u = data.w @ lam
        J = data.w.multiply(lam).multiply((np.sqrt(data.y) / u)[:, None]).toarray()
        A = P.toarray()
        A[:H, :H] += J.T @ J
        if observed:
            A[np.arange(H), np.arange(H)] += lam * (data.S - data.w.T @ (data.y / u))
        return A, J

    def newton(x):
        x = np.asarray(x, np.longdouble)
        L, R, g = long_slope(data, x, psi, D, s2)
        for _ in range(60):
            try:
                factor = sl.cho_factor(curvature(np.asarray(x, float))[0], overwrite_a=True, check_finite=False)
            except np.linalg.LinAlgError:
                factor = sl.cho_factor(curvature(np.asarray(x, float), False)[0], overwrite_a=True, check_finite=False)
            step = sl.cho_solve(factor, np.asarray(g, float))
            t = min(1.0, 3 / abs(step).max())
            while True:
                after = long_slope(data, x + t * step, psi, D, s2)
                if after[0] - psi * after[1] >= L - psi * R - np.longdouble(1e-17) * abs(L) or t < 1e-6:
                    break
                t /= 2
            x = x + t * step
            L, R, g = after
            if abs(t * step).max() < 1e-15:
                break
        return x, L, R, g

    start = np.full(pooling.size, np.log(rate))
    x, L, R, g = newton(start)
    print("large: gradient", float(abs(g).max()), "of totals", data.y.sum())
    A, J = curvature(np.asarray(x, float), False)
    factor = sl.cho_factor(A, overwrite_a=True, check_finite=False)
    edf = float(np.sum(J * sl.cho_solve(factor, np.vstack([J.T, np.zeros((pooling.size - H, bricks))]))[:H].T))
    # second method: a trust region that sees products with the curvature alone, from another start
    value = lambda v: -float((r := long_slope(data, v, psi, D, s2))[0] - psi * r[1])
    slope = lambda v: -np.asarray(long_slope(data, v, psi, D, s2)[2], float)

    def product(v, d):
        lam = np.exp(v[:H])
        u = data.w @ lam
        out = P @ d
        e = lam * d[:H]
        out[:H] += e * (data.S - data.w.T @ (data.y / u)) + lam * (data.w.T @ (data.y / u**2 * (data.w @ e)))
        return out

    rng = np.random.default_rng(7)
    other = minimize(value, start + rng.normal(0, 0.3, pooling.size), jac=slope, hessp=product, method="trust-krylov",
                     options=dict(gtol=1e-7, maxiter=2000)).x
    note("large", abs(np.expm1(other - np.asarray(x, float))).max())

    # the M step alone, from credits at the common rate; concave
    Z = rate * (data.w.T @ (data.y / (data.w @ np.full(H, rate))))
    height = lambda v: Z @ v[:H] - data.S @ np.exp(v[:H]) - v @ (P @ v) / 2

    def m_step(v, solve):
        for _ in range(200):
            earned = data.S * np.exp(v[:H])
            slope = -(P @ v)
            slope[:H] += Z - earned
            step = solve(P + sp.diags(np.concatenate([earned, np.zeros(pooling.size - H)])), slope)
            t = min(1.0, 3 / abs(step).max())
            while height(v + t * step) < height(v) - 1e-13 * abs(height(v)) and t > 1e-6:
                t /= 2
            v = v + t * step
            if abs(t * step).max() < 1e-13:
                return v, abs(slope).max()
        raise AssertionError("M step")

    m, left = m_step(start, lambda A, g: sl.cho_solve(sl.cho_factor(A.toarray(), overwrite_a=True), g))
    print("large: gradient of the M step", left)
    elsewhere = start + rng.normal(0, 0.7, pooling.size)
    note("largeMStep", abs(np.expm1(m_step(elsewhere, lambda A, g: sp.linalg.spsolve(A.tocsc(), g))[0] - m)).max())
    seen = np.bincount(data.h, minlength=H)
    order = np.arange(0, H, 50)
    groups = lambda v: [
        {"level": level, "group": " / ".join(group), "value": float(v[H + i])}
        for i, (level, group) in enumerate(pooling.groups)
    ]
    RM = sum(float(np.sum((d @ m) ** 2) / (2 * float(v))) for d, v in zip(D, s2))
    return {
        "seed": seed,
        "every": 50,
        "family": "poisson",
        "pooling": config,
        "checks": {
            "exposures": len(data.x),
            "exposure": float(data.x.sum()),
            "totals": float(data.y.sum()),
            "weighedTotals": float(((np.arange(bricks) + 1) * data.y).sum()),
            "weighedExposure": float(((data.h + 1) * data.x).sum()),
            "campaigns": int(sum(data.campaign)),
            "inOneBrick": int((seen == 1).sum()),
            "mostBricks": int(seen.max()),
        },
        "theta": [float(v) for v in x[order]],
        "groups": groups(x),
        "root": float(x[-1]),
        "logLikelihood": float(L),
        "objective": float(L - psi * R),
        "effectiveParameters": edf,
        "mStep": {
            "at": float(np.log(rate)),
            "credits": [float(v) for v in Z[order]],
            "theta": [float(v) for v in m[order]],
            "groups": groups(m),
            "root": float(m[-1]),
            "objective": float(Z @ m[:H] - data.S @ np.exp(m[:H]) - psi * RM),
        },
    }


# ---------------------------------------------------------------- two optima


def hunt(tries=20000, enough=2000):
    """Random small problems under light priors; the plainest with two tops apart, and how many had several."""
    rng = np.random.default_rng(31)
    best, tried, several = None, 0, 0
    for attempt in range(tries):
        H, B = int(rng.integers(2, 5)), int(rng.integers(2, 5))
        w = np.where(rng.random((B, H)) < 0.7, 10 ** rng.uniform(-2, 2, (B, H)), 0)
        w = np.array([[float(f"{v:.1g}") for v in row] for row in w])
        y = np.array([float(f"{v:.1g}") for v in 10 ** rng.uniform(0, 3, B)])
        spread = float(rng.integers(4, 11)) / 2
        starts = rng.normal(0, 4, (6, H))
        given = {"totals": y.tolist(), "cells": [[int(b), int(h), float(w[b, h])] for b, h in zip(*np.nonzero(w))]}
        try:
            data = Data(given)
        except (AssertionError, ValueError):
            continue
        if data.entities != H:
            continue
        tried += 1
        config = {"kind": "lognormal", "spread": spread, "evidence": "none"}
        pooling = Pooling(config, {}, H)
        P = pooling.precision().toarray()
        tops = []
        for s in starts:
            s = s + np.log(data.rate)
            try:
                x, F = climb(data, 1.0, P, np.append(s, s.mean()))
            except AssertionError:
                continue
            A = P.copy()
            spot = Spot(data, x[:H])
            A[:H, :H] += spot.K - np.diag(spot.slope)
            g = -(P @ x)
            g[:H] += spot.slope
            if np.linalg.eigvalsh(A)[0] < 1e-6 or abs(g).max() > 1e-7 * (1 + y.sum()):
                continue
            if not any(abs(x - t[0]).max() < 1e-4 for t in tops):
                tops.append((x, F))
        if len(tops) > 1:
            several += 1
            tops.sort(key=lambda t: -t[1])
            apart = abs(tops[0][0] - tops[1][0]).max()
            plain = (len(tops) == 2 and apart > 1 and tops[0][1] - tops[1][1] > 0.1, -H * B, -len(given["cells"]))
            if best is None or plain > best[0]:
                best = (plain, given, config, pooling, data, tops)
        if attempt + 1 >= enough and best is not None and best[0][0]:
            break
    print(f"hunt: {several} of {tried} problems have several tops")
    if best is None:
        return {"tried": tried, "several": 0}
    _, given, config, pooling, data, tops = best
    out = []
    for x, _ in tops:
        exact, L, R, _ = polish(data, 1.0, pooling, x)
        out.append({
            "productivity": [float(mp.exp(v)) for v in exact[: data.entities]],
            "logLikelihood": float(L),
            "objective": float(L - R),
        })
    return {"tried": tried, "several": several, "problem": given, "family": "poisson", "pooling": config, "tops": out}


# ---------------------------------------------------------------- all of it

tree2 = {"kind": "tree", "levels": ["area", "type"], "spread": 0.4, "spreads": {"area": 0.7, "type": 0.25}}
tree3 = {"kind": "tree", "levels": ["area", "type", "kind"], "spread": 0.5, "spreads": {"area": 0.9, "kind": 0.2}}
tree5 = {
    "kind": "tree",
    "levels": ["area", "type", "kind", "lane", "size"],
    "spread": 0.3,
    "spreads": {"area": 0.8, "type": 0.5, "kind": 0.35, "lane": 0.2, "size": 0.6},
}
crossed = {"kind": "crossed", "groups": ["area", "type"], "spread": 0.4, "spreads": {"area": 0.8, "type": 0.25}}


def with_(config, **more):
    return {**config, **more}


def compact(value, indent=0):
    """JSON with one line for whatever fits in 160 characters, and for lists of numbers."""
    line = json.dumps(value)
    plain = isinstance(value, list) and not any(isinstance(v, (dict, list)) and len(json.dumps(v)) > 60 for v in value)
    if not isinstance(value, (dict, list)) or plain or len(line) < 160:
        return line
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [f"{pad}{json.dumps(k)}: {compact(v, indent + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + compact(v, indent + 1) for v in value) + "\n" + " " * indent + "]"


def run():
    two, three = {"area": 3, "type": 3}, {"area": 3, "type": 3, "kind": 2}
    five = {"area": 3, "type": 2, "kind": 2, "lane": 2, "size": 2}
    problems = {
        "small": problem(11, 7, 13, two),
        "counts": problem(12, 17, 29, two),
        "money": problem(13, 13, 37, two, counts=False),
        "nested": problem(14, 23, 33, three),
        "nestedMoney": problem(15, 19, 39, three, counts=False),
        "deep": problem(16, 61, 39, five, sd=0.35),
        "deepMoney": problem(17, 59, 40, five, sd=0.35, counts=False),
        "many": problem(18, 30, 40, {"area": 5, "type": 4}, sd=0.6, zeros=1),
    }
    alone = {"kind": "lognormal"}
    pairs = {"kind": "lognormal", "groups": ["area", "type"]}
    cases = [
        ("small", "poisson", with_(alone, spread=0.3, evidence=25)),
        ("counts", "poisson", with_(alone, spread=0.8, evidence="none")),
        ("money", "quasiPoisson", with_(alone, spread=0.5, evidence=25)),
        ("small", "poisson", with_(pairs, spread=0.4, evidence="none")),
        ("counts", "poisson", with_(pairs, spread=0.6, evidence=25)),
        ("money", "quasiPoisson", with_(pairs, spread=0.3, evidence="none")),
        ("small", "poisson", with_(tree2, evidence=25)),
        ("counts", "poisson", with_(tree2, evidence="none")),
        ("money", "quasiPoisson", with_(tree2, evidence=25)),
        ("counts", "poisson", with_(tree2, spreads={"area": "free", "type": 0.3}, evidence=25)),
        ("nested", "poisson", with_(tree3, evidence=25)),
        ("deep", "poisson", with_(tree3, spreads={"area": 0.5, "type": "free", "kind": 0.3}, evidence="none")),
        ("nestedMoney", "quasiPoisson", with_(tree3, evidence="none")),
        ("deep", "poisson", with_(tree5, evidence="none")),
        ("deep", "poisson", with_(tree5, evidence=25)),
        ("deepMoney", "quasiPoisson", with_(tree5, evidence=25)),
        ("small", "poisson", with_(crossed, evidence="none")),
        ("counts", "poisson", with_(crossed, evidence=25)),
        ("money", "quasiPoisson", with_(crossed, evidence=25)),
        ("counts", "poisson", with_(crossed, spreads={"area": "free", "type": 0.3}, evidence="none")),
    ]
    modes = [{"problem": p, "family": f, "pooling": c, **mode_of(problems[p], f, c)[0]} for p, f, c in cases]
    gamma = {"kind": "gamma", "spread": 0.4}
    errors = []
    for p, f, c in [
        ("small", "poisson", with_(gamma, evidence=25)),
        ("money", "quasiPoisson", with_(gamma, evidence="none")),
        ("counts", "poisson", with_(gamma, groups=["area"], evidence="none")),
        ("money", "quasiPoisson", with_(gamma, groups=["area", "type"], evidence=25)),
    ]:
        errors.append({"problem": p, **gamma_errors(problems[p], f, c)})
    for p, f, c in [
        ("small", "poisson", with_(alone, spread=0.4, evidence=25)),
        ("money", "quasiPoisson", with_(pairs, spread=0.4, evidence=25)),
        ("counts", "poisson", with_(tree2, evidence="none")),
        ("nestedMoney", "quasiPoisson", with_(tree3, evidence=25)),
    ]:
        errors.append({"problem": p, **lognormal_errors(problems[p], f, c)})
    spreads = []
    for p, c in [
        ("counts", with_(alone, spread="estimate", evidence=25)),
        ("many", with_(pairs, spread="estimate", evidence="none")),
        ("many", with_(tree2, spread="estimate", spreads={"area": "estimate", "type": "estimate"}, evidence="none")),
        ("nested", with_(tree2, spread=0.4, spreads={"area": "estimate", "type": 0.3}, evidence=25)),
        ("many", with_(crossed, spread="estimate", spreads={"area": "estimate", "type": "estimate"}, evidence=25)),
        ("many", with_(crossed, spread="estimate", spreads={"area": 0.5, "type": "estimate"}, evidence="none")),
    ]:
        spreads.append({"problem": p, **estimate(problems[p], c)})
    out = {"problems": problems, "modes": modes, "errors": errors, "spreads": spreads, "optima": hunt()}
    out["large"] = large(20260601)
    Path(__file__).with_suffix(".json").write_text(compact(out) + "\n")
    for s in spreads:
        print(s["pooling"]["kind"], [(v["level"], round(v["spread"], 6)) for v in s["spreads"] if v["estimated"]])
    print("largest differences between the two methods:")
    for k, v in differences.items():
        print(f"  {k}: {v:.1e}")


if __name__ == "__main__":
    run()
