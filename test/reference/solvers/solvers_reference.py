"""Optima of single components at a given prior, from the dual problem; nothing here is a translation of the library.

Run:  python3 test/reference/solvers/solvers_reference.py   (numpy, scipy, mpmath; some seconds; rewrites the JSON beside it)

The library climbs in productivities lambda. This script solves the dual, over one ratio r per brick,

    F = sum_b y_b ln u_b - sum_h S_h lambda_h + weight * sum_h (ln lambda_h - lambda_h / rate_h),   u = W lambda

    dual    D(r) = sum_b y_b ln r_b + weight * sum_h ln t_h,   t_h = (S_h + weight / rate_h - (W'r)_h) * rate_h / weight
    without a prior:  max sum_b y_b ln r_b  subject to  W'r <= S

by a primal-dual interior-point method (bricks with total 0 have r = 0 and drop out). At the optimum
r_b = y_b / u_b and t_h = rate_h / lambda_h, so fitted totals come from the dual alone. Then lambda is read off the
slacks, and the gap between both problems' values, taken with 40 digits, proves how near the answer is: `missing`, per
unit of total. That is the fixture's own accuracy: the objective is at most missing * sum(y) below the best, and a fitted
total is within about sqrt(2 * missing * sum(y) / y_b) of the best one, relatively (more exactly, x - 1 - ln x of the ratio
is at most missing * sum(y) / y_b). As a third opinion scipy's L-BFGS-B climbs in lambda and must agree to 1e-5.
"""

import json
import os

import mpmath
import numpy as np
from scipy.optimize import minimize

mpmath.mp.dps = 40
HERE = os.path.dirname(os.path.abspath(__file__))


def centre(y, w, room, weight):
    """
    Primal-dual interior point: r, lambda, slack > 0 with  y / r = w lambda,  w'r + slack = room,  lambda * slack = target,
    the target falling to `weight`. Slacks are variables of their own: as differences they would drown in rounding.
    """
    r = np.full(len(y), 0.5) * (room / w.sum(0)).min()
    slack = room - w.T @ r
    lam = y.sum() / len(room) / slack
    for _ in range(300):
        aim = max(weight, 0.05 * float(lam @ slack) / len(lam), 1e-17 * y.sum() / len(lam))
        infeasible = w.T @ r + slack - room
        off = aim - lam * slack
        rest = y / r - w @ lam
        # both equations at once, in units of r and of the room, so that what is far apart is alike to the elimination
        scaled = w * r[:, None] / room
        matrix = np.block([[np.diag(y), scaled], [scaled.T, -np.diag(slack / lam / room**2)]])
        found = np.linalg.solve(matrix, np.concatenate([r * rest, (-infeasible - off / lam) / room]))
        dr, dlam = r * found[: len(y)], found[len(y) :] / room
        dslack = (off - slack * dlam) / lam
        share = 1.0
        for x, dx in ((r, dr), (lam, dlam), (slack, dslack)):
            least = float((dx / x).min())
            if least < 0:
                share = min(share, 0.995 / -least)
        r, lam, slack = r + share * dr, lam + share * dlam, slack + share * dslack
        moved = max(float(np.abs(dr / r).max()), float(np.abs(rest * r / y).max()))
        if moved < 1e-15 or (aim <= 1e-17 * y.sum() / len(lam) and weight == 0):
            break
    return r, lam


def solve(y_all, w_all, weight, rates):
    """(objective, fitted totals, productivities, missing) of one problem."""
    sold = y_all > 0
    y, w = y_all[sold], w_all[sold]
    exposure = w_all.sum(0)
    room = exposure + (weight / rates if weight > 0 else 0)
    # an entity without a sale has all its room to itself
    idle = w.sum(0) == 0
    r, some = centre(y, w[:, ~idle], room[~idle], weight)
    lam = np.where(idle, weight / room, 0.0)
    lam[~idle] = some
    return prove(y_all, w_all, weight, rates, sold, r, lam)


def prove(y_all, w_all, weight, rates, sold, r, lam):
    """Values of both problems with 40 digits: a feasible lambda from below, a feasible r from above."""
    mp = lambda values: [mpmath.mpf(float(v)) for v in values]
    x, y, ratios = mp(lam), mp(y_all), mp(r)
    rows = [[(h, mpmath.mpf(float(row[h]))) for h in np.nonzero(row)[0]] for row in w_all]
    m, weight = mp(rates), mpmath.mpf(float(weight))
    s = [mpmath.fsum(mpmath.mpf(float(v)) for v in column) for column in w_all.T]
    total = mpmath.fsum(y)
    fitted = lambda: [mpmath.fsum(v * x[h] for h, v in row) for row in rows]
    slope = [s[h] + (weight / m[h] if weight > 0 else 0) for h in range(len(x))]
    mass = total + weight * len(x)
    # both problems are scaled to where they meet: sum slope * lambda = mass at any optimum
    factor = mass / mpmath.fsum(a * b for a, b in zip(slope, x))
    x = [v * factor for v in x]
    u = fitted()
    primal = mpmath.fsum(t * mpmath.log(v) for t, v in zip(y, u) if t > 0) - mpmath.fsum(u)
    if weight > 0:
        primal += weight * mpmath.fsum(mpmath.log(v) - v / n for v, n in zip(x, m))
    full = iter(ratios)
    at = [next(full) if keep else mpmath.mpf(0) for keep in sold]
    load = [mpmath.mpf(0)] * len(x)
    for row, ratio in zip(rows, at):
        for h, v in row:
            load[h] += v * ratio
    # Lagrange: F <= sum y ln y - y ln r - y + weight * (ln(rate) - ln t - 1) for any feasible (r, t)
    dual = mpmath.fsum(t * (mpmath.log(t / q) - 1) for t, q in zip(y, at) if t > 0)
    if weight > 0:
        for h in range(len(x)):
            t = (slope[h] - load[h]) * m[h] / weight
            assert t > 0
            dual += weight * (mpmath.log(m[h] / t) - 1)
    else:
        # all ratios grow, or shrink, until the first entity's room is used up
        grow = min(slope[h] / load[h] for h in range(len(x)) if load[h] > 0)
        dual -= total * mpmath.log(grow)
    missing = (dual - primal) / total
    assert missing >= 0, missing
    return float(primal), [float(v) for v in u], [float(v) for v in x], float(missing)


def third_opinion(y, w, weight, rates, start):
    """scipy's L-BFGS-B in lambda, scaled by exposure; its line search looks at differences of F and stalls early."""
    exposure, sold = w.sum(0), y > 0
    unit = y.sum() / len(exposure) / exposure

    def negative(z):
        x = z * unit
        u = w @ x
        ratio = np.where(sold, y / u, 0)
        value = float(y[sold] @ np.log(u[sold]) - u.sum())
        gradient = w.T @ ratio - exposure
        if weight > 0:
            value += float(weight * np.sum(np.log(x) - x / rates))
            gradient = gradient + weight / x - weight / rates
        return -value / y.sum(), -gradient * unit / y.sum()

    least = 1e-9 if weight > 0 else 0
    options = {'maxiter': 20000, 'maxfun': 40000, 'ftol': 1e-16, 'gtol': 1e-12, 'maxcor': 30}
    found = minimize(negative, start / unit, jac=True, method='L-BFGS-B', bounds=[(least, None)] * len(unit), options=options)
    return -found.fun * y.sum()


# -------------------------------------------------------------------------------------------------------------- problems
def totals(rng, w, grain):
    mean = w @ rng.lognormal(0, 0.5, w.shape[1])
    return np.round(rng.gamma(grain, np.maximum(mean, 0.1) / grain), 2)


def panel(rng, bricks=104, campaigns=30):
    """Campaigns of six plans that they follow closely."""
    plans = rng.gamma(2, 50, (bricks, 6))
    w = np.stack([plans[:, k % 6] * rng.lognormal(0, 0.25, bricks) * rng.lognormal(0, 0.7) for k in range(campaigns)], 1)
    w[rng.random(w.shape) < 0.12] = 0
    w = np.round(w)
    return totals(rng, w, 20), w


def territories(rng, entities=40, bricks=12):
    """More entities than bricks, each in one to four neighbouring ones."""
    w = np.zeros((bricks, entities))
    for h in range(entities):
        for k in range(int(rng.integers(1, 5))):
            w[(h + k) % bricks, h] = rng.integers(1, 12)
    return totals(rng, w, 8), w


def scattered(rng, bricks=80, entities=25, zeros=0.15, per=4):
    """Few exposures a brick, some bricks without a sale."""
    w = np.zeros((bricks, entities))
    for b in range(bricks):
        w[b, rng.choice(entities, per, replace=False)] = rng.integers(1, 50, per)
    for h in range(entities):
        w[h % bricks, h] = max(w[h % bricks, h], 1)
    y = totals(rng, w, 3)
    y[rng.random(bricks) < zeros] = 0
    return y, w


def far_apart(rng):
    """Totals and exposures from 1e-4 to 1e4."""
    w = np.where(rng.random((40, 8)) < 0.7, np.round(10.0 ** rng.uniform(-3, 3, (40, 8)), 4), 0)
    w[:, 0] = np.maximum(w[:, 0], 0.01)
    return np.maximum(np.round((w @ 10.0 ** rng.uniform(-2, 2, 8)) * rng.lognormal(0, 0.3, 40), 4), 1e-4), w


def alike(rng):
    """Entities 1 and 4, and 2 and 5, have the same exposure."""
    y, w = panel(rng, 26, 6)
    w[:, 4], w[:, 5] = w[:, 1], w[:, 2]
    return totals(rng, w, 20), w


def main():
    rng = np.random.default_rng(20250316)
    problems = {
        'panel': panel(rng), 'territories': territories(rng), 'scattered': scattered(rng), 'idle': scattered(rng, 30, 10, 0.5),
        'farApart': far_apart(rng), 'alike': alike(rng), 'tall': scattered(rng, 150, 4, 0.05, 3), 'single': (np.array([7.25]), np.array([[1.0, 2, 5]])),
    }
    plan = {
        'panel': [0, 1e-3, 0.1, 10], 'territories': [0, 1e-3, 0.1, 10], 'scattered': [0, 0.1], 'idle': [0, 0.01, 1],
        'farApart': [0, 0.1], 'alike': [0, 0.1], 'tall': [0, 0.3], 'single': [0, 0.5],
    }
    fixture = {'origin': 'test/reference/solvers/solvers_reference.py, seed 20250316', 'problems': {}, 'cases': []}
    for name, (y, w) in problems.items():
        fixture['problems'][name] = {
            'totals': [short(v) for v in y], 'entities': w.shape[1],
            'rows': [[v for h in np.nonzero(row)[0] for v in (int(h), short(row[h]))] for row in w],
        }
        # what is written is what is solved
        y = np.array(fixture['problems'][name]['totals'], float)
        w = np.zeros_like(w)
        for b, row in enumerate(fixture['problems'][name]['rows']):
            w[b, row[::2]] = row[1::2]
        for share in plan[name]:
            weight = share * y.sum() / w.shape[1]
            # rates of two groups, as pooling groups have them; twins may be of different ones
            rates = y.sum() / w.sum() * np.where(np.arange(w.shape[1]) % 3 == 0, 1.5, 0.8)
            objective, fitted, lam, missing = solve(y, w, weight, rates)
            other = third_opinion(y, w, weight, rates, np.full(w.shape[1], y.sum() / w.sum()))
            short_by = (objective - other) / y.sum()
            print(f'{name} share {share}: objective {objective:.12g}, missing {missing:.1e}, L-BFGS-B short by {short_by:.1e}')
            assert missing < 1e-13 and -missing - 1e-13 < short_by < 1e-5
            fixture['cases'].append({
                'problem': name, 'share': share, 'rates': [float(f'{v:.17g}') for v in rates], 'weight': weight,
                'objective': objective, 'missing': missing, 'fitted': [float(f'{v:.14g}') for v in fitted],
                'productivity': [float(f'{v:.14g}') for v in lam] if share > 0 else [],
            })
    write(fixture)


def write(fixture):
    line = lambda value: json.dumps(value, separators=(',', ':'))
    with open(os.path.join(HERE, 'solvers.json'), 'w') as out:
        out.write('{"origin": %s,\n"problems": {\n' % line(fixture['origin']))
        out.write(',\n'.join('%s: %s' % (line(name), line(problem)) for name, problem in fixture['problems'].items()))
        out.write('},\n"cases": [\n')
        out.write(',\n'.join(line(case) for case in fixture['cases']))
        out.write('\n]}\n')


def short(value):
    return int(value) if value == int(value) else float(value)


if __name__ == '__main__':
    main()
