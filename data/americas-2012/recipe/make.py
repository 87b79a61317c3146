#!/usr/bin/env python3
"""Make the inventory and the scenarios of data/americas-2012 from cities.csv.

Python's standard library is enough, and the same recipe makes the same bytes.
`make.py` writes the files beside this folder; `make.py --check` writes nothing,
compares, names each file that differs, and then exits with 1.

Cities are real (GeoNames, CC BY 4.0). Everything else is made up.
"""

import csv
import datetime
import io
import math
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent

# ---------------------------------------------------------------- what is assumed

RESOURCES = [
    # resource, unit, scope, headroom, event_headroom, varies, replica_share, moving_share
    ("cpu", "vCPU", "site", "0.2", "0.1", "yes", "0.1", "0"),
    ("storage", "TiB", "site", "0.15", "0.05", "no", "1", "1"),
    ("bandwidth", "Gbit/s", "network", "0.1", "", "yes", "0", "0"),
    ("sessions", "sessions", "network", "0.2", "0.1", "yes", "0", "0"),
]
REPLICA_SHARE = {"cpu": 0.1, "storage": 1.0}

PROFILES = {
    # demand of one user: vCPU, TiB, Gbit/s, sessions; then retries
    "mail": ("0.004", "0.0012", "0.00002", "1.5", "3"),
    "sharing": ("0.005", "0.002", "0.00005", "1.2", "2"),
    "interactive": ("0.007", "0.0002", "0.00006", "2", "4"),
    "sign-in": ("0.001", "0.00001", "0.000004", "1", "5"),
}
PROFILE_WEIGHTS = {"mail": 50, "sharing": 18, "interactive": 24, "sign-in": 8}

# site: city, region, jurisdiction, share of the users, cpu and storage and load balancer use
# on 13 November, load balancers, users that may move in and out per hour
SITES = {
    "chi": ("chicago", "us-central", "US", 0.135, 0.66, 0.62, 0.66, 3, 900_000),
    "sat": ("san-antonio", "us-south", "US", 0.12, 0.60, 0.58, 0.60, 3, 900_000),
    "byd": ("boydton", "us-east", "US", 0.095, 0.58, 0.60, 0.56, 2, 600_000),
    "iad": ("ashburn", "us-east", "US", 0.125, 0.60, 0.62, 0.58, 3, 900_000),
    "dsm": ("des-moines", "us-central", "US", 0.07, 0.54, 0.55, 0.53, 2, 600_000),
    "cys": ("cheyenne", "us-mountain", "US", 0.075, 0.58, 0.58, 0.58, 2, 600_000),
    "qcy": ("quincy", "us-west", "US", 0.085, 0.63, 0.62, 0.62, 2, 600_000),
    "sjc": ("san-jose", "us-west", "US", 0.095, 0.70, 0.68, 0.68, 2, 600_000),
    "yyz": ("toronto", "canada", "CA", 0.08, 0.60, 0.60, 0.60, 2, 400_000),
    "yul": ("montreal", "canada", "CA", 0.06, 0.56, 0.58, 0.57, 2, 400_000),
    "qro": ("queretaro", "mexico", "MX", 0.055, 0.64, 0.62, 0.62, 2, 300_000),
    "gru": ("sao-paulo", "brazil", "BR", 0.06, 0.68, 0.66, 0.66, 2, 300_000),
}

# access point: city, state, Gbit/s
ACCESS_POINTS = {
    "ap-sea": ("seattle", "active", 33),
    "ap-sjc": ("san-jose", "active", 18),
    "ap-lax": ("los-angeles", "active", 39),
    "ap-chi": ("chicago", "active", 56),
    "ap-hou": ("houston", "active", 48),
    "ap-iad": ("ashburn", "active", 74),
    "ap-nyc": ("new-york", "active", 36),
    "ap-mia": ("miami", "active", 16),
    "ap-yyz": ("toronto", "active", 18),
    "ap-mex": ("mexico-city", "active", 25),
    "ap-gru": ("sao-paulo", "active", 37),
    "ap-atl": ("atlanta", "standby", 20),
    "ap-dfw": ("dallas", "standby", 20),
    "ap-den": ("denver", "standby", 16),
}

# router: city, Gbit/s
ROUTERS = {
    "rtr-sea": ("seattle", 70),
    "rtr-sjc": ("san-jose", 120),
    "rtr-den": ("denver", 80),
    "rtr-chi": ("chicago", 180),
    "rtr-dfw": ("dallas", 130),
    "rtr-iad": ("ashburn", 230),
    "rtr-mia": ("miami", 36),
}

# mail filter: city, members, Gbit/s of one member
FILTERS = {
    "filter-west": ("san-jose", 2, 14),
    "filter-central": ("des-moines", 2, 26),
    "filter-east": ("ashburn", 3, 26),
    "filter-gru": ("sao-paulo", 1, 11),
}

# firewall: city, Gbit/s
FIREWALLS = {
    "fw-hou": ("houston", 60),
    "fw-qro": ("queretaro", 26),
    "fw-gru": ("sao-paulo", 30),
}
FIREWALL_TO = {"fw-hou": ["rtr-dfw", "filter-central"], "fw-qro": ["lb-qro"], "fw-gru": ["lb-gru"]}

# links between routers: Gbit/s there and back
WAN = {
    ("rtr-sea", "rtr-sjc"): (20, 20),
    ("rtr-sea", "rtr-den"): (10, 10),
    ("rtr-sea", "rtr-chi"): (20, 20),
    ("rtr-sjc", "rtr-den"): (30, 30),
    ("rtr-sjc", "rtr-dfw"): (12, 10),
    ("rtr-den", "rtr-chi"): (20, 20),
    ("rtr-den", "rtr-dfw"): (10, 9),
    ("rtr-chi", "rtr-dfw"): (16, 4),
    ("rtr-chi", "rtr-iad"): (30, 30),
    ("rtr-dfw", "rtr-iad"): (5, 16),
    ("rtr-dfw", "rtr-mia"): (2, 4),
    ("rtr-iad", "rtr-mia"): (18, 18),
}

# what each access point reaches, each router's sites, each filter's routers
AP_TO = {
    "ap-sea": ["rtr-sea"],
    "ap-sjc": ["rtr-sjc"],
    "ap-lax": ["rtr-sjc", "rtr-dfw"],
    "ap-chi": ["rtr-chi"],
    "ap-hou": ["fw-hou"],
    "ap-iad": ["rtr-iad"],
    "ap-nyc": ["rtr-iad", "rtr-chi"],
    "ap-mia": ["rtr-mia"],
    "ap-yyz": ["rtr-chi", "rtr-iad", "lb-yyz"],
    "ap-mex": ["rtr-dfw", "fw-qro"],
    "ap-gru": ["rtr-mia", "fw-gru"],
    "ap-atl": ["rtr-iad", "rtr-mia"],
    "ap-dfw": ["rtr-dfw", "rtr-den"],
    "ap-den": ["rtr-den"],
}
AP_FILTER = {
    "ap-sea": "filter-west",
    "ap-sjc": "filter-west",
    "ap-lax": "filter-west",
    "ap-den": "filter-central",
    "ap-chi": "filter-central",
    "ap-dfw": "filter-central",
    "ap-mex": "filter-central",
    "ap-iad": "filter-east",
    "ap-nyc": "filter-east",
    "ap-mia": "filter-east",
    "ap-atl": "filter-east",
    "ap-yyz": "filter-east",
    "ap-gru": "filter-gru",
}
FILTER_TO = {
    "filter-west": ["rtr-sea", "rtr-sjc", "rtr-den"],
    "filter-central": ["rtr-den", "rtr-chi", "rtr-dfw"],
    "filter-east": ["rtr-iad", "rtr-chi", "rtr-mia"],
    "filter-gru": ["fw-gru", "rtr-mia"],
}
ROUTER_TO = {
    "rtr-sea": ["lb-qcy"],
    "rtr-sjc": ["lb-sjc"],
    "rtr-den": ["lb-cys", "lb-dsm"],
    "rtr-chi": ["lb-chi", "lb-dsm", "lb-yyz"],
    "rtr-dfw": ["lb-sat", "fw-qro"],
    "rtr-iad": ["lb-iad", "lb-byd", "lb-yul", "lb-yyz"],
    "rtr-mia": ["lb-byd", "fw-gru"],
}

# home of clients: city, share of the city's people who matter here
COUNTRY_WEIGHT = {"US": 1.0, "CA": 0.7, "MX": 0.4, "BR": 0.5, "CO": 0.2, "PE": 0.15, "CL": 0.2, "AR": 0.25}
NO_CLIENTS = {"ashburn", "boydton", "cheyenne", "des-moines", "queretaro", "quincy", "san-jose"}

TIERS = [("gold", 1, "0.9995"), ("silver", 2, "0.999"), ("bronze", 3, "0.995")]

# Second copies: where a site's shards have their replicas, and in what proportion.
REPLICA_AT = {
    "chi": {"sat": 50, "dsm": 15, "cys": 15, "byd": 10, "iad": 10},
    "sat": {"cys": 40, "iad": 30, "byd": 15, "chi": 15},
    "byd": {"iad": 50, "chi": 30, "sat": 20},
    "iad": {"byd": 40, "chi": 35, "sat": 25},
    "dsm": {"cys": 50, "chi": 25, "qcy": 25},
    "cys": {"dsm": 40, "qcy": 35, "sat": 25},
    "qcy": {"sjc": 40, "cys": 35, "dsm": 25},
    "sjc": {"qcy": 45, "cys": 30, "sat": 25},
    "yyz": {"yul": 100},
    "yul": {"yyz": 100},
    "qro": {"sat": 60, "iad": 40},
    "gru": {"byd": 50, "iad": 50},
}

SEED = 20121113
SHARDS = 370  # before the large ones are split
LARGE = 40_000
MEAN_SIZE = 23_450
GROWTH_FROM = datetime.date(2012, 9, 3)
WEEKS = 16
CUT_OVER = "2012-11-13T08:30:00-08:00"
REFERENCE = "2012-11-13T08:00:00-08:00"  # capacities are sized for the load of this instant

FIRST = (
    "alder amber aspen atlas bay beacon birch bluff bridge canyon cedar cobalt copper coral crest delta "
    "ember falcon fern fox garnet granite harbor heron hickory indigo iron ivy juniper keystone lake larch "
    "lumen maple marble meadow mesa north oak orchard osprey pacific pine prairie quarry raven redwood ridge "
    "river saffron sage sierra silver slate spruce summit sunset tamarack tern timber valley vista walnut willow"
).split()
SECOND = (
    "airlines bank college credit dental energy foods freight grocers health hotels insurance legal logistics "
    "media mining motors partners pharma press retail schools shipping software steel telecom transit university"
).split()


class Dice(random.Random):
    """Only `random()` is used: its sequence is the one that Python keeps between versions."""

    def pick(self, weights):
        """A key of `weights`, in proportion to its weight."""
        total = sum(weights.values())
        at = self.random() * total
        for key, weight in weights.items():
            at -= weight
            if at < 0:
                return key
        return key

    def between(self, low, high):
        return low + (high - low) * self.random()


def text(x, digits):
    """A decimal without trailing zeros."""
    out = f"{x:.{digits}f}"
    return out.rstrip("0").rstrip(".") if "." in out else out


def up(x, step):
    return int(math.ceil(x / step - 1e-9)) * step


def read_cities():
    with open(HERE / "cities.csv", encoding="utf-8", newline="") as file:
        return {row["city"]: row for row in csv.DictReader(file)}


CITY = read_cities()


def where(city):
    row = CITY[city]
    return float(row["latitude"]), float(row["longitude"])


def kilometres(a, b):
    """Great circle, haversine, radius 6371.0088 km."""
    (lat1, lon1), (lat2, lon2) = where(a), where(b)
    f1, f2 = math.radians(lat1), math.radians(lat2)
    h = (
        math.sin((f2 - f1) / 2) ** 2
        + math.cos(f1) * math.cos(f2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


def round_trip(a, b):
    """Milliseconds, as Plimsoll reckons where latency_ms is blank, rounded up to 0.01."""
    return text(math.ceil(1.75 * 2 * kilometres(a, b) / 204.19 * 100) / 100, 2)


# ---------------------------------------------------------------- tenants and shards


def make_tenants(dice):
    names = []
    while len(names) < 220:
        name = FIRST[int(dice.random() * len(FIRST))] + "-" + SECOND[int(dice.random() * len(SECOND))]
        if name not in names:
            names.append(name)
    return names


def size(dice, smallest=5000, largest=110_000):
    """Users of a shard: bounded Pareto with exponent one half, in steps of 100."""
    u = dice.random()
    root = 1 / (1 / math.sqrt(smallest) - u * (1 / math.sqrt(smallest) - 1 / math.sqrt(largest)))
    return int(round(root * root / 100)) * 100


def make_shards(dice):
    """Shards by tenant; cities and sites are drawn, the fuller the rarer, so that both keep near their shares."""
    expected = SHARDS * MEAN_SIZE
    weight = {
        key: COUNTRY_WEIGHT[row["country"]] * int(row["population"]) ** 0.45
        for key, row in CITY.items()
        if key not in NO_CLIENTS
    }
    total = sum(weight.values())
    city_target = {key: expected * w / total for key, w in weight.items()}
    city_users = dict.fromkeys(weight, 0)
    site_target = {site: expected * row[3] for site, row in SITES.items()}
    site_users = dict.fromkeys(SITES, 0)

    def draw_city():
        return dice.pick({key: max(0.01 * city_target[key], city_target[key] - city_users[key]) for key in weight})

    tenants = make_tenants(dice)
    shards, count = [], {}
    for tenant in tenants:
        # A tenant comes with one to six shards, most of them in one city.
        main = draw_city()
        tier = dice.pick({"gold": 25, "silver": 50, "bronze": 25})
        resident = dice.random()
        for _ in range(dice.pick({1: 40, 2: 25, 3: 18, 4: 10, 6: 7})):
            if len(shards) == SHARDS:
                return shards
            city = main if dice.random() < 0.7 else draw_city()
            country = CITY[city]["country"]
            profile = dice.pick(PROFILE_WEIGHTS)
            share = {"CA": 0.55, "BR": 0.35, "MX": 0.3, "US": 0.08}.get(country, 0)
            jurisdiction = country if resident < share else ""
            users = size(dice)
            pull = {}
            for site, row in SITES.items():
                if jurisdiction and jurisdiction not in row[2].split(";"):
                    continue
                km = kilometres(city, row[0])
                room = max(0.02, 1 - (site_users[site] + users / 2) / site_target[site])
                pull[site] = room * row[3] / (1 + (km / 500) ** 2)
            home = dice.pick(pull)
            # Mexico's large tenants have agreed to be served from abroad.
            if jurisdiction == "MX" and users > 40_000:
                jurisdiction = ""
            city_users[city] += users
            site_users[home] += users
            count[tenant] = count.get(tenant, 0) + 1
            shards.append(
                {
                    "shard": f"{tenant}-{count[tenant]}",
                    "tenant": tenant,
                    "users": users,
                    "site": home,
                    "profile": profile,
                    "client_region": city,
                    "tier": tier,
                    "jurisdiction": jurisdiction,
                    "max_latency_ms": "",
                    "move": "free",
                }
            )
    return shards


def make_replicas(dice, shards):
    """Most gold shards and half of the silver ones have a copy, some have two; the shares of REPLICA_AT hold by users."""
    replicas, placed = [], {}
    for shard in shards:
        p = {"gold": 0.85, "silver": 0.2 if shard["site"] == "sat" else 0.45, "bronze": 0.0}[shard["tier"]]
        has_copy, two, blocked = dice.random() < p, dice.random() < 0.25, dice.random() < 0.1
        if not has_copy:
            continue
        shares = {
            site: share
            for site, share in REPLICA_AT[shard["site"]].items()
            if not shard["jurisdiction"] or shard["jurisdiction"] in SITES[site][2].split(";")
        }
        for preference in range(1, 3 if two else 2):
            if not shares:
                break
            total = sum(shares.values())
            so_far = sum(placed.get((shard["site"], site), 0) for site in shares) + shard["users"]
            # The site that is furthest below its share, in the order of REPLICA_AT where they are equal.
            site = max(shares, key=lambda s: shares[s] * so_far // total - placed.get((shard["site"], s), 0))
            placed[shard["site"], site] = placed.get((shard["site"], site), 0) + shard["users"]
            del shares[site]
            replicas.append((shard["shard"], site, preference, "blocked" if blocked and preference == 2 else "ready"))
    return replicas


def make_rules(dice, shards, replicas):
    """Latency limits, pinned and replica-only shards."""
    copied = {row[0] for row in replicas if row[3] == "ready"}
    pinned_left = {"sjc": 1, "gru": 1, "iad": 1, "yyz": 1, "qcy": 1}
    for shard in shards:
        if shard["profile"] == "interactive" and shard["tier"] != "bronze":
            if kilometres(shard["client_region"], SITES[shard["site"]][0]) < 2200:
                shard["max_latency_ms"] = "100"
        if shard["shard"] in copied and dice.random() < 0.08:
            shard["move"] = "replica_only"
        elif (
            shard["shard"] not in copied
            and pinned_left.get(shard["site"], 0)
            and 5000 <= shard["users"] <= 20_000
        ):
            pinned_left[shard["site"]] -= 1
            shard["move"] = "pinned"


def split_large(shards, replicas):
    """Tenants with more users than a shard should hold have several of the same kind; the first, the largest, grows."""
    count = {}
    for shard in shards:
        count[shard["tenant"]] = count.get(shard["tenant"], 0) + 1
    parts_of, out = {}, []
    for shard in shards:
        users, parts = shard["users"], [shard]
        out.append(shard)
        if users > LARGE:
            number = -(-users // LARGE)
            # Unequal parts, weighted …, 6, 5, 4, in steps of 100 users.
            weights = [4 + n for n in reversed(range(number))]
            sizes = [users * w // sum(weights) // 100 * 100 for w in weights[1:]]
            shard["users"] = users - sum(sizes)
            for size_of_part in sizes:
                count[shard["tenant"]] += 1
                part = dict(shard, shard=f"{shard['tenant']}-{count[shard['tenant']]}", users=size_of_part)
                parts.append(part)
                out.append(part)
        parts_of[shard["shard"]] = parts
    copies = [(part["shard"], *row[1:]) for row in replicas for part in parts_of[row[0]]]
    return out, copies


# ---------------------------------------------------------------- growth


def make_onboarding(dice, shards, replicas):
    """Weekly rows from September to December, two batches on 13 November itself."""
    rows = []
    growing = [s for s in shards if s["move"] == "free"]
    copied = {row[0] for row in replicas}

    def add(date, shard, users, known):
        low = high = ""
        if not known:
            spread = dice.between(0.15, 0.35) * abs(users)
            low = up(users - spread, 100)
            high = up(users + spread, 100)
        rows.append((date, shard["shard"], users, low, high))

    for week in range(WEEKS):
        monday = GROWTH_FROM + datetime.timedelta(days=7 * week)
        known = monday < datetime.date(2012, 11, 5)
        chosen = sorted({int(dice.random() * len(growing)) for _ in range(14)})
        for idx in chosen:
            shard = growing[idx]
            step = up(shard["users"] * dice.between(0.03, 0.14), 100)
            if dice.random() < 0.1:
                step = -step
            add(monday.isoformat(), shard, step, known)

    # Schools and offices of the South that switch over on the morning of the maintenance itself.
    able = [s for s in growing if s["site"] == "sat" and s["shard"] not in copied and 8000 <= s["users"] <= 45_000]
    for idx in sorted({int(dice.random() * len(able)) for _ in range(24)}):
        shard = able[idx]
        add(CUT_OVER, shard, up(shard["users"] * dice.between(0.25, 0.55), 100), False)

    new = []

    def newcomer(name, city, profile, tier, site, plan):
        shard = {
            "shard": f"{name}-1",
            "tenant": name,
            "users": 0,
            "site": site,
            "profile": profile,
            "client_region": city,
            "tier": tier,
            "jurisdiction": "",
            "max_latency_ms": "",
            "move": "free",
        }
        new.append(shard)
        for date, users, known in plan:
            add(date, shard, users, known)

    newcomer("lantern-university", "st-louis", "mail", "silver", "dsm", [("2012-10-08", 22_000, True), ("2012-10-29", 18_000, True), ("2012-11-12", 9000, False)])
    newcomer("wheelhouse-retail", "atlanta", "sharing", "silver", "byd", [("2012-09-24", 15_000, True), ("2012-11-05", 14_000, False)])
    newcomer("gulfstar-schools", "houston", "mail", "bronze", "", [(CUT_OVER, 36_000, False), ("2012-11-26", 30_000, False)])
    newcomer("tidewater-clinics", "charlotte", "interactive", "silver", "", [("2012-11-19", 26_000, False), ("2012-12-03", 20_000, False)])
    shards.extend(new)

    def instant(row):
        at = row[0]
        if "T" not in at:
            at += "T00:00:00+00:00"
        return datetime.datetime.fromisoformat(at)

    rows.sort(key=lambda row: (instant(row), row[1]))
    return rows, instant


# ---------------------------------------------------------------- capacities


def site_loads(shards, replicas, users, background):
    demand = {p: dict(zip(("cpu", "storage", "bandwidth", "sessions"), map(float, row))) for p, row in PROFILES.items()}
    copies = {}
    for shard, site, _, _ in replicas:
        copies.setdefault(shard, []).append(site)
    load = {site: dict.fromkeys(("cpu", "storage", "bandwidth", "sessions"), 0.0) for site in SITES}
    for shard in shards:
        n, q = users[shard["shard"]], demand[shard["profile"]]
        if not shard["site"]:
            continue
        for resource in q:
            load[shard["site"]][resource] += n * q[resource]
        for site in copies.get(shard["shard"], ()):
            for resource, part in REPLICA_SHARE.items():
                load[site][resource] += n * part * q[resource]
    for component, resource, amount in background:
        if component in load:
            load[component][resource] += amount
    return load


BACKGROUND = [
    ("chi", "cpu", 150),
    ("sat", "cpu", 120),
    ("iad", "cpu", 150),
    ("qcy", "cpu", 80),
    ("chi", "storage", 60),
    ("iad", "storage", 80),
    ("rtr-chi", "bandwidth", 4),
    ("rtr-dfw", "bandwidth", 3),
    ("rtr-iad", "bandwidth", 5),
    ("rtr-sjc", "bandwidth", 3),
    ("ap-nyc", "bandwidth", 1.5),
]


# ---------------------------------------------------------------- load curves

OFFICE = (6, 5, 4, 4, 5, 9, 20, 45, 76, 94, 100, 97, 88, 93, 96, 92, 84, 68, 48, 36, 28, 20, 13, 9)
WEEKEND = (5, 4, 3, 3, 3, 4, 6, 9, 14, 19, 23, 25, 25, 24, 23, 22, 22, 21, 20, 19, 16, 13, 10, 7)
MIXED = (14, 9, 7, 6, 7, 12, 24, 44, 66, 80, 87, 89, 85, 86, 88, 88, 87, 85, 88, 95, 100, 92, 64, 32)


def load_curves():
    rows = []
    for hour in range(168):
        day, at = divmod(hour, 24)
        percent = OFFICE[at] if day < 5 else WEEKEND[at]
        if day == 4 and at >= 14:
            percent = percent * 9 // 10
        rows.append(("office-week", hour, text(percent / 100, 2)))
    rows.extend(("every-day", hour, text(MIXED[hour] / 100, 2)) for hour in range(24))
    return rows


# ---------------------------------------------------------------- the files


def table(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return out.getvalue()


def links():
    rows = []

    def link(a, b, profiles="", latency="", bandwidth="unlimited"):
        rows.append((f"{a}--{b}", a, b, profiles, latency, bandwidth))

    place = {ap: row[0] for ap, row in ACCESS_POINTS.items()}
    place |= {router: row[0] for router, row in ROUTERS.items()}
    place |= {pool: row[0] for pool, row in FILTERS.items()}
    place |= {fw: row[0] for fw, row in FIREWALLS.items()}
    place |= {f"lb-{site}": row[0] for site, row in SITES.items()}
    # The ends of a pool have no coordinates of their own, so these links say their latency.
    pools = {f"lb-{site}" for site in SITES} | {f for f, row in FILTERS.items() if row[1] > 1}

    def latency(a, b):
        return round_trip(place[a], place[b]) if a in pools or b in pools else ""

    for city in sorted(c for c in CITY if c not in NO_CLIENTS):
        def near(state, number, within):
            aps = sorted((kilometres(city, row[0]), ap) for ap, row in ACCESS_POINTS.items() if row[1] == state)
            return [ap for km, ap in aps[:number] if km <= within]

        for ap in near("active", 2, 9000) + near("standby", 2, 2400):
            # The public internet and the last mile: more than fibre alone.
            ms = 3 + 1.25 * float(round_trip(city, ACCESS_POINTS[ap][0]))
            link(city, ap, "", text(ms, 1))
    for ap in ACCESS_POINTS:
        for to in AP_TO[ap]:
            link(ap, to, "sharing;interactive;sign-in" if ap in AP_FILTER else "", latency(ap, to))
        if ap in AP_FILTER:
            link(ap, AP_FILTER[ap], "mail", latency(ap, AP_FILTER[ap]))
    for pool in FILTERS:
        for to in FILTER_TO[pool]:
            link(pool, to, "mail", latency(pool, to))
    for (a, b), (there, back) in WAN.items():
        link(a, b, "", "", there)
        link(b, a, "", "", back)
    for router in ROUTERS:
        for to in ROUTER_TO[router]:
            link(router, to, "", latency(router, to))
    for fw, ends in FIREWALL_TO.items():
        for to in ends:
            profiles = "" if to.startswith("lb-") else "mail" if to.startswith("filter-") else "sharing;interactive;sign-in"
            link(fw, to, profiles, "0.1" if to.startswith("lb-") else latency(fw, to))
    for site in SITES:
        link(f"lb-{site}", site, "", "0.1")
    return rows


def scenario(name, comment, start, end, policy, events):
    out = [f"# {line}" for line in comment]
    out += ["[scenario]", f'name = "{name}"', f"start = {start}", f"end = {end}", "", "[policy]"]
    out += policy
    for event in events:
        out += ["", "[[event]]"] + event
    return "\n".join(out) + "\n"


POLICY = ["max_latency_ms = 250", 'drain = "replicas"', 'failover = "replicas"']


def scenarios():
    files = {}
    files["13-november-2012.toml"] = scenario(
        "13-november-2012",
        [
            "What became known of the Office 365 incident of 13 November 2012, on a made-up inventory:",
            "planned maintenance from 09:08 to 14:10 PST moved load out of a datacenter, active network",
            "elements failed without alerting, and onboarding had increased the load; from 10:42 users were",
            "balanced to healthy sites, access points broadened and devices repaired.",
            "Which datacenter, which element and when it failed are assumptions.",
        ],
        "2012-11-13T08:00:00-08:00",
        "2012-11-13T16:00:00-08:00",
        POLICY + ["reaction_minutes = 0"],
        [
            [
                'kind = "maintenance"',
                'component = "chi"',
                "start = 2012-11-13T09:08:00-08:00",
                "end = 2012-11-13T14:10:00-08:00",
            ],
            [
                "# One of three load balancers delivers a third of what it should, and does not say so.",
                'kind = "gray"',
                'component = "lb-sat-2"',
                "capacity = 0.35",
                "start = 2012-11-13T09:30:00-08:00",
                "detected = 2012-11-13T10:42:00-08:00",
                "end = 2012-11-13T14:10:00-08:00",
            ],
            [
                "# The firewall behind the access point of Houston does the same.",
                'kind = "gray"',
                'component = "fw-hou"',
                "capacity = 0.57",
                "start = 2012-11-13T09:30:00-08:00",
                "detected = 2012-11-13T10:42:00-08:00",
                "end = 2012-11-13T14:10:00-08:00",
            ],
        ],
    )
    files["13-november-2012-freeze.toml"] = (
        "# Laid over 13-november-2012.toml: what if nobody had been onboarded from the scenario's start on?\n"
        "[scenario]\n"
        'name = "13-november-2012-freeze"\n'
        "\n"
        "[policy]\n"
        "freeze_onboarding = true\n"
    )
    for site, row in SITES.items():
        name = CITY[row[0]]["name"] if row[0] != "queretaro" else "Querétaro"
        files[f"drain-{site}.toml"] = scenario(
            f"drain-{site}",
            [f"May {name} be drained on Saturday from 02:00 to 06:00?"],
            "2012-11-17T02:00:00-06:00",
            "2012-11-17T06:00:00-06:00",
            POLICY,
            [['kind = "maintenance"', f'component = "{site}"']],
        )
    return files


def make():
    # A stream for each step: a change in one leaves the others as they are.
    shards = make_shards(Dice(SEED))
    replicas = make_replicas(Dice(SEED + 1), shards)
    make_rules(Dice(SEED + 2), shards, replicas)
    onboarding, instant = make_onboarding(Dice(SEED + 3), shards, replicas)
    shards, replicas = split_large(shards, replicas)

    reference = datetime.datetime.fromisoformat(REFERENCE)
    users = {shard["shard"]: shard["users"] for shard in shards}
    for row in onboarding:
        if instant(row) <= reference:
            users[row[1]] = max(0, users[row[1]] + row[2])
    load = site_loads(shards, replicas, users, BACKGROUND)

    files = scenarios()
    files["resources.csv"] = table(
        "resource unit scope headroom event_headroom varies replica_share moving_share", RESOURCES
    )
    files["profiles.csv"] = table(
        "profile cpu storage bandwidth sessions retries", [(p, *row) for p, row in PROFILES.items()]
    )
    files["tiers.csv"] = table("tier rank availability", TIERS)

    sites, elements = [], []
    for site, (city, region, jurisdiction, _, cpu, storage, lb, members, rate) in SITES.items():
        row = CITY[city]
        name = "Querétaro" if city == "queretaro" else row["name"]
        sites.append(
            (
                site,
                name,
                region,
                jurisdiction,
                row["latitude"],
                row["longitude"],
                up(load[site]["cpu"] / cpu, 50),
                up(load[site]["storage"] / storage, 20),
                rate,
                rate,
                members * 1500,
            )
        )
        for n in range(1, members + 1):
            sessions = up(load[site]["sessions"] / lb / members, 10_000)
            gbit = up(load[site]["bandwidth"] / 0.5 / members, 1)
            elements.append(
                (f"lb-{site}-{n}", f"{name} load balancer {n}", "load-balancer", f"lb-{site}", row["latitude"], row["longitude"], gbit, sessions, 600)
            )
    for router, (city, gbit) in ROUTERS.items():
        row = CITY[city]
        elements.append((router, f"{row['name']} backbone router", "router", "", row["latitude"], row["longitude"], gbit, "unlimited", "unlimited"))
    for pool, (city, members, gbit) in FILTERS.items():
        row = CITY[city]
        for n in range(1, members + 1):
            one = members == 1
            elements.append(
                (
                    pool if one else f"{pool}-{n}",
                    f"{row['name']} mail filter" + ("" if one else f" {n}"),
                    "mail-filter",
                    "" if one else pool,
                    row["latitude"],
                    row["longitude"],
                    gbit,
                    "unlimited",
                    "unlimited",
                )
            )
    for fw, (city, gbit) in FIREWALLS.items():
        row = CITY[city]
        name = "Querétaro" if city == "queretaro" else row["name"]
        elements.append((fw, f"{name} firewall", "firewall", "", row["latitude"], row["longitude"], gbit, "unlimited", "unlimited"))
    files["sites.csv"] = table(
        "site name region jurisdiction latitude longitude cpu storage move_in_per_hour move_out_per_hour accepts_per_second",
        sites,
    )
    files["elements.csv"] = table(
        "element name kind pool latitude longitude bandwidth sessions accepts_per_second", elements
    )
    files["access_points.csv"] = table(
        "access_point name latitude longitude state bandwidth accepts_per_second",
        [
            (ap, CITY[city]["name"], CITY[city]["latitude"], CITY[city]["longitude"], state, gbit, gbit * 30)
            for ap, (city, state, gbit) in ACCESS_POINTS.items()
        ],
    )
    files["links.csv"] = table("link from to profiles latency_ms bandwidth", links())
    files["client_regions.csv"] = table(
        "client_region name latitude longitude time_zone load_curve",
        [
            (
                city,
                row["name"],
                row["latitude"],
                row["longitude"],
                row["time_zone"],
                "office-week" if row["country"] in ("US", "CA") else "every-day",
            )
            for city, row in sorted(CITY.items())
            if city not in NO_CLIENTS
        ],
    )
    header = "shard tenant users site profile client_region tier jurisdiction max_latency_ms move"
    files["shards.csv"] = table(header, [[shard[c] for c in header.split()] for shard in shards])
    files["replicas.csv"] = table("shard site preference state", replicas)
    files["onboarding.csv"] = table("date shard users low high", onboarding)
    files["capacity_changes.csv"] = table("date component resource capacity", CAPACITY_CHANGES)
    files["background.csv"] = table("component resource load", BACKGROUND)
    files["risk_groups.csv"] = table("risk_group component", RISK_GROUPS)
    files["load_curves.csv"] = table("load_curve hour factor", load_curves())
    return files


CAPACITY_CHANGES = [
    ("2012-11-05", "ap-hou", "bandwidth", 60),
    ("2012-12-03", "rtr-dfw--rtr-iad", "bandwidth", 30),
    ("2012-12-03", "rtr-iad--rtr-dfw", "bandwidth", 30),
]

RISK_GROUPS = [
    # the same firmware
    ("load-balancer-firmware-9.4", "lb-sat-2"),
    ("load-balancer-firmware-9.4", "lb-dsm-1"),
    ("load-balancer-firmware-9.4", "lb-cys-1"),
    ("load-balancer-firmware-9.4", "lb-yul-2"),
    # the same trench
    ("conduit-dallas-east", "rtr-dfw--rtr-iad"),
    ("conduit-dallas-east", "rtr-iad--rtr-dfw"),
    ("conduit-dallas-east", "rtr-dfw--rtr-mia"),
    ("conduit-dallas-east", "rtr-mia--rtr-dfw"),
    ("conduit-lake-michigan", "rtr-sea--rtr-chi"),
    ("conduit-lake-michigan", "rtr-chi--rtr-sea"),
    ("conduit-lake-michigan", "rtr-den--rtr-chi"),
    ("conduit-lake-michigan", "rtr-chi--rtr-den"),
    # the same building, the same feed
    ("power-ashburn", "iad"),
    ("power-ashburn", "ap-iad"),
    ("power-ashburn", "rtr-iad"),
    ("power-chicago", "chi"),
    ("power-chicago", "ap-chi"),
    # the same signatures
    ("filter-signatures", "filter-east-1"),
    ("filter-signatures", "filter-east-2"),
    ("filter-signatures", "filter-east-3"),
]


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit("usage: make.py [--check]")
    files = make()
    if not arguments:
        for name, content in sorted(files.items()):
            (TARGET / name).write_bytes(content.encode("utf-8"))
        print(f"wrote {len(files)} files to {TARGET.name}")
        return 0
    wrong = [
        name
        for name, content in sorted(files.items())
        if not (TARGET / name).is_file() or (TARGET / name).read_bytes() != content.encode("utf-8")
    ]
    extra = [
        path.name
        for path in sorted(TARGET.iterdir())
        if path.suffix in (".csv", ".toml") and path.name not in files
    ]
    for name in wrong:
        print(f"{TARGET.name}/{name}: differs from what the recipe makes", file=sys.stderr)
    for name in extra:
        print(f"{TARGET.name}/{name}: the recipe does not make it", file=sys.stderr)
    if wrong or extra:
        print("hint: `make data` writes them anew", file=sys.stderr)
        return 1
    print(f"{len(files)} files of {TARGET.name} are what the recipe makes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
