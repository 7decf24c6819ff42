"""Plain EM as it is written in Python, on the problems of `npm run bench -- solvers`.

    python3 em.py curve numpy FOLDER GAP CAP    until the certified gap or CAP seconds: prints how it went
    python3 em.py pass  scipy FOLDER SECONDS    one iteration over and over: prints the median seconds

FOLDER holds sizes.json, segments.u32, column.u32, exposure.f64, totals.f64. Two forms:
    numpy   the notebook's: an array entry per exposure, np.bincount for the sums by brick and by entity
    scipy   A @ productivity and A.T @ ratio on a CSR matrix and its transpose, both laid out by rows beforehand
Set-up and certificates are not in the time. The certificate is the smaller of C1 and C2 (docs/method.md), as ours is.
"""

import json
import resource
import sys
from time import perf_counter

import numpy as np


def load(folder):
    with open(f"{folder}/sizes.json") as file:
        sizes = json.load(file)
    segments = np.fromfile(f"{folder}/segments.u32", dtype="<u4").astype(np.int64)
    column = np.fromfile(f"{folder}/column.u32", dtype="<u4").astype(np.int32)
    exposure = np.fromfile(f"{folder}/exposure.f64", dtype="<f8")
    totals = np.fromfile(f"{folder}/totals.f64", dtype="<f8")
    return sizes["bricks"], sizes["entities"], segments, column, exposure, totals


def numpy_step(bricks, entities, segments, column, exposure, totals):
    # int64 ids: np.bincount would cast others at every call
    brick = np.repeat(np.arange(bricks, dtype=np.int64), np.diff(segments))
    entity = column.astype(np.int64)
    sums = np.bincount(entity, weights=exposure, minlength=entities)

    def step(productivity):
        mass = productivity[entity] * exposure
        parts = totals[brick] * mass / np.bincount(brick, weights=mass, minlength=bricks)[brick]
        return np.bincount(entity, weights=parts, minlength=entities) / sums

    return step, sums


def scipy_step(bricks, entities, segments, column, exposure, totals):
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((exposure, column, segments.astype(np.int32)), shape=(bricks, entities))
    turned = matrix.T.tocsr()
    sums = turned @ np.ones(bricks)

    def step(productivity):
        return productivity * (turned @ (totals / (matrix @ productivity))) / sums

    return step, sums


def certificate(before, after, segments, column, totals):
    with np.errstate(all="ignore"):
        factors = after / before
    # an entity that underflowed to zero has no factor any more: leaving it out can only make the gap look smaller
    factors[~np.isfinite(factors)] = 0
    largest = np.maximum.reduceat(factors[column], segments[:-1])
    has = totals > 0
    local = np.sum(totals[has] * np.log(largest[has])) / np.sum(totals)
    return max(0.0, min(float(np.log(np.max(largest))), float(local)))


def curve(step, start, problem, gap, cap):
    _, _, segments, column, _, totals = problem
    iterations, times, gaps = [], [], []
    productivity, seconds, look, iteration = start, 0.0, 1, 0
    begin = perf_counter()
    while True:
        before = productivity
        productivity = step(productivity)
        iteration += 1
        if iteration < look:
            continue
        seconds += perf_counter() - begin
        reached = certificate(before, productivity, segments, column, totals)
        iterations.append(iteration)
        times.append(seconds)
        gaps.append(reached)
        if reached <= gap or seconds >= cap:
            return {"iterations": iterations, "seconds": times, "gaps": gaps}
        look = iteration + max(1, iteration // 20)
        begin = perf_counter()


def one_pass(step, start, seconds):
    productivity = step(start)
    times = []
    while len(times) < 3 or sum(times) < seconds:
        begin = perf_counter()
        productivity = step(productivity)
        times.append(perf_counter() - begin)
    return {"seconds": float(np.median(times)), "passes": len(times)}


def main():
    mode, form, folder, *rest = sys.argv[1:]
    problem = load(folder)
    step, sums = {"numpy": numpy_step, "scipy": scipy_step}[form](*problem)
    start = np.full(len(sums), problem[5].sum() / sums.sum())
    if mode == "curve":
        # what takes milliseconds is measured many times, what takes seconds once
        runs = []
        while not runs or (len(runs) < 101 and sum(run["seconds"][-1] for run in runs) < 1.5):
            runs.append(curve(step, start, problem, float(rest[0]), float(rest[1])))
        result = sorted(runs, key=lambda run: run["seconds"][-1])[len(runs) // 2]
    else:
        result = one_pass(step, start, float(rest[0]))
    result["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))


main()
