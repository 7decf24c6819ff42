"""Effective exposure of a small panel, computed apart from the library.

Run:  python3 test/exposure/reference.py          (numpy; a second; rewrites reference.json beside it)

The model, as equations, per place (geo) and medium:
  a[t] = x[t] + decay * a[t-1]                                 adstock of each campaign, from the first delivery on
  of "medium":  A = sum of a over campaigns;  level = A / max A;  w = S(level) * a / A
  of "entity":  level = a / max a of the campaign;             w = S(level)
  S(v) = v^slope / (v^slope + half^slope);  maxima over all periods, those before the first total included
with "scale": "none" nothing is divided; without a saturation S is the identity.
Everything is whole arrays and numpy's own power: no loop over cells, no kernel, no layout of the library's.
"""

import json
import os

import numpy as np

WEEKS, GEOS, HISTORY = 30, ["north", "south", "east", "west"], 6
MEDIA = {
    "tv": {
        "campaigns": 7,
        "curve": {
            "adstock": {"kind": "geometric", "decay": 0.7},
            "saturation": {"kind": "hill", "halfSaturation": 0.4, "slope": 1.3, "of": "medium"},
            "scale": "max",
        },
    },
    "radio": {
        "campaigns": 4,
        "curve": {
            "adstock": {"kind": "geometric", "decay": 0.35},
            "saturation": {"kind": "hill", "halfSaturation": 0.6, "slope": 2.5, "of": "entity"},
        },
    },
    "search": {
        "campaigns": 5,
        "curve": {"saturation": {"kind": "hill", "halfSaturation": 900.0, "slope": 0.8}, "scale": "none"},
    },
}


def saturate(level, curve):
    s = curve["saturation"]
    power = np.power(level, s["slope"])
    return power / (power + s["halfSaturation"] ** s["slope"])


def effective(x, curve):
    """x: weeks x campaigns of one medium and geo."""
    decay = curve.get("adstock", {}).get("decay", 0.0)
    # the same as the recursion: a lower triangle of powers of the decay
    lag = np.subtract.outer(np.arange(len(x)), np.arange(len(x)))
    a = np.where(lag >= 0, np.power(decay, np.maximum(lag, 0), where=lag >= 0, out=np.zeros(lag.shape)), 0.0) @ x
    scaled = curve.get("scale", "max") == "max"
    if curve["saturation"].get("of", "medium") == "entity":
        return saturate(a / np.where(a.max(0) > 0, a.max(0), 1.0) if scaled else a, curve)
    total = a.sum(1, keepdims=True)
    level = saturate(total / total.max() if scaled and total.max() > 0 else total, curve)
    return np.divide(level * a, total, out=np.zeros(a.shape), where=total > 0)


def main():
    rng = np.random.default_rng(20240607)
    weeks = [str(np.datetime64("2024-01-01") + 7 * t) for t in range(WEEKS)]
    deliveries, expected = [], []
    for medium, spec in MEDIA.items():
        for geo in GEOS:
            x = np.zeros((WEEKS, spec["campaigns"]))
            for k in range(spec["campaigns"]):
                start, length = rng.integers(0, 20), rng.integers(3, 12)
                x[start : start + length, k] = np.round(rng.lognormal(6, 1, len(x[start : start + length, k])), 2)
            w = effective(x, spec["curve"])
            for t in range(WEEKS):
                for k in range(spec["campaigns"]):
                    if x[t, k] > 0:
                        deliveries.append([weeks[t], geo, medium, f"{medium} {k}", x[t, k]])
                    if t >= HISTORY and w[t, k] > 0:
                        expected.append([f"{medium} {medium} {k} {geo} {weeks[t]}", w[t, k]])
    out = {
        "weeks": weeks[HISTORY:],
        "geos": GEOS,
        "curves": {medium: spec["curve"] for medium, spec in MEDIA.items()},
        "deliveries": deliveries,
        "expected": expected,
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference.json")
    with open(path, "w") as file:
        rows = {name: value for name, value in out.items() if name not in ("deliveries", "expected")}
        text = json.dumps(rows, indent=1)[:-2]
        for name in ("deliveries", "expected"):
            text += f',\n "{name}": [\n' + ",\n".join("  " + json.dumps(row) for row in out[name]) + "\n ]"
        file.write(text + "\n}\n")
    print(len(deliveries), "deliveries,", len(expected), "cells")


main()
