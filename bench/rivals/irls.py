"""Covariates by plain EM as it is written in a notebook: np.bincount for the E step, dense IRLS for the M step.

    python3 irls.py FOLDER BEST CAP    until the objective is within 1e-8 of the total of BEST, or CAP seconds

FOLDER holds sizes.json ({bricks, entities, columns}), segments.u32, column.u32, exposure.f64, totals.f64, and design.f64 by rows, an
intercept first. Prints iterations, seconds and the distance from BEST per unit of total.
"""

import json
import sys
from time import perf_counter

import numpy as np


def main():
    folder, best, cap = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    with open(f"{folder}/sizes.json") as file:
        sizes = json.load(file)
    bricks, entities, columns = sizes["bricks"], sizes["entities"], sizes["columns"]
    segments = np.fromfile(f"{folder}/segments.u32", dtype="<u4").astype(np.int64)
    entity = np.fromfile(f"{folder}/column.u32", dtype="<u4").astype(np.int64)
    exposure = np.fromfile(f"{folder}/exposure.f64", dtype="<f8")
    totals = np.fromfile(f"{folder}/totals.f64", dtype="<f8")
    design = np.fromfile(f"{folder}/design.f64", dtype="<f8").reshape(entities, columns)
    brick = np.repeat(np.arange(bricks, dtype=np.int64), np.diff(segments))
    sums = np.bincount(entity, weights=exposure, minlength=entities)
    total = totals.sum()
    positive = totals > 0

    beta = np.zeros(columns)
    beta[0] = np.log(total / sums.sum())
    seconds, iterations, away = 0.0, 0, np.inf
    begin = perf_counter()
    while True:
        productivity = np.exp(design @ beta)
        mass = productivity[entity] * exposure
        fitted = np.bincount(brick, weights=mass, minlength=bricks)
        objective = np.sum(totals[positive] * np.log(fitted[positive])) - fitted.sum()
        away = (best - objective) / total
        seconds = perf_counter() - begin
        if away <= 1e-8 or seconds >= cap:
            break
        credited = np.bincount(entity, weights=(totals / fitted)[brick] * mass, minlength=entities)
        # Poisson regression of the credits, offset ln(sums)
        for _ in range(50):
            mean = sums * np.exp(design @ beta)
            step = np.linalg.solve((design * mean[:, None]).T @ design, design.T @ (credited - mean))
            beta = beta + step
            if np.max(np.abs(step)) < 1e-10:
                break
        iterations += 1
    print(json.dumps({"iterations": iterations, "seconds": seconds, "away": float(away)}))


main()
