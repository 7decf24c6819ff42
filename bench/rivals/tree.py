"""A tree of groups by plain EM as it is written in a notebook: np.bincount for the E step, and for the M step Newton for all
entities at once at given groups and means of children for the groups, level by level, in turns.

    python3 tree.py FOLDER BEST CAP    until the objective is within 1e-8 of the total of BEST, or CAP seconds

FOLDER holds sizes.json ({bricks, entities, groups, levels}), segments.u32, column.u32, exposure.f64, totals.f64, parents.u32 (what each
entity and each group hangs on), levelOf.u32 (of each group, from 1) and weights.f64 (of each level's squared differences over two).
Prints iterations, seconds and the distance from BEST per unit of total.
"""

import json
import sys
from time import perf_counter

import numpy as np


def main():
    folder, best, cap = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    with open(f"{folder}/sizes.json") as file:
        sizes = json.load(file)
    bricks, entities, groups, levels = (sizes[name] for name in ("bricks", "entities", "groups", "levels"))
    read = lambda name, kind: np.fromfile(f"{folder}/{name}", dtype=kind)
    segments = read("segments.u32", "<u4").astype(np.int64)
    entity = read("column.u32", "<u4").astype(np.int64)
    parents = read("parents.u32", "<u4").astype(np.int64)
    level_of = read("levelOf.u32", "<u4").astype(np.int64)
    exposure, totals, weights = read("exposure.f64", "<f8"), read("totals.f64", "<f8"), read("weights.f64", "<f8")
    brick = np.repeat(np.arange(bricks, dtype=np.int64), np.diff(segments))
    sums = np.bincount(entity, weights=exposure, minlength=entities)
    total = totals.sum()
    positive = totals > 0
    unknowns = entities + groups + 1
    weight = np.concatenate([np.full(entities, weights[0]), weights[level_of]])
    children_weight = np.bincount(parents, weights=weight, minlength=unknowns)
    members = [entities + np.flatnonzero(level_of == level) for level in range(levels - 1, 0, -1)]

    values = np.full(unknowns, np.log(total / sums.sum()))
    seconds, iterations, away = 0.0, 0, np.inf
    begin = perf_counter()
    while True:
        mass = np.exp(values[:entities])[entity] * exposure
        fitted = np.bincount(brick, weights=mass, minlength=bricks)
        differences = values[:-1] - values[parents]
        objective = np.sum(totals[positive] * np.log(fitted[positive])) - fitted.sum()
        objective -= np.sum(weight * differences**2) / 2
        away = (best - objective) / total
        seconds = perf_counter() - begin
        if away <= 1e-8 or seconds >= cap:
            break
        credited = np.bincount(entity, weights=(totals / fitted)[brick] * mass, minlength=entities)
        for _ in range(50):
            before = values.copy()
            theta, own = values[:entities], weight[:entities]
            for _ in range(3):
                mean = sums * np.exp(theta)
                theta = theta + (credited - mean - own * (theta - values[parents[:entities]])) / (mean + own)
            values[:entities] = theta
            for ids in [*members, np.array([unknowns - 1])]:
                pull = np.bincount(parents, weights=weight * values[:-1], minlength=unknowns)
                up = np.where(ids < unknowns - 1, weight[np.minimum(ids, unknowns - 2)], 0)
                above = values[parents[np.minimum(ids, unknowns - 2)]]
                values[ids] = (pull[ids] + up * above) / (children_weight[ids] + up)
            if np.max(np.abs(values - before)) < 1e-8:
                break
        iterations += 1
    print(json.dumps({"iterations": iterations, "seconds": seconds, "away": float(away)}))


main()
