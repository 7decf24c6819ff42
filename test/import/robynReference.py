"""What Robyn makes of a series whose data reach beyond the modelled window, computed apart from this project.

    python3 test/import/robynReference.py       (rewrites robynReference.json beside it; Python alone, no packages)

The formulas are those of R/transformation.R of Robyn 3.12.1, in its own words and order: adstock over all rows of the data, the
Hill curve over the rows of the window. `legacy` is saturation_hill() before 3.12, whose inflexion lies between the smallest and
the largest value.
"""

import json
import math
import os
import random

BEFORE, WINDOW, AFTER = 9, 30, 17
ROWS = BEFORE + WINDOW + AFTER


def quantile(n, share):
    """quantile(1:n, share), type 7."""
    position = 1 + (n - 1) * share
    low = math.floor(position)
    return low + (position - low) * (min(low + 1, n) - low)


def dweibull(x, shape, scale):
    return shape / scale * (x / scale) ** (shape - 1) * math.exp(-((x / scale) ** shape))


def pweibull(x, shape, scale):
    return 1 - math.exp(-((x / scale) ** shape))


def adstock_geometric(x, theta):
    decayed = [x[0]]
    for value in x[1:]:
        decayed.append(value + theta * decayed[-1])
    return decayed


def adstock_weibull(x, shape, scale, kind):
    windlen = len(x)
    bins = range(1, windlen + 1)
    trans = round(quantile(windlen, scale))  # halves to even, in R and in Python
    if kind == "pdf":
        density = [dweibull(t, shape, trans) for t in bins]
        least, most = min(density), max(density)
        kernel = [(f - least) / (most - least) for f in density]
    else:
        survival = [1.0] + [1 - pweibull(t, shape, trans) for t in bins[:-1]]
        kernel = []
        for value in survival:
            kernel.append(value * (kernel[-1] if kernel else 1))
    decayed = [0.0] * windlen
    for start, value in enumerate(x):
        for lag in range(windlen - start):
            decayed[start + lag] += value * kernel[lag]
    return decayed


def saturation_hill(x, alpha, gamma, legacy):
    inflexion = gamma * max(x) + ((1 - gamma) * min(x) if legacy else 0)
    return [value**alpha / (value**alpha + inflexion**alpha) for value in x]


MEDIA = {
    # the third scale lies half-way between two periods: 1 + 55 * .1 = 6.5
    "tv_S": {"alpha": 1.7, "gamma": 0.35, "theta": 0.55, "shape": 2.4, "scale": 0.063, "coef": 41250.5},
    "search_S": {"alpha": 0.8, "gamma": 0.8, "theta": 0.1, "shape": 0.6, "scale": 0.021, "coef": 9120.25},
    "radio_S": {"alpha": 2.6, "gamma": 0.5, "theta": 0.4, "shape": 1.3, "scale": 0.1, "coef": 15000.0},
}


def series():
    """Two campaigns of each medium, in every row of the data; the whole is never zero, so that its smallest value counts."""
    draw = random.Random(11)
    out = {}
    for medium in MEDIA:
        size = draw.uniform(300, 900)
        steady = [round(size * draw.uniform(0.4, 1.6), 2) for _ in range(ROWS)]
        flights = [round(size * draw.uniform(1, 3), 2) if row % 7 < 3 else 0.0 for row in range(ROWS)]
        out[medium] = {"steady": steady, "flights": flights}
    return out


campaigns = series()
cases = []
for adstock in ["geometric", "weibull_cdf", "weibull_pdf"]:
    for legacy in [False, True]:
        contributions = {}
        for medium, p in MEDIA.items():
            x = [a + b for a, b in zip(campaigns[medium]["steady"], campaigns[medium]["flights"])]
            if adstock == "geometric":
                carried = adstock_geometric(x, p["theta"])
            else:
                carried = adstock_weibull(x, p["shape"], p["scale"], adstock[-3:])
            seen = saturation_hill(carried[BEFORE : BEFORE + WINDOW], p["alpha"], p["gamma"], legacy)
            contributions[medium] = [p["coef"] * value for value in seen]
        cases.append({"adstock": adstock, "legacy": legacy, "contributions": contributions})

reference = {
    "before": BEFORE,
    "window": WINDOW,
    "after": AFTER,
    "media": MEDIA,
    "campaigns": campaigns,
    "cases": cases,
}
with open(os.path.join(os.path.dirname(__file__), "robynReference.json"), "w") as file:
    json.dump(reference, file, indent=1)
    file.write("\n")
