"""Peers of the race, each in plain words of Python; one job a process, its figures as JSON on one line.

Input on standard input as JSON where a job needs any. Seconds are of the work alone, best of the rounds asked for.
"""

import hashlib
import json
import sys
import time
from bisect import bisect_right
from decimal import Decimal


def best(rounds, work):
    """The least seconds of so many rounds, and what the last one gave."""
    least, result = float("inf"), None
    for _ in range(rounds):
        begun = time.perf_counter()
        result = work()
        least = min(least, time.perf_counter() - begun)
    return least, result


def audits_numpy(given):
    """All draws of all audits at once: places by search in the sums, capital by sums of logarithms."""
    import numpy

    weights = numpy.array(given["weights"], dtype=numpy.int64)
    taints = numpy.array(given["taints"])
    margin, draws, audits, limit = (given[name] for name in ("margin", "draws", "audits", "limit"))

    def work():
        sums = numpy.cumsum(weights)
        total = sums[-1]
        chance = numpy.random.default_rng(1)
        items = numpy.searchsorted(sums, chance.integers(0, total, (audits, draws)), side="right")
        steps = numpy.log((1 - taints[items]) / (1 - margin / total))
        capital = numpy.cumsum(steps, axis=1)
        return int((capital.max(axis=1) >= -numpy.log(limit)).sum())

    seconds, confirmed = best(5, work)
    return {"seconds": seconds, "confirmed": confirmed, "version": numpy.__version__}


def audits_python(given):
    """One audit after the other, as the reference program does: exact decimals, the bounds of all stations summed for every audit."""
    votes, bounds, margin = given["votes"], given["bounds"], given["margin"]
    draws, audits = given["draws"], given["audits"]

    def audit(number):
        errors = [Decimal(w - l + bound) / margin for (w, l), bound in zip(votes, bounds)]
        whole = sum(errors)
        sums, sum_so_far = [], 0
        for (w, l), bound in zip(votes, bounds):
            sum_so_far += w - l + bound
            sums.append(sum_so_far)
        risk, least = Decimal(1), Decimal(1)
        for draw in range(1, draws + 1):
            ticket = int(hashlib.sha256(f"{number:020d},{draw}".encode()).hexdigest(), 16) % sum_so_far
            place = bisect_right(sums, ticket)
            (w, l), counted = votes[place], given["paper"][place]
            error = Decimal((w - l) - (counted[0] - counted[1])) / margin
            taint = max(Decimal(0), error) / errors[place]
            risk *= (1 - 1 / whole) / (1 - taint) if taint < 1 else Decimal("Infinity")
            least = min(least, risk)
        return float(least)

    seconds, risks = best(1, lambda: [audit(number) for number in range(audits)])
    return {"seconds": seconds, "risks": risks, "version": sys.version.split()[0]}


def shuffle(given):
    """The whole order of the names, by the package that defined it."""
    import consistent_sampler

    names, seed = given["names"], given["seed"]
    take = len(names)

    def work():
        return list(consistent_sampler.sampler(names, seed=seed, take=take, output="id"))

    seconds, order = best(3, work)
    digest = hashlib.sha256("\n".join(order).encode()).hexdigest()
    return {"seconds": seconds, "digest": digest, "version": "consistent_sampler"}


if __name__ == "__main__":
    job = {"audits-numpy": audits_numpy, "audits-python": audits_python, "shuffle": shuffle}[sys.argv[1]]
    print(json.dumps(job(json.load(sys.stdin))))
