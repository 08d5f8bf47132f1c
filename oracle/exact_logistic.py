"""Exact conditional logistic regression by going through all outcomes: python3 oracle/exact_logistic.py, from the root.

No package of R's base or recommended ones does it (elrm samples). Every way in which the events could have
fallen on the patients is looked at, those of equal covariates together; covariates are fractions, so that sums tie exactly; ways are whole numbers.
Estimates, limits and P values solve their definitions with mpmath at 60 digits. Writes oracle/exact_logistic.json and
oracle/data/exact_*.csv; takes a minute.
"""

import csv
import hashlib
import json
import math
import random
import sys
from collections import Counter
from fractions import Fraction

import mpmath

SCALE = 10
mpmath.mp.dps = 60
random.seed(20261126)


def listed(rows):
    """Rows of covariates, n with the event and n without, one line a patient."""
    return [dict(line, y=y) for line, events, others in rows for y, n in ((1, events), (0, others)) for _ in range(n)]


def studies():
    yield "admission", None, ["apcalc", "female"], listed([
        ({"apcalc": "no", "female": "no"}, 1, 7), ({"apcalc": "yes", "female": "no"}, 7, 3),
        ({"apcalc": "no", "female": "yes"}, 1, 5), ({"apcalc": "yes", "female": "yes"}, 6, 0)])
    yield "friendship", None, ["diagnosis", "friendship"], listed([
        ({"diagnosis": "anxious", "friendship": "good"}, 13, 8),
        ({"diagnosis": "depressed", "friendship": "good"}, 15, 5),
        ({"diagnosis": "depressed", "friendship": "poor"}, 0, 8)])
    rows = []
    for _ in range(22):
        x, stage = random.randint(1, 8) / 2, random.choice("ABC")
        odds = mpmath.exp(x - 3 + (stage == "B"))
        rows.append({"size": str(x), "stage": stage, "y": int(random.random() < odds / (1 + odds))})
    yield "tumours", None, ["size", "stage"], rows
    rows = []
    for pair in range(14):
        for y in (1, 0, 0):
            rows.append({"pair": "set%02d" % pair, "exposed": random.choice(["no", "no", "yes"] if y == 0 else ["no", "yes"]),
                         "dose": str(random.choice([0, 5, 10, 20])), "y": y})
    yield "matched", "pair", ["exposed", "dose"], rows
    rows = [{"centre": random.choice("PQR"), "grade": random.choice(["low", "middle", "high"]),
             "y": int(random.random() < 0.4)} for _ in range(24)]
    yield "centres", "centre", ["grade"], rows


def design(rows, terms):
    columns = []
    for term in terms:
        cells = [row[term] for row in rows]
        try:
            columns.append((term, None, [Fraction(cell) for cell in cells]))
        except ValueError:
            for level in levels_of(cells)[1:]:
                columns.append((term, level, [Fraction(int(cell == level)) for cell in cells]))
    return columns


def levels_of(cells):
    return sorted(set(cells))


def distribution(rows, columns, strata):
    """Number of outcomes by the sums of all columns, the events of every stratum as observed."""
    members = {}
    for at, row in enumerate(rows):
        members.setdefault(row[strata] if strata else "", []).append(at)
    total = Counter({(Fraction(0),) * len(columns): 1})
    for patients in members.values():
        events = sum(rows[at]["y"] for at in patients)
        alike = Counter(tuple(values[at] for _, _, values in columns) for at in patients)
        patterns = [(tuple(int(x * SCALE) for x in line), n) for line, n in alike.items()]
        assert all(Fraction(w, SCALE) == x for (whole, _), line in zip(patterns, alike) for w, x in zip(whole, line))
        own = Counter()
        nothing = (0,) * len(columns)

        def choose(at, left, sums, ways):
            if at == len(patterns):
                if left == 0:
                    own[sums] += ways
                return
            x, n = patterns[at]
            for chosen in range(min(n, left) + 1):
                choose(at + 1, left - chosen, tuple(s + chosen * v for s, v in zip(sums, x)), ways * math.comb(n, chosen))

        choose(0, events, nothing, 1)
        joined = Counter()
        for a, n in total.items():
            for b, m in own.items():
                joined[tuple(x + Fraction(y, SCALE) for x, y in zip(a, b))] += n * m
        total = joined
    return total


def root(f, low, high):
    low, high = mpmath.mpf(low), mpmath.mpf(high)
    sign = f(low) > 0
    assert sign != (f(high) > 0)
    for _ in range(190):
        middle = (low + high) / 2
        if (f(middle) > 0) == sign:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def out(x):
    return None if x is None else float(mpmath.nstr(x, 25))


def single(points, seen):
    """Everything that is read from the distribution of one statistic."""
    values = sorted(points)
    if len(values) < 2:
        return None
    unit = max(abs(t - seen) for t in values)

    def tails(beta):
        weights = {t: points[t] * mpmath.exp(beta * mpmath.mpf((t - seen).numerator) / (t - seen).denominator)
                   for t in values}
        total = mpmath.fsum(weights.values())
        mean = mpmath.fsum(w * mpmath.mpf(t.numerator) / t.denominator for t, w in weights.items()) / total
        square = mpmath.fsum(w * (mpmath.mpf(t.numerator) / t.denominator - mean) ** 2 for t, w in weights.items())
        below = mpmath.fsum(w for t, w in weights.items() if t < seen) / total
        above = mpmath.fsum(w for t, w in weights.items() if t > seen) / total
        return below, weights[seen] / total, above, mean, square / total

    far = 200 / mpmath.mpf(float(unit)) * 10
    least, most = seen == values[0], seen == values[-1]
    number = mpmath.mpf(seen.numerator) / seen.denominator
    if least or most:
        beta, error = root(lambda b: tails(b)[1] - mpmath.mpf("0.5"), -far, far), None
    else:
        beta = root(lambda b: tails(b)[3] - number, -far, far)
        error = 1 / mpmath.sqrt(tails(beta)[4])
    result = {"beta": out(beta), "std_error": out(error)}
    half = mpmath.mpf("0.025")
    for name, own in (("exact", 1), ("mid_p", mpmath.mpf("0.5"))):
        lower = None if least else root(lambda b: tails(b)[2] + own * tails(b)[1] - half, -far, far)
        upper = None if most else root(lambda b: tails(b)[0] + own * tails(b)[1] - half, -far, far)
        below, here, above, _, _ = tails(mpmath.mpf(0))
        all_ways = sum(points.values())
        mean = Fraction(sum(points[t] * t for t in values), 1) / all_ways
        own = Fraction(1) if own == 1 else Fraction(1, 2)

        def share(size):
            more = sum(points[t] for t in values if size(t) > size(seen))
            same = sum(points[t] for t in values if size(t) == size(seen))
            return min(Fraction(1), (more + own * same) / Fraction(all_ways))

        left = Fraction(sum(points[t] for t in values if t < seen), all_ways)
        right = Fraction(sum(points[t] for t in values if t > seen), all_ways)
        p = min(Fraction(1), 2 * (min(left, right) + own * Fraction(points[seen], all_ways)))
        result[name] = {
            "limits": [out(lower), out(upper)], "twice_smaller_tail": float(p),
            "score": float(share(lambda t: abs(t - mean))), "probability": float(share(lambda t: -points[t]))}
    return result


def inverse(matrix):
    k = len(matrix)
    rows = [list(row) + [Fraction(int(i == j)) for j in range(k)] for i, row in enumerate(matrix)]
    for i in range(k):
        pivot = next(r for r in range(i, k) if rows[r][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for r in range(k):
            if r != i and rows[r][i] != 0:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i])]
    return [row[k:] for row in rows]


def together(points, seen):
    total, k = sum(points.values()), len(seen)
    mean = [Fraction(sum(n * t[j] for t, n in points.items())) / total for j in range(k)]
    covariance = [[Fraction(sum(n * (t[i] - mean[i]) * (t[j] - mean[j]) for t, n in points.items())) / total
                   for j in range(k)] for i in range(k)]
    turned = inverse(covariance)

    def score(t):
        d = [a - b for a, b in zip(t, mean)]
        return sum(d[i] * turned[i][j] * d[j] for i in range(k) for j in range(k))

    statistic = score(seen)
    return {"score": float(statistic),
            "score_p": float(Fraction(sum(n for t, n in points.items() if score(t) >= statistic), total)),
            "probability_p": float(Fraction(sum(n for n in points.values() if n <= points[seen]), total))}


def model(rows, terms, strata):
    columns = design(rows, terms)
    everything = distribution(rows, columns, strata)
    seen = tuple(sum((values[at] for at, row in enumerate(rows) if row["y"]), Fraction(0)) for _, _, values in columns)

    def given(free):
        return {tuple(t[j] for j in free): n for t, n in everything.items()
                if all(t[j] == seen[j] for j in range(len(columns)) if j not in free)}

    figures = []
    for at, (term, level, _) in enumerate(columns):
        points = {t[0]: n for t, n in given([at]).items()}
        figures.append({"term": term, "level": level, **(single(points, seen[at]) or {"beta": None})})
    tests = []
    for term in terms:
        own = [at for at, column in enumerate(columns) if column[0] == term]
        if len(own) > 1:
            tests.append({"term": term, **together(given(own), tuple(seen[j] for j in own))})
    return {"terms": terms, "columns": figures, "tests": tests}


def data_file(name, rows, terms):
    path = f"oracle/data/exact_{name}.csv"
    names = ["y"] + [column for column in rows[0] if column != "y"]
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

    def levels(column):
        cells = levels_of([row[column] for row in rows])
        try:
            [Fraction(cell) for cell in cells]
            return None
        except (ValueError, TypeError):
            return cells

    described = [{"name": column, "levels": None if column == "y" else levels(column)} for column in names]
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return {"file": f"data/exact_{name}.csv", "columns": described, "sha256": digest}


cases = []
for name, strata, terms, rows in studies():
    cases.append({
        "name": name, "strata": strata, "data": data_file(name, rows, terms),
        "multivariable": model(rows, terms, strata), "univariable": [model(rows, [term], strata) for term in terms]})
versions = {"python": sys.version.split()[0], "mpmath": mpmath.__version__}
with open("oracle/exact_logistic.json", "w") as file:
    json.dump({"versions": versions, "cases": cases}, file, indent=1)
    file.write("\n")
