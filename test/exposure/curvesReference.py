"""Adstocks and saturations of every kind at random parameters, computed apart from the library.

    pip install numpy scipy && python3 test/exposure/curvesReference.py       (rewrites curvesReference.json beside it)

Recursions are scipy's lfilter, windows numpy's convolve, Weibull laws scipy.stats.weibull_min, quantiles numpy's; curves use
numpy's and scipy's own functions. Where a difference of two near numbers would cost digits the reference works with numpy's
longdouble. Parameters stand in each case in the words of the configuration.
"""

import json
import os

import numpy as np
from scipy.signal import lfilter
from scipy.stats import weibull_min

rng = np.random.default_rng(20240611)
PERIODS = 40
L = np.longdouble


def series():
    """Exposure with silent weeks; the first is not silent, so that no output is a rest of rounding."""
    x = np.round(rng.lognormal(5, 1.5, PERIODS), 3)
    x[rng.random(PERIODS) < 0.3] = 0
    x[0] = 100
    return x


def half(x):
    return {"halfLife": float(x)}


def weights(a):
    """Weight of each lag, from the definitions."""
    kind = a["kind"]
    if kind == "kernel":
        w = np.array(a["weights"])
    elif kind.startswith("weibull"):
        n = a.get("window", PERIODS)
        scale, shape = a["scale"], a["shape"]
        if isinstance(scale, dict):
            scale = np.round(np.quantile(np.arange(1, n + 1), scale["quantile"]))
        k = np.arange(1, n + 1)
        if kind == "weibullPdf":
            f = weibull_min.pdf(k, shape, scale=scale)
            w = (f - f.min()) / (f.max() - f.min())
        else:
            w = np.cumprod(np.concatenate([[1.0], weibull_min.sf(k[:-1], shape, scale=scale)]))
    else:
        n = a["window"]
        if a.get("shrink"):
            n = min(n, PERIODS)
        lag = np.arange(n)
        d = a["decay"]
        if kind == "geometricWindow":
            w = 0.5 ** (lag / d["halfLife"]) if isinstance(d, dict) else d**lag
        elif kind == "delayed":
            w = 0.5 ** (((lag - a["peak"]) / d["halfLife"]) ** 2) if isinstance(d, dict) else d ** ((lag - a["peak"]) ** 2)
        else:
            w = (1 - lag / a.get("zeroAt", n)) ** (1 / d - 1)
    return w / w.sum() if a.get("normalize") else w


def carry(a, x):
    if a["kind"] == "geometric":
        d = a["decay"]
        d = 0.5 ** (1 / d["halfLife"]) if isinstance(d, dict) else d
        y = lfilter([1.0], [1.0, -d], x)
        return y * (1 - d) if a.get("normalize") else y
    w = weights(a)
    lead = a.get("lead", 0)
    return np.convolve(np.concatenate([x, np.zeros(lead)]), w)[lead : lead + len(x)]


def bend(s, x):
    kind, x = s["kind"], x.astype(L)
    if kind in ("hill", "michaelisMenten"):
        ratio = (x / L(s["halfSaturation"])) ** L(s.get("slope", 1))
        y = ratio / (1 + ratio)
    elif kind in ("logistic", "exponential"):
        r = s["rate"]
        r = np.log(L(3 if kind == "logistic" else 2)) / L(r["halfSaturation"]) if isinstance(r, dict) else L(r)
        y = np.tanh(r * x / 2) if kind == "logistic" else -np.expm1(-r * x)
    elif kind == "tanh":
        return L(s["ceiling"]) * np.tanh(x / (L(s["ceiling"]) * L(s["cost"])))
    elif kind == "tanhBaseline":
        x0, r = L(s["baseline"]), L(s["reached"])
        return L(s["gain"]) * x0 * np.tanh(x * np.arctanh(r) / x0) / r
    elif kind == "power":
        y = x ** L(s["exponent"])
    elif kind == "log":
        y = np.log1p(x)
    else:
        b, m = L(s["rate"]), L(s["midpoint"])
        y = 1 / (1 + np.exp(-b * (x - m))) - 1 / (1 + np.exp(b * m))
    return L(s.get("amplitude", 1)) * y


def u(low, high):
    return float(rng.uniform(low, high))


def adstocks():
    n = lambda: int(rng.integers(1, 60))
    for i in range(4):
        flag = {"normalize": True} if i % 2 else {}
        yield {"kind": "geometric", "decay": u(0, 0.99) if i < 2 else half(u(0.2, 20)), **flag}
        yield {"kind": "geometricWindow", "decay": u(0, 1) if i < 3 else half(u(0.2, 20)), "window": n(), **flag}
        yield {"kind": "delayed", "decay": u(0.1, 1) if i < 3 else half(u(0.5, 9)), "peak": u(0, 3), "window": 4 + n(), **flag}
        window = n()
        yield {"kind": "binomial", "decay": u(0.02, 1), "window": window, "zeroAt": window + i, **flag}
        yield {"kind": "weibullPdf", "shape": u(0.3, 0.95) if i < 2 else u(1.2, 4), "scale": u(2, 9), "window": 5 + n(), **flag}
        yield {"kind": "weibullPdf", "shape": u(1.2, 6), "scale": {"quantile": u(0.05, 0.5)}, **flag}
        yield {"kind": "weibullCdf", "shape": u(0.2, 6), "scale": u(0.5, 20), "window": n(), **flag}
        yield {"kind": "weibullCdf", "shape": u(0.2, 6), "scale": {"quantile": u(0, 1)}, **flag}
        yield {"kind": "kernel", "weights": [u(0, 1) for _ in range(3 + 15 * i)], "lead": [0, 0, 3, 11][i], **flag}
    yield {"kind": "geometricWindow", "decay": 0.8, "window": 90, "normalize": True, "shrink": True}
    yield {"kind": "geometricWindow", "decay": 0.8, "window": 90, "normalize": True}
    yield {"kind": "binomial", "decay": 0.3, "window": 90, "normalize": True, "shrink": True}


def saturations():
    for i in range(5):
        rate = lambda: 10 ** u(-3, 2) if i < 3 else {"halfSaturation": 10 ** u(-2, 3)}
        high = {"amplitude": 10 ** u(-3, 3)} if i % 2 else {}
        yield {"kind": "hill", "halfSaturation": 10 ** u(-3, 3), "slope": u(0.1, 8), **high}
        yield {"kind": "michaelisMenten", "halfSaturation": 10 ** u(-3, 3), **high}
        yield {"kind": "logistic", "rate": rate(), **high}
        yield {"kind": "exponential", "rate": rate(), **high}
        yield {"kind": "tanh", "ceiling": 10 ** u(-1, 3), "cost": 10 ** u(-2, 1)}
        yield {"kind": "tanhBaseline", "baseline": 10 ** u(-1, 3), "gain": 10 ** u(-2, 1), "reached": u(0.01, 0.99)}
        yield {"kind": "power", "exponent": u(0.05, 2.5), **high}
        yield {"kind": "log", **high}
        yield {"kind": "sigmoid", "rate": 10 ** u(-2, 1), "midpoint": u(0, 3), **high}


def main():
    out = {"adstocks": [], "saturations": []}
    for a in adstocks():
        x = series()
        out["adstocks"].append({"adstock": a, "x": x.tolist(), "y": carry(a, x).tolist()})
    for s in saturations():
        x = np.concatenate([[0.0], 10 ** rng.uniform(-3, 3, 15)])
        out["saturations"].append({"saturation": s, "x": x.tolist(), "y": bend(s, x).astype(float).tolist()})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "curvesReference.json")
    with open(path, "w") as file:
        parts = [f'"{name}": [\n' + ",\n".join("  " + json.dumps(row) for row in rows) + "\n ]" for name, rows in out.items()]
        file.write("{\n " + ",\n ".join(parts) + "\n}\n")
    print(len(out["adstocks"]), "adstocks,", len(out["saturations"]), "saturations")


main()
