"""Independent answers for the pooled fit, written from the formulas of docs/method.md alone.

Run:  python3 test/reference/fit/fit_reference.py && npx biome format --write test/reference/fit
      (numpy, mpmath; under a minute; rewrites the JSON beside it)

Nothing here is a translation of the library. The library climbs by EM on scaled totals and stops at a certificate;
this script takes damped Newton steps in 64-bit floats and then polishes with gradients of 40 digits, so that the
productivities are right to about 1e-15. The trace of the dispersion comes from eigenvalues, not from Cholesky factors.

The model, as equations (y totals, w exposure, u = sum_h w lambda, p = w lambda / u, a = 1/spread^2):
  F      = sum y log u - sum u + psi * sum_h (a log lambda - a lambda / m)        psi = phi * (1 + B / N), B bricks of the component
  m      = sum y / sum w of the component; with finer groups: the productivities of a fit whose entities are the groups
           (exposures added), prior mean the component's rate, same spread and evidence, at dispersion phi_0
  J      = sum_b y p p'                        (data's share of the curvature in log lambda; the prior's is psi a)
  edf    = trace J (J + psi a)^-1
  phi_0  = sum ((y-u)/u)(y-u) / (B-1) at u = rate * sum_h w;  phi = Pearson / (B - edf) in at most 12 rounds, until it
           changes by less than 1e-4; edf > B/2 in a round: phi_0 and one refit; never below 1e-6 * mean total;
           components under 20 bricks share sum Pearson / sum (B - edf); undefined: the mean total
  trust  = C / (C + psi a), C_h = J_hh;  0 for entities the data cannot tell apart (the same exposure in every brick), or where totals are one number times exposure
Read into it, where the text leaves room (a first version of this script read some of these otherwise; the differences
are below 1e-4 of phi, but for the rates of groups, where phi_0 is the only dispersion known "before the certified fit"):
  - the dispersion kept is the one the last fit used: the round that moves it by less than 1e-4 changes nothing any more;
  - a component whose totals are all zero has no part in a shared dispersion;
  - "edf > B/2", "undefined" and the floor of a shared dispersion use sums over the components that share it;
  - where phi_0 is undefined there are no rounds.
"""

import json
import os

import mpmath
import numpy as np

mpmath.mp.dps = 40
HERE = os.path.dirname(os.path.abspath(__file__))


# ---------------------------------------------------------------------------------------------- optimum of one component
def sums(y, w, lam):
    u = w @ lam
    p = w * lam / u[:, None]
    return u, p


def objective(y, w, lam, psi_a, m):
    """F in 64-bit floats. psi_a is psi * a; m one prior mean per entity (ignored when psi_a is 0)."""
    u = w @ lam
    pos = y > 0
    F = float(np.sum(y[pos] * np.log(u[pos])) - u.sum())
    if psi_a > 0:
        F += float(psi_a * np.sum(np.log(lam) - lam / m))
    return F


def newton(y, w, psi_a, m, lam, linear=True):
    """Maximum of the strictly concave F by damped Newton in lambda; `linear` False leaves only the logarithm (a barrier)."""
    s = w.sum(0)
    slope = psi_a / m if linear else np.zeros_like(lam)
    enough = 1e-13 * y.sum() if linear else min(1e-13 * y.sum(), 1e-4 * psi_a)

    def value(x):
        u = w @ x
        pos = y > 0
        return float(np.sum(y[pos] * np.log(u[pos])) - s @ x + psi_a * np.sum(np.log(x)) - slope @ x)

    now = value(lam)
    for _ in range(300):
        u, p = sums(y, w, lam)
        grad = (y[:, None] * p).sum(0) - s * lam + psi_a - slope * lam          # lambda * dF/dlambda
        J = p.T @ (y[:, None] * p)
        step = np.linalg.solve(J + psi_a * np.eye(len(lam)), grad)              # relative step
        decrement = float(grad @ step)
        t = 1.0
        low = step.min()
        if low < 0:
            t = min(1.0, 0.95 / -low)
        while True:
            trial = lam * (1 + t * step)
            got = value(trial)
            # near the optimum the change of F drowns in its rounding
            if got >= now + 0.01 * t * decrement - 1e-14 * abs(now) or t < 1e-12:
                break
            t /= 2
        if t < 1e-12:
            break
        lam, now = trial, got
        if decrement < enough and t == 1.0:
            break
    return lam


def polish(y, w, psi_a, m, lam):
    """Newton steps in log lambda with gradients of 40 digits: mixed-precision refinement. Returns mpf productivities."""
    entities = range(len(lam))
    wm = [[(h, mpmath.mpf(float(row[h]))) for h in entities if row[h] > 0] for row in w]
    ym = [mpmath.mpf(float(v)) for v in y]
    s = [mpmath.fsum(mpmath.mpf(float(v)) for v in w[:, h]) for h in entities]
    x = [mpmath.mpf(float(v)) for v in lam]
    pa = mpmath.mpf(psi_a)
    mm = [mpmath.mpf(v) for v in m]
    smallest = mpmath.inf
    for _ in range(60):
        g = [mpmath.mpf(0) for _ in entities]
        for row, total in zip(wm, ym):
            u = mpmath.fsum(v * x[h] for h, v in row)
            if total > 0:
                r = total / u
                for h, v in row:
                    g[h] += v * r
        grad = [x[h] * (g[h] - s[h]) + pa - pa * x[h] / mm[h] for h in entities]
        at = np.array([float(v) for v in x])
        u, p = sums(y, w, at)
        J = p.T @ (y[:, None] * p)
        d = np.linalg.solve(J + psi_a * np.eye(len(at)), np.array([float(v) for v in grad]))
        size = float(np.abs(d).max())
        if size >= smallest:
            break
        smallest = size
        x = [v * (1 + mpmath.mpf(float(dv))) for v, dv in zip(x, d)]
        if size < 1e-25:
            break
    assert smallest < 1e-14, ('not polished', smallest)
    return x


def exact_values(y, w, x, psi_a, m):
    """(F, log-likelihood, Pearson) of mpf productivities with 40 digits."""
    L, P = mpmath.mpf(0), mpmath.mpf(0)
    for row, total in zip(w, y):
        u = mpmath.fsum(mpmath.mpf(float(row[h])) * x[h] for h in range(len(x)) if row[h] > 0)
        t = mpmath.mpf(float(total))
        if total > 0:
            L += t * mpmath.log(u)
        L -= u
        P += (t - u) * (t - u) / u
    prior = mpmath.mpf(0)
    if psi_a > 0:
        prior = mpmath.mpf(psi_a) * mpmath.fsum(mpmath.log(v) - v / mpmath.mpf(mv) for v, mv in zip(x, m))
    return L + prior, L, P


def maximum_likelihood(y, w):
    """Plain maximum likelihood by a barrier that fades out: returns lambda and a proven bound on what is missing."""
    lam = np.full(w.shape[1], y.sum() / w.sum())
    mu = y.sum() / w.shape[1]
    while mu > 1e-15 * y.sum() / w.shape[1]:
        lam = newton(y, w, mu, np.ones_like(lam), lam, linear=False)
        mu /= 10
    x = [mpmath.mpf(float(v)) for v in lam]
    # duality: r = (y/u)/k is feasible when k_b >= max over the brick's entities of (sum_b w y/u) / sum_b w
    u = [mpmath.fsum(mpmath.mpf(float(row[h])) * x[h] for h in range(len(x)) if row[h] > 0) for row in w]
    scale = mpmath.fsum(mpmath.mpf(float(v)) for v in y) / mpmath.fsum(u)
    x = [v * scale for v in x]
    u = [v * scale for v in u]
    mult = []
    for h in range(len(x)):
        g = mpmath.fsum(mpmath.mpf(float(w[b, h])) * mpmath.mpf(float(y[b])) / u[b] for b in range(len(y)) if w[b, h] > 0 and y[b] > 0)
        mult.append(g / mpmath.fsum(mpmath.mpf(float(v)) for v in w[:, h]))
    missing = mpmath.mpf(0)
    for b in range(len(y)):
        if y[b] > 0:
            missing += mpmath.mpf(float(y[b])) * mpmath.log(max(mult[h] for h in range(len(x)) if w[b, h] > 0))
    return x, float(missing)


# ------------------------------------------------------------------------------------------------------------ components
def components(y, w):
    """Connected sets of bricks and entities, as (bricks, entities) lists."""
    B, H = w.shape
    label = -np.ones(H, int)
    found = []
    for h in range(H):
        if label[h] >= 0 or not (w[:, h] > 0).any():
            continue
        ents, bricks, todo = {h}, set(), [h]
        while todo:
            e = todo.pop()
            for b in np.nonzero(w[:, e] > 0)[0]:
                if b not in bricks:
                    bricks.add(int(b))
                    for o in np.nonzero(w[b] > 0)[0]:
                        if int(o) not in ents:
                            ents.add(int(o))
                            todo.append(int(o))
        for e in ents:
            label[e] = len(found)
        found.append((sorted(bricks), sorted(ents)))
    return found


class Part:
    """One component: its data and what the dispersion loop knows of it."""

    def __init__(self, y, w, m):
        self.y, self.w, self.m = y, w, m
        self.B = len(y)
        self.rate = y.sum() / w.sum()
        u = self.rate * w.sum(1)
        self.pearson0 = float((((y - u) / u) * (y - u)).sum())
        self.lam = np.full(w.shape[1], self.rate)


def first_dispersion(parts):
    """phi of the proportional fit; the mean total where no brick is left over to tell it."""
    B = sum(p.B for p in parts)
    mean = sum(p.y.sum() for p in parts) / B
    if B == len(parts):
        return mean
    return max(1e-6 * mean, sum(p.pearson0 for p in parts) / (B - len(parts)))


def settle(parts, spread, evidence, family):
    """Dispersion of components that share one, and the fit at it. Fills lam (mpf), psi, edf, F, L of every part."""
    a = 1 / spread**2 if spread else 0.0
    B = sum(p.B for p in parts)
    mean = sum(p.y.sum() for p in parts) / B
    floor = 1e-6 * mean
    notes = []

    def fit(phi):
        edf = pearson = 0.0
        for p in parts:
            p.psi = phi * (1 + (p.B / evidence if evidence else 0.0))
            pa = p.psi * a
            start = newton(p.y, p.w, pa, p.m, p.lam)
            p.x = polish(p.y, p.w, pa, p.m, start)
            p.lam = np.array([float(v) for v in p.x])
            _, sh = sums(p.y, p.w, p.lam)
            p.J = sh.T @ (p.y[:, None] * sh)
            e = np.clip(np.linalg.eigvalsh(p.J), 0, None)
            p.edf = float((e / (e + pa)).sum())
            p.F, p.L, P = exact_values(p.y, p.w, p.x, pa, p.m)
            p.pearson = float(P)
            edf += p.edf
            pearson += p.pearson
        return edf, pearson

    if family == 'poisson':
        fit(1.0)
        return 1.0, notes, [1.0]
    first = first_dispersion(parts)
    phi, trail = first, [first]
    if B == len(parts):
        fit(phi)
        return phi, notes, trail
    settled = False
    for _ in range(12):
        edf, pearson = fit(phi)
        if edf > B / 2:
            phi = first
            notes.append('dispersion-not-estimable')
            settled = True
            break
        new = max(floor, pearson / (B - edf))
        change = abs(new - phi) / phi
        if change < 1e-4:
            settled = True
            break
        phi = new
        trail.append(phi)
    if not settled:
        phi = trail[-2]
        trail.pop()
    if not settled:
        notes.append('dispersion-not-settled')
    if phi <= floor:
        notes.append('totals-follow-exposure')
    fit(phi)
    return phi, notes, trail


def alike(w):
    """True for entities whose exposure column is another's as well."""
    H = w.shape[1]
    return [any(g != h and np.array_equal(w[:, g], w[:, h]) for g in range(H)) for h in range(H)]


def reference(y, w, groups, model):
    family, pooled = model['family'], model['pooling'] == 'gamma'
    found = components(y, w)
    H = w.shape[1]
    out = {
        'productivity': [0.0] * H, 'trust': [0.0] * H,
        'components': [], 'objective': mpmath.mpf(0), 'logLikelihood': mpmath.mpf(0), 'notes': [],
    }
    live = [(b, e) for b, e in found if y[b].sum() > 0]
    pools = [[c] for c in live if len(c[0]) >= 20]
    small = [c for c in live if len(c[0]) < 20]
    if small:
        pools.append(small)
    for pool in pools:
        if not pooled:
            for b, e in pool:
                x, missing = maximum_likelihood(y[b], w[np.ix_(b, e)])
                F, L, _ = exact_values(y[b], w[np.ix_(b, e)], x, 0.0, None)
                out['objective'] += F
                out['logLikelihood'] += L
                fitted = w[np.ix_(b, e)] @ np.array([float(v) for v in x])
                out['components'].append({'bricks': b, 'entities': e, 'missing': missing, 'fitted': fitted.tolist()})
            continue
        spread, evidence = model['spread'], model['evidence']
        if spread == 0:
            for b, e in pool:
                rate = y[b].sum() / w[np.ix_(b, e)].sum()
                for h in e:
                    out['productivity'][h] = rate
                out['components'].append({'bricks': b, 'entities': e, 'rate': rate})
            continue
        coarse = []
        if groups is not None:
            for b, e in pool:
                names = sorted({groups[h] for h in e})
                ww = np.stack([w[np.ix_(b, [h for h in e if groups[h] == g])].sum(1) for g in names], 1)
                coarse.append(Part(y[b], ww, np.full(len(names), y[b].sum() / ww.sum())))
                coarse[-1].names = names
            phi0 = 1.0 if family == 'poisson' else first_dispersion(coarse)
            for c in coarse:
                if len(c.names) > 1:
                    weight = phi0 * (1 + (c.B / evidence if evidence else 0.0)) / spread**2
                    c.x = polish(c.y, c.w, weight, c.m, newton(c.y, c.w, weight, c.m, c.lam))
                    c.lam = np.array([float(v) for v in c.x])
        parts = []
        for i, (b, e) in enumerate(pool):
            ww = w[np.ix_(b, e)]
            m = np.full(len(e), y[b].sum() / ww.sum())
            if groups is not None and len(coarse[i].names) > 1:
                m = np.array([coarse[i].lam[coarse[i].names.index(groups[h])] for h in e])
            parts.append(Part(y[b], ww, m))
        phi, notes, trail = settle(parts, spread, evidence, family)
        out['notes'] += notes
        for (b, e), p in zip(pool, parts):
            same = alike(p.w)
            # at the floor from the proportional fit on: the totals repeat the exposure
            follows = 'totals-follow-exposure' in notes and len(trail) == 1
            c = np.diag(p.J)
            for k, h in enumerate(e):
                out['productivity'][h] = float(p.x[k])
                out['trust'][h] = 0.0 if same[k] or follows else float(c[k] / (c[k] + p.psi / spread**2))
            out['objective'] += p.F
            out['logLikelihood'] += p.L
            out['components'].append({
                'bricks': b, 'entities': e, 'dispersion': phi, 'psi': p.psi, 'edf': p.edf, 'm': p.m.tolist() if len(set(p.m)) > 1 else [p.m[0]],
                'F': float(p.F), 'trail': trail, 'shares': len(pool),
            })
    out['objective'] = float(out['objective'])
    out['logLikelihood'] = float(out['logLikelihood'])
    out['total'] = float(y.sum())
    return out


# -------------------------------------------------------------------------------------------------------------- problems
def mmm(rng, campaigns=30, bricks=200):
    """Weekly panel: 6 platform plans, campaigns follow them closely (collinear), totals overdispersed."""
    plans = rng.gamma(2.0, 1.0, (bricks, 6))
    w = np.zeros((bricks, campaigns))
    for k in range(campaigns):
        w[:, k] = plans[:, k % 6] * rng.lognormal(0, 0.25, bricks) * rng.lognormal(0, 0.7)
    w[rng.random(w.shape) < 0.15] = 0
    w = np.round(w * 1000)
    lam = rng.gamma(6, 1 / 6, campaigns)
    mean = w @ lam
    y = np.round(rng.gamma(mean / 900, 900), 2)
    return y, w, [f'platform{k % 6}' for k in range(campaigns)]


def hcp(rng, entities=60, bricks=24):
    """More entities than bricks, each in one to four neighbouring bricks; exposures small whole numbers."""
    w = np.zeros((bricks, entities))
    for h in range(entities):
        home = int(rng.integers(bricks))
        for k in range(int(rng.integers(1, 5))):
            w[(home + k) % bricks, h] = float(rng.integers(1, 12))
    lam = rng.gamma(4, 0.25, entities)
    y = np.round(rng.gamma(np.maximum(w @ lam, 0.5) / 5, 5), 2)
    y[3] = 0
    return y, w, [f'region{h % 4}' for h in range(entities)]


def islands(rng):
    """Components of 25, 20, 19, 8, 5, 3, 2, 1 and 1 bricks, and one of 4 bricks without a sale; scales far apart."""
    sizes = [25, 20, 19, 8, 5, 3, 2, 1, 1, 4]
    heads = [4, 3, 5, 12, 2, 3, 3, 4, 1, 2]
    scales = [1, 30, 1, 1000, 1, 0.001, 1, 5, 1, 1]
    B, H = sum(sizes), sum(heads)
    w, y, groups = np.zeros((B, H)), np.zeros(B), []
    b0 = h0 = 0
    for i, (nb, nh, scale) in enumerate(zip(sizes, heads, scales)):
        block = rng.integers(1, 40, (nb, nh)).astype(float)
        block[rng.random((nb, nh)) < 0.25] = 0
        block[:, 0] = np.maximum(block[:, 0], 1)          # keeps the component connected
        for h in range(nh):
            if not block[:, h].any():
                block[0, h] = 7
        if i == 2:
            block[:, 3] = block[:, 1]                     # two entities nobody can tell apart
        w[b0:b0 + nb, h0:h0 + nh] = block
        mean = block @ rng.gamma(5, 0.2, nh) * scale
        y[b0:b0 + nb] = 0 if i == 9 else np.round(rng.gamma(mean / (8 * scale), 8 * scale), 5)
        groups += [f'g{h % 2}' for h in range(nh)]
        b0, h0 = b0 + nb, h0 + nh
    return y, w, groups


def single(rng):
    """One brick of four entities."""
    return np.array([123.25]), np.array([[1.0, 2.0, 3.0, 10.0]]), ['a', 'a', 'b', 'b']


def follows(rng):
    """Totals computed from the very exposure, to the last digit of a double."""
    w = rng.integers(0, 30, (25, 4)).astype(float)
    w[:, 0] += 1
    return 3.0 * w.sum(1), w, ['a', 'a', 'b', 'b']


def slow(rng):
    """Productivities far apart and clean totals: a dispersion that falls round after round."""
    w = np.ceil(10 * rng.lognormal(0, 1, (24, 6)))
    w[rng.random(w.shape) < 0.5] = 0
    w[:, 0] = np.maximum(w[:, 0], 1)
    return np.round(w @ rng.lognormal(0, 1, 6) * rng.lognormal(0, 0.1, 24), 3), w, [f'g{h % 2}' for h in range(6)]


def main():
    rng = np.random.default_rng(20240607)
    problems = {'mmm': mmm(rng), 'hcp': hcp(rng), 'islands': islands(rng), 'single': single(rng), 'follows': follows(rng)}
    # seeds found by trying: twelve rounds are too few; edf passes B/2 in the third round only
    problems['slow'] = slow(np.random.default_rng(2))
    problems['late'] = hcp(np.random.default_rng(24), 18, 26)
    gamma = lambda spread, evidence, family='quasiPoisson': {
        'family': family, 'pooling': 'gamma', 'spread': spread, 'evidence': evidence}
    none = {'family': 'quasiPoisson', 'pooling': 'none', 'spread': None, 'evidence': None}
    cases = []
    for name in ['mmm', 'hcp', 'islands']:
        for model in [gamma(0.3, 25), gamma(0.3, None), gamma(1, 25), gamma(1000, 25), gamma(0, 25), gamma(0.3, 25, 'poisson'), none]:
            cases.append((name, False, model))
        for model in [gamma(0.3, 25), gamma(1, None), gamma(0.3, 25, 'poisson')]:
            cases.append((name, True, model))
    for name in ['single', 'follows']:
        cases += [(name, False, gamma(0.3, 25)), (name, True, gamma(0.3, 25))]
    cases += [('slow', False, gamma(0.6, 25)), ('late', False, gamma(1, None))]
    fixture = {
        'origin': 'test/reference/fit/fit_reference.py, seed 20240607',
        'problems': {
            name: {
                'totals': y.tolist(), 'entities': w.shape[1], 'groups': groups,
                'rows': [[v for h in np.nonzero(w[b])[0] for v in (int(h), int(w[b, h]))] for b in range(len(y))],
            } for name, (y, w, groups) in problems.items()
        },
        'cases': [],
    }
    for name, grouped, model in cases:
        y, w, groups = problems[name]
        got = reference(y, w, groups if grouped else None, model)
        fixture['cases'].append({'problem': name, 'grouped': grouped, 'model': model, 'expected': got})
        print(name, 'grouped' if grouped else '', model, got['objective'], got['notes'],
              [(round(c.get('dispersion', 0), 4), round(c.get('edf', 0), 3), len(c.get('trail', [])), c.get('missing')) for c in got['components']][:3])
    write(fixture)


def short(value):
    """14 digits are more than any test compares."""
    if isinstance(value, dict):
        return {k: short(v) for k, v in value.items()}
    if isinstance(value, list):
        return [short(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return int(value) if value == int(value) and abs(value) < 1e9 else float(f'{value:.14g}')
    return value


def write(fixture):
    fixture = {**short({**fixture, 'problems': None}), 'problems': fixture['problems']}
    with open(os.path.join(HERE, 'fit.json'), 'w') as file:
        file.write('{"origin": %s,\n"problems": {\n' % json.dumps(fixture['origin']))
        file.write(',\n'.join('%s: %s' % (json.dumps(k), json.dumps(v, separators=(',', ':'))) for k, v in fixture['problems'].items()))
        file.write('},\n"cases": [\n')
        file.write(',\n'.join(json.dumps(c, separators=(',', ':')) for c in fixture['cases']))
        file.write('\n]}\n')


if __name__ == '__main__':
    main()
