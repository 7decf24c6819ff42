"""Effective exposure under the presets of other libraries, computed apart from this one.

    pip install numpy && python3 test/exposure/presetsReference.py       (rewrites presetsReference.json beside it)

Each medium has one preset. The formulas are those of Robyn 3.12.1, Meridian 1.8, PyMC-Marketing and LightweightMMM, written down
once more from their sources in plain loops over whole arrays: kernel, order, scale and the periods that the scale looks at.
Nothing is said in the words of the library's own configuration. The MMM sees the sum of the campaigns; its saturated effect is
shared by adstocked exposure (or by exposure, where saturation comes first). The first weeks have no total: history alone.
"""

import json
import os

import numpy as np

WEEKS, HISTORY, GEOS = 26, 7, ["north", "south"]
POPULATION = {"north": 120000.0, "south": 45500.0}
TRAINING = slice(HISTORY, WEEKS)
L = np.longdouble


# --- kernels: weight of each lag, on a calendar of WEEKS periods


def infinite(decay):
    return np.array([decay**lag for lag in range(WEEKS)])


def weibull(shape, scale, periods, kind):
    """R's dweibull and pweibull at 1 .. periods."""
    t = np.arange(1, periods + 1)
    survival = np.exp(-((t / scale) ** shape))
    if kind == "cdf":
        return survival
    f = (shape / scale) * (t / scale) ** (shape - 1) * survival
    return (f - f.min()) / (f.max() - f.min())


def robyn_kernel(p):
    kind = p.get("adstock", "geometric")
    if kind == "geometric":
        return infinite(p["theta"])
    s = np.round(np.quantile(np.arange(1, WEEKS + 1), p["scale"]))
    if kind == "weibull_pdf":
        return weibull(p["shape"], s, WEEKS, "pdf")
    # theta_1 = 1, theta_k = 1 - F(k - 1); the kernel is their running product
    return np.cumprod(np.concatenate([[1.0], weibull(p["shape"], s, WEEKS, "cdf")[:-1]]))


def meridian_kernel(p):
    w = min(p.get("max_lag", 8) + 1, WEEKS)
    lag = np.arange(w)
    k = (1 - lag / w) ** (1 / p["alpha"] - 1) if p.get("adstock_decay_spec") == "binomial" else p["alpha"] ** lag
    return k / k.sum()


def pymc_kernel(p):
    n, kind = p.get("l_max", 12), p["adstock"]
    lag = np.arange(n)
    if kind == "no_adstock":
        return np.ones(1)
    if kind == "geometric":
        k = p["adstock_alpha"] ** lag
    elif kind == "delayed":
        k = p["adstock_alpha"] ** ((lag - p["adstock_theta"]) ** 2)
    elif kind == "binomial":
        k = (1 - lag / (n + 1)) ** (1 / p["adstock_alpha"] - 1)
    elif kind == "weibull_pdf":
        k = weibull(p["adstock_k"], p["adstock_lam"], n, "pdf")
    else:
        k = np.cumprod(np.concatenate([[1.0], weibull(p["adstock_k"], p["adstock_lam"], n, "cdf")]))
    return k / k.sum() if p.get("normalize", True) else k


def lightweight_kernel(p):
    if p["model_name"] == "carryover":
        k = p["ad_effect_retention_rate"] ** ((np.arange(p.get("number_lags", 13)) - p["peak_effect_delay"]) ** 2)
        return k / k.sum()
    k = infinite(p["lag_weight"])
    return k * (1 - p["lag_weight"]) if p.get("normalise", True) else k


def carry(x, kernel):
    """Along weeks; x is weeks x campaigns."""
    y = np.zeros(x.shape)
    for lag, weight in enumerate(kernel[: len(x)]):
        y[lag:] += weight * x[: len(x) - lag]
    return y


# --- saturation


def hill(x, ec, slope):
    x = x.astype(L)
    return np.where(x > 0, 1 / (1 + (np.where(x > 0, x, 1) / L(ec)) ** -L(slope)), 0).astype(float)


def pymc_saturation(p):
    def of(x):
        x = x.astype(L)
        get = lambda name, default=None: L(p.get("saturation_" + name, default))
        kind = p["saturation"]
        if kind == "logistic":
            return get("beta", 1) * (1 - np.exp(-get("lam") * x)) / (1 + np.exp(-get("lam") * x))
        if kind == "inverse_scaled_logistic":
            z = np.log(L(3)) / get("lam") * x
            return get("beta", 1) * (1 - np.exp(-z)) / (1 + np.exp(-z))
        if kind == "tanh":
            return get("b") * np.tanh(x / (get("b") * get("c")))
        if kind == "tanh_baselined":
            x0, r = get("x0"), get("r")
            return get("beta", 1) * get("gain") * x0 * np.tanh(x * np.arctanh(r) / x0) / r
        if kind == "michaelis_menten":
            return get("alpha", 1) * x / (get("lam") + x)
        if kind == "hill":
            s, k = get("slope"), get("kappa")
            return get("beta", 1) * (1 - k**s / (k**s + x**s))
        if kind == "hill_sigmoid":
            b, m = get("beta"), get("lam")
            return get("sigma", 1) * (1 / (1 + np.exp(-b * (x - m))) - 1 / (1 + np.exp(b * m)))
        if kind == "root":
            return get("beta", 1) * x ** get("alpha")
        if kind == "log":
            return get("beta", 1) * np.log1p(x)
        return get("beta", 1) * x

    return lambda x: of(x).astype(float)


# --- the whole chain of one medium: {geo: weeks x campaigns} to the same


def share(effect, a):
    """The medium's effect, shared by campaigns in proportion to a."""
    total = a.sum(1, keepdims=True)
    return np.divide(effect[:, None] * a, total, out=np.zeros(a.shape), where=total > 0)


def robyn(p, x):
    out = {}
    for geo in x:
        a = carry(x[geo], robyn_kernel(p))
        total = a.sum(1)
        window = total[TRAINING]
        c = p["gamma"] * window.max()
        if p["preset"] == "robyn-legacy":
            c += (1 - p["gamma"]) * window.min()
        out[geo] = share(hill(total, c, p["alpha"]), a)
    return out


def meridian(p, x, frequency):
    # per head, in units of the median of what is not zero, over all geos and weeks, history too
    head = {geo: x[geo].sum(1) / POPULATION[geo] for geo in x}
    everything = np.concatenate([head[geo] for geo in x])
    median = np.median(everything[everything > 0])
    kernel, out = meridian_kernel(p), {}
    for geo in x:
        z = x[geo] / (POPULATION[geo] * median)
        if p.get("reach_frequency"):
            effect = carry(z * hill(frequency[geo], p["ec"], p["slope"]), kernel)
        elif p.get("saturation_spec") == "none":
            effect = carry(z, kernel)
        elif p.get("hill_before_adstock"):
            effect = carry(share(hill(z.sum(1), p["ec"], p.get("slope", 1)), z), kernel)
        else:
            a = carry(z, kernel)
            effect = share(hill(a.sum(1), p["ec"], p.get("slope", 1)), a)
        # the outcome is per head too
        out[geo] = effect * POPULATION[geo]
    return out


def pymc(p, x):
    bend, kernel, out = pymc_saturation(p), pymc_kernel(p), {}
    for geo in x:
        z = x[geo] / x[geo].sum(1)[TRAINING].max()
        if p.get("adstock_first", True):
            a = carry(z, kernel)
            out[geo] = share(bend(a.sum(1)), a)
        else:
            out[geo] = carry(share(bend(z.sum(1)), z), kernel)
    return out


def lightweight(p, x):
    out = {}
    for geo in x:
        z = x[geo] / x[geo].sum(1)[TRAINING].mean()
        a = carry(z, lightweight_kernel(p))
        total = a.sum(1)
        if p["model_name"] == "hill_adstock":
            effect = hill(total, p["half_max_effective_concentration"], p["slope"])
        else:
            effect = total ** p["exponent"]
        out[geo] = share(effect, a)
    return out


PRESETS = [
    {"preset": "robyn", "theta": 0.35, "alpha": 2.2, "gamma": 0.45},
    {"preset": "robyn", "adstock": "weibull_cdf", "shape": 1.4, "scale": 0.12, "alpha": 0.8, "gamma": 1},
    {"preset": "robyn", "adstock": "weibull_pdf", "shape": 2.7, "scale": 0.14, "alpha": 1.3, "gamma": 0.3},
    {"preset": "robyn-legacy", "theta": 0.6, "alpha": 2.2, "gamma": 0.45},
    {"preset": "robyn-legacy", "adstock": "weibull_cdf", "shape": 0.7, "scale": 0.06, "alpha": 3.1, "gamma": 0.7},
    {"preset": "meridian", "alpha": 0.55, "ec": 0.9},
    {"preset": "meridian", "alpha": 0.8, "ec": 1.7, "slope": 1.4, "max_lag": 60},
    {"preset": "meridian", "alpha": 0.3, "ec": 0.6, "max_lag": 5, "adstock_decay_spec": "binomial", "hill_before_adstock": True},
    {"preset": "meridian", "alpha": 0.4, "saturation_spec": "none"},
    {"preset": "meridian", "alpha": 0.45, "ec": 2.1, "slope": 1.8, "max_lag": 4, "reach_frequency": True},
    {"preset": "pymc-marketing", "adstock": "geometric", "adstock_alpha": 0.5, "saturation": "logistic", "saturation_lam": 3, "saturation_beta": 0.7},
    {"preset": "pymc-marketing", "adstock": "geometric", "adstock_alpha": 0.7, "l_max": 4, "adstock_first": False, "saturation": "hill", "saturation_slope": 1.6, "saturation_kappa": 0.3},
    {"preset": "pymc-marketing", "adstock": "delayed", "adstock_alpha": 0.4, "adstock_theta": 1.5, "l_max": 6, "saturation": "inverse_scaled_logistic", "saturation_lam": 0.4},
    {"preset": "pymc-marketing", "adstock": "binomial", "adstock_alpha": 0.35, "normalize": False, "saturation": "michaelis_menten", "saturation_alpha": 2, "saturation_lam": 0.6},
    {"preset": "pymc-marketing", "adstock": "weibull_pdf", "adstock_lam": 2.5, "adstock_k": 1.8, "l_max": 8, "saturation": "tanh", "saturation_b": 0.8, "saturation_c": 1.2},
    {"preset": "pymc-marketing", "adstock": "weibull_cdf", "adstock_lam": 1.5, "adstock_k": 0.9, "l_max": 5, "saturation": "tanh_baselined", "saturation_x0": 0.4, "saturation_gain": 0.9, "saturation_r": 0.6, "saturation_beta": 3},
    {"preset": "pymc-marketing", "adstock": "no_adstock", "saturation": "hill_sigmoid", "saturation_sigma": 1.5, "saturation_beta": 6, "saturation_lam": 0.4},
    {"preset": "pymc-marketing", "adstock": "no_adstock", "saturation": "root", "saturation_alpha": 0.6, "saturation_beta": 2},
    {"preset": "pymc-marketing", "adstock": "geometric", "adstock_alpha": 0.2, "saturation": "log"},
    {"preset": "pymc-marketing", "adstock": "geometric", "adstock_alpha": 0.9, "saturation": "no_saturation", "saturation_beta": 4},
    {"preset": "lightweight-mmm", "model_name": "adstock", "lag_weight": 0.65, "exponent": 0.85},
    {"preset": "lightweight-mmm", "model_name": "hill_adstock", "lag_weight": 0.3, "normalise": False, "half_max_effective_concentration": 1.1, "slope": 1.9},
    {"preset": "lightweight-mmm", "model_name": "carryover", "ad_effect_retention_rate": 0.7, "peak_effect_delay": 2.2, "exponent": 0.9},
]


def main():
    rng = np.random.default_rng(20240617)
    weeks = [str(np.datetime64("2024-01-01") + 7 * t) for t in range(WEEKS)]
    # a row of nothing in the first week: the calendar begins with it
    media, deliveries, expected = {}, [[0, "north", "00 robyn", "c0", 0.0, None]], []
    for i, p in enumerate(PRESETS):
        medium = f"{i:02d} {p['preset']}"
        media[medium] = p
        x, frequency = {}, {}
        for geo in GEOS:
            x[geo] = np.zeros((WEEKS, 2))
            frequency[geo] = np.zeros((WEEKS, 2))
            for k in range(2):
                start, length = rng.integers(1, 12), rng.integers(6, 13)
                run = slice(start, start + length)
                x[geo][run, k] = np.round(rng.lognormal(7, 1, WEEKS)[run], 2)
                frequency[geo][run, k] = np.round(1 + rng.gamma(2, 1, WEEKS)[run], 2)
        family = {"r": robyn, "p": pymc, "l": lightweight}.get(p["preset"][0])
        w = family(p, x) if family else meridian(p, x, frequency)
        for geo in GEOS:
            for t in range(WEEKS):
                for k in range(2):
                    if x[geo][t, k] > 0:
                        often = frequency[geo][t, k] if p.get("reach_frequency") else None
                        deliveries.append([t, geo, medium, f"c{k}", x[geo][t, k], often])
                    if t >= HISTORY and w[geo][t, k] > 0:
                        expected.append([t, geo, medium, f"c{k}", w[geo][t, k]])
    out = {"weeks": weeks, "history": HISTORY, "population": POPULATION, "curves": media}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "presetsReference.json")
    with open(path, "w") as file:
        text = json.dumps(out, indent=1)[:-2]
        for name, rows in (("deliveries", deliveries), ("expected", expected)):
            text += f',\n "{name}": [\n' + ",\n".join("  " + json.dumps(row) for row in rows) + "\n ]"
        file.write(text + "\n}\n")
    print(len(deliveries), "deliveries,", len(expected), "cells")


main()
