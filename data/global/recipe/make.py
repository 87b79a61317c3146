#!/usr/bin/env python3
"""Make the inventory and the scenarios of data/global from cities.csv and countries.csv.

Python's standard library is enough, and the same recipe makes the same bytes.
`make.py` writes the files beside this folder; `make.py --check` writes nothing,
compares, names each file that differs, and then exits with 1.

Cities are real (GeoNames, CC BY 4.0). Everything else is made up.
"""

import csv
import datetime
import heapq
import io
import math
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent

# ---------------------------------------------------------------- what is assumed

SEED = 20261010
USERS = 60_000_000
SHARDS = 2397  # and three that are onboarded anew
SMALLEST_SHARD, LARGEST_SHARD = 1000, 160_000
ACCESS_POINT_COUNT, STANDBY_COUNT = 100, 10
MAX_LATENCY_MS = 250

RESOURCES = [
    # resource, unit, scope, headroom, event_headroom, varies, replica_share, moving_share
    ("cpu", "vCPU", "site", "0.2", "0.1", "yes", "0.1", "0"),
    ("storage", "TiB", "site", "0.15", "0.05", "no", "1", "1"),
    ("bandwidth", "Gbit/s", "network", "0.1", "0.05", "yes", "0", "0"),
    ("sessions", "sessions", "network", "0.2", "0.1", "yes", "0", "0"),
]
REPLICA_SHARE = {"cpu": 0.1, "storage": 1.0}

PROFILES = {
    # demand of one user: vCPU, TiB, Gbit/s, sessions; then retries
    "mail": ("0.004", "0.0012", "0.00002", "1.5", "3"),
    "chat": ("0.003", "0.0004", "0.00001", "2", "4"),
    "meeting": ("0.009", "0.0003", "0.00012", "1", "2"),
    "sign-in": ("0.001", "0.00001", "0.000004", "1", "5"),
}
PROFILE_WEIGHTS = {"mail": 55, "chat": 22, "meeting": 15, "sign-in": 8}
FILTERED = "mail"
UNFILTERED = ";".join(p for p in PROFILES if p != FILTERED)

TIERS = [("gold", 1, "0.9995"), ("silver", 2, "0.999"), ("bronze", 3, "0.995")]
TIER_WEIGHTS = {"gold": 25, "silver": 45, "bronze": 30}

# site: city, region, jurisdictions, pull on new users, cpu, storage and load balancer use, load balancers
SITES = {
    "iad": ("washington", "north-america", "US", 1.4, 0.58, 0.60, 0.56, 4),
    "atl": ("atlanta", "north-america", "US", 0.9, 0.56, 0.58, 0.55, 3),
    "chi": ("chicago", "north-america", "US", 1.2, 0.60, 0.60, 0.58, 4),
    "dfw": ("dallas", "north-america", "US", 1.1, 0.57, 0.59, 0.56, 3),
    "phx": ("phoenix", "north-america", "US", 0.6, 0.52, 0.54, 0.52, 2),
    "sjc": ("san-jose", "north-america", "US", 1.1, 0.62, 0.62, 0.60, 4),
    "sea": ("seattle", "north-america", "US", 0.9, 0.56, 0.58, 0.55, 3),
    "yyz": ("toronto", "north-america", "CA", 1.0, 0.57, 0.58, 0.56, 3),
    "yul": ("montreal", "north-america", "CA", 0.9, 0.54, 0.55, 0.54, 2),
    "qro": ("santiago-de-queretaro", "latin-america", "MX", 0.6, 0.60, 0.60, 0.58, 2),
    "gru": ("sao-paulo", "latin-america", "BR", 1.0, 0.58, 0.58, 0.57, 3),
    "rio": ("rio-de-janeiro", "latin-america", "BR", 0.8, 0.54, 0.55, 0.54, 2),
    "scl": ("santiago", "latin-america", "CL", 0.7, 0.58, 0.58, 0.56, 2),
    "dub": ("dublin", "europe", "EU;IE", 0.9, 0.54, 0.57, 0.54, 3),
    "lon": ("london", "europe", "GB", 1.2, 0.60, 0.60, 0.58, 4),
    "cwl": ("cardiff", "europe", "GB", 0.8, 0.55, 0.56, 0.56, 2),
    "ams": ("amsterdam", "europe", "EU;NL", 1.1, 0.56, 0.58, 0.55, 4),
    "par": ("paris", "europe", "EU;FR", 1.0, 0.58, 0.60, 0.57, 3),
    "mrs": ("marseille", "europe", "EU;FR", 0.7, 0.54, 0.55, 0.54, 2),
    "fra": ("frankfurt-am-main", "europe", "DE;EU", 1.1, 0.58, 0.60, 0.57, 4),
    "ber": ("berlin", "europe", "DE;EU", 0.9, 0.55, 0.56, 0.54, 3),
    "zrh": ("zurich", "europe", "CH", 0.9, 0.56, 0.58, 0.55, 2),
    "gva": ("geneva", "europe", "CH", 0.12, 0.60, 0.60, 0.58, 2),
    "mad": ("madrid", "europe", "ES;EU", 0.9, 0.56, 0.57, 0.55, 3),
    "mil": ("milan", "europe", "EU;IT", 0.9, 0.57, 0.58, 0.56, 3),
    "sto": ("stockholm", "europe", "EU;SE", 0.9, 0.54, 0.55, 0.53, 2),
    "waw": ("warsaw", "europe", "EU;PL", 0.8, 0.57, 0.58, 0.56, 2),
    "dxb": ("dubai", "middle-east-africa", "AE", 0.9, 0.58, 0.58, 0.57, 2),
    "auh": ("abu-dhabi", "middle-east-africa", "AE", 0.7, 0.54, 0.55, 0.54, 2),
    "jnb": ("johannesburg", "middle-east-africa", "ZA", 0.9, 0.57, 0.58, 0.56, 2),
    "cpt": ("cape-town", "middle-east-africa", "ZA", 2.5, 0.54, 0.55, 0.53, 2),
    "bom": ("mumbai", "asia-pacific", "IN", 0.9, 0.58, 0.58, 0.57, 3),
    "maa": ("chennai", "asia-pacific", "IN", 0.9, 0.55, 0.56, 0.54, 2),
    "sin": ("singapore", "asia-pacific", "SG", 1.0, 0.56, 0.58, 0.55, 3),
    "hkg": ("hong-kong", "asia-pacific", "HK", 0.8, 0.57, 0.58, 0.56, 2),
    "tyo": ("tokyo", "asia-pacific", "JP", 1.1, 0.58, 0.58, 0.57, 4),
    "osa": ("osaka", "asia-pacific", "JP", 1.0, 0.55, 0.56, 0.54, 3),
    "sel": ("seoul", "asia-pacific", "KR", 0.9, 0.58, 0.59, 0.56, 2),
    "syd": ("sydney", "asia-pacific", "AU", 1.0, 0.57, 0.58, 0.56, 3),
    "mel": ("melbourne", "asia-pacific", "AU", 0.9, 0.54, 0.56, 0.54, 2),
}
EU = set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())

# Backbone routers stand in these metros, and their lines follow the cables roughly.
ROUTERS = {
    "sea": "seattle", "sjc": "san-jose", "dfw": "dallas", "chi": "chicago", "iad": "washington", "atl": "atlanta",
    "mia": "miami", "yyz": "toronto", "gru": "sao-paulo", "scl": "santiago", "dub": "dublin", "lon": "london",
    "ams": "amsterdam", "par": "paris", "fra": "frankfurt-am-main", "mrs": "marseille", "mad": "madrid",
    "mil": "milan", "sto": "stockholm", "waw": "warsaw", "dxb": "dubai", "jnb": "johannesburg", "cpt": "cape-town",
    "bom": "mumbai", "sin": "singapore", "hkg": "hong-kong", "tyo": "tokyo", "osa": "osaka", "sel": "seoul",
    "syd": "sydney", "mel": "melbourne",
}  # fmt: skip
LINES = [
    "sea-sjc", "sea-chi", "sea-tyo", "sjc-dfw", "sjc-chi", "sjc-tyo", "sjc-hkg", "sjc-syd", "dfw-chi", "dfw-atl",
    "dfw-iad", "dfw-mia", "chi-iad", "chi-yyz", "iad-yyz", "iad-atl", "atl-mia", "iad-lon", "iad-dub", "iad-par",
    "yyz-lon", "mia-gru", "mia-scl", "iad-gru", "gru-scl", "gru-mad", "gru-cpt", "dub-lon", "lon-ams", "lon-par",
    "lon-cpt", "ams-fra", "ams-sto", "fra-par", "fra-mil", "fra-waw", "fra-sto", "par-mad", "par-mrs", "mad-mrs",
    "mil-mrs", "waw-sto", "mad-cpt", "mrs-dxb", "mrs-bom", "mrs-jnb", "cpt-jnb", "jnb-dxb", "jnb-bom", "dxb-bom",
    "dxb-sin", "bom-sin", "sin-hkg", "sin-tyo", "sin-mel", "hkg-tyo", "hkg-osa", "hkg-sel", "tyo-osa", "tyo-sel",
    "osa-sel", "tyo-syd", "syd-mel",
]  # fmt: skip
FILTERS = ["sjc", "chi", "iad", "gru", "lon", "ams", "fra", "mad", "dxb", "jnb", "bom", "sin", "hkg", "tyo", "syd"]
FIREWALLED = ["gru", "jnb", "bom", "sel", "dxb"]

FIRST = (
    "alder amber aspen atlas basalt bay beacon birch bluff bridge canyon cedar cobalt copper coral crest delta "
    "ember falcon fern fjord fox garnet granite harbor heron hickory indigo iron island ivy juniper keystone lagoon "
    "lake larch linden lumen maple marble meadow mesa monsoon north oak olive orchard osprey pacific palm pine "
    "prairie quarry raven redwood ridge river saffron sage savanna sierra silver slate spruce steppe summit sunset "
    "tamarack teak tern timber tundra valley vista walnut willow"
).split()
SECOND = (
    "airlines bank cargo college credit dental energy foods freight grocers health hotels insurance legal logistics "
    "marine media mining ministry motors museum partners pharma ports press rail retail schools shipping software "
    "steel telecom textiles transit university utilities water"
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

    def below(self, number):
        return int(self.random() * number)

    def order(self, items):
        """The items in another order."""
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items


def text(x, digits):
    """A decimal without trailing zeros."""
    out = f"{x:.{digits}f}"
    return out.rstrip("0").rstrip(".") if "." in out else out


def up(x, step):
    return int(math.ceil(x / step - 1e-9)) * step


def read(name, key):
    with open(HERE / name, encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


CITY = read("cities.csv", "city")
COUNTRY = read("countries.csv", "country")
WHERE = {key: (float(row["latitude"]), float(row["longitude"])) for key, row in CITY.items()}
COUNTRIES_WITH_SITES = {j for row in SITES.values() for j in row[2].split(";")}


def kilometres(a, b):
    """Great circle between two cities, haversine, radius 6371.0088 km."""
    (lat1, lon1), (lat2, lon2) = WHERE[a], WHERE[b]
    f1, f2 = math.radians(lat1), math.radians(lat2)
    h = (
        math.sin((f2 - f1) / 2) ** 2
        + math.cos(f1) * math.cos(f2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


def round_trip(a, b):
    """Milliseconds, as Plimsoll reckons where latency_ms is blank, rounded up to 0.01."""
    return math.ceil(1.75 * 2 * kilometres(a, b) / 204.19 * 100) / 100


def weight_of(city):
    row = CITY[city]
    return (int(row["population"]) * float(COUNTRY[row["country"]]["adoption"])) ** 0.75


def nearest(city, places, number):
    """The keys of `places` (key: city) that are nearest to a city."""
    return [key for _, key in sorted((kilometres(city, at), key) for key, at in places.items())[:number]]


# ---------------------------------------------------------------- access points and the graph


def make_access_points():
    """Every site's metro, then the city that adds most: heavy and far from those there are. The last are standby."""
    taken = list(dict.fromkeys(row[0] for row in SITES.values()))
    weight = {city: weight_of(city) for city in CITY}
    away = {city: min(kilometres(city, other) for other in taken) for city in CITY}
    while len(taken) < ACCESS_POINT_COUNT:
        best = max(sorted(CITY), key=lambda city: weight[city] * (1 - math.exp(-away[city] / 1200)))
        taken.append(best)
        for city in CITY:
            away[city] = min(away[city], kilometres(city, best))
    first_standby = ACCESS_POINT_COUNT - STANDBY_COUNT
    return {f"ap-{city}": (city, "active" if n < first_standby else "standby") for n, city in enumerate(taken)}


def make_links(access_points):
    """Rows of links.csv without capacities: from, to, profiles, latency in ms or None where it is left to Plimsoll."""
    rows = []
    active = {ap: city for ap, (city, state) in access_points.items() if state == "active"}
    standby = {ap: city for ap, (city, state) in access_points.items() if state == "standby"}
    pools = {f"lb-{site}": row[0] for site, row in SITES.items()} | {f"filter-{f}": ROUTERS[f] for f in FILTERS}
    routers = {f"rtr-{r}": city for r, city in ROUTERS.items()}
    for city in CITY:
        near = nearest(city, active, 4)
        # The fourth only where it is not much farther than the third.
        if kilometres(city, active[near[3]]) > 1.5 * kilometres(city, active[near[2]]) + 300:
            near.pop()
        near += [ap for ap in nearest(city, standby, 1) if kilometres(city, standby[ap]) < 1500]
        for ap in near:
            # The public internet and the last mile: more than fibre alone.
            rows.append((city, ap, "", 3 + 1.25 * round_trip(city, access_points[ap][0])))
    for ap, (city, _) in access_points.items():
        for router in nearest(city, routers, 2):
            rows.append((ap, router, UNFILTERED, None))
        for pool in nearest(city, {f"filter-{f}": ROUTERS[f] for f in FILTERS}, 2):
            rows.append((ap, pool, FILTERED, round_trip(city, pools[pool])))
    for f in FILTERS:
        for router in nearest(ROUTERS[f], routers, 3):
            # A little more to the router beside it, so that no way to the others ties with the direct one.
            ms = round_trip(ROUTERS[f], routers[router])
            rows.append((f"filter-{f}", router, FILTERED, 0.2 + ms if ms else 0.4))
    for line in LINES:
        a, b = line.split("-")
        rows.append((f"rtr-{a}", f"rtr-{b}", "", None))
        rows.append((f"rtr-{b}", f"rtr-{a}", "", None))
    for site, row in SITES.items():
        behind = f"lb-{site}"
        if site in FIREWALLED:
            rows.append((f"fw-{site}", behind, "", 0.1))
            behind = f"fw-{site}"
        own = f"rtr-{site}"
        # A site without a router of its own hangs on two others.
        for router in [own] if own in routers else nearest(row[0], routers, 2):
            latency = 0.2 + round_trip(routers[router], row[0])
            rows.append((router, behind, "", latency if behind in pools or own == router else None))
    for site in SITES:
        rows.append((f"lb-{site}", site, "", 0.1))
    return rows


def place_of(access_points):
    """The city of everything that a link may name."""
    places = {city: city for city in CITY}
    places |= {ap: city for ap, (city, _) in access_points.items()}
    places |= {f"rtr-{r}": city for r, city in ROUTERS.items()}
    places |= {f"filter-{f}": ROUTERS[f] for f in FILTERS}
    for site, row in SITES.items():
        places |= {site: row[0], f"lb-{site}": row[0], f"fw-{site}": row[0]}
    return places


class Ways:
    """Least-latency ways over active access points, for mail and for the rest."""

    def __init__(self, access_points, links):
        place = place_of(access_points)
        self.out = {}
        for a, b, profiles, latency in links:
            ms = round_trip(place[a], place[b]) if latency is None else latency
            self.out.setdefault(a, []).append((b, ms, profiles))
        self.active = {ap for ap, (_, state) in access_points.items() if state == "active"}
        self.behind = {(ap, kind): self.tree(ap, kind) for ap in access_points for kind in (FILTERED, UNFILTERED)}
        self.known = {}

    def tree(self, start, kind):
        """By place: latency from `start` and the place before."""
        best, queue = {start: (0.0, None)}, [(0.0, start)]
        done = set()
        while queue:
            ms, at = heapq.heappop(queue)
            if at in done:
                continue
            done.add(at)
            for to, step, profiles in self.out.get(at, ()):
                if profiles in ("", kind) and ms + step < best.get(to, (math.inf, None))[0]:
                    best[to] = (ms + step, at)
                    heapq.heappush(queue, (ms + step, to))
        return best

    def to(self, city, site, profile):
        """Latency and access point of the least-latency way."""
        kind = FILTERED if profile == FILTERED else UNFILTERED
        key = (city, site, kind)
        if key not in self.known:
            ways = [
                (ms + self.behind[ap, kind][site][0], ap)
                for ap, ms, _ in self.out[city]
                if ap in self.active and site in self.behind[ap, kind]
            ]
            self.known[key] = min(ways)
        return self.known[key]

    def passed(self, city, site, profile):
        """The access point and all places and steps behind it."""
        _, ap = self.to(city, site, profile)
        kind = FILTERED if profile == FILTERED else UNFILTERED
        tree = self.behind[ap, kind]
        out, at = [], site
        while at != ap:
            before = tree[at][1]
            out += [at, f"{before}--{at}"]
            at = before
        return out + [ap]


# ---------------------------------------------------------------- tenants and shards


def make_slots(dice):
    """City and users of every shard: one for each city, the rest where users are; heavy-tailed within a city."""
    weight = {city: weight_of(city) for city in CITY}
    total = sum(weight.values())
    users = {city: USERS * w / total for city, w in weight.items()}
    wanted = {city: 1 + (SHARDS - len(CITY)) * w / total for city, w in weight.items()}
    # A city whose users do not fit into its shards gets more of them.
    count = {city: max(int(wanted[city]), math.ceil(users[city] / (0.55 * LARGEST_SHARD))) for city in CITY}
    by_rest = sorted(CITY, key=lambda city: (count[city] - wanted[city], city))
    for n in range(SHARDS - sum(count.values())):
        count[by_rest[n % len(by_rest)]] += 1
    slots = []
    for city in sorted(CITY):
        parts = [(1 - dice.random()) ** -0.55 for _ in range(count[city])]
        scale = users[city] / sum(parts)
        for part in parts:
            size = min(LARGEST_SHARD, max(SMALLEST_SHARD, part * scale))
            slots.append((city, int(round(size / 100)) * 100))
    return slots


def make_shards(dice, ways):
    """Tenants take shards of one city, of its country, and some from anywhere."""
    slots = dice.order(make_slots(Dice(SEED + 1)))
    free = {n: None for n in range(len(slots))}
    by_city, by_country = {}, {}
    for n, (city, _) in enumerate(slots):
        by_city.setdefault(city, []).append(n)
        by_country.setdefault(CITY[city]["country"], []).append(n)

    def take(among):
        while among:
            n = among.pop()
            if n in free:
                del free[n]
                return n
        return None

    everywhere = list(range(len(slots)))
    shards, names = [], set()
    while free:
        main = take(everywhere)
        city = slots[main][0]
        country = CITY[city]["country"]
        name = FIRST[dice.below(len(FIRST))] + "-" + SECOND[dice.below(len(SECOND))]
        if name in names:
            name += "-" + city
        names.add(name)
        tier = dice.pick(TIER_WEIGHTS)
        resident = dice.random()
        # Heavy-tailed: most tenants have one to three shards, a few have dozens.
        number = min(60, int((1 - dice.random()) ** -0.9))
        own = [main]
        for _ in range(number - 1):
            where = dice.random()
            own.append(take(by_city[city] if where < 0.25 else by_country[country] if where < 0.85 else everywhere))
        for count, n in enumerate([n for n in own if n is not None], 1):
            shards.append(make_shard(dice, ways, name, count, slots[n], tier, resident))
    return shards


def jurisdiction_of(dice, country, resident):
    row = COUNTRY[country]
    if resident >= float(row["residency"]):
        return ""
    if country in EU:
        return country if country in ("DE", "FR") and dice.random() < 0.6 else "EU"
    return country if country in COUNTRIES_WITH_SITES else ""


def make_shard(dice, ways, tenant, count, slot, tier, resident):
    city, users = slot
    profile = dice.pick(PROFILE_WEIGHTS)
    jurisdiction = jurisdiction_of(dice, CITY[city]["country"], resident)
    pull = {}
    for site, row in SITES.items():
        if jurisdiction and jurisdiction not in row[2].split(";"):
            continue
        if ways.to(city, site, profile)[0] > 0.85 * MAX_LATENCY_MS:
            continue
        pull[site] = row[3] / (1 + (kilometres(city, row[0]) / 600) ** 3)
    home = dice.pick(pull)
    limit = ""
    latency = ways.to(city, home, profile)[0]
    if profile == "meeting" and tier != "bronze":
        limit = next((str(ms) for ms in (80, 150) if latency < 0.6 * ms), "")
    return {
        "shard": f"{tenant}-{count}",
        "tenant": tenant,
        "users": users,
        "site": home,
        "profile": profile,
        "client_region": city,
        "tier": tier,
        "jurisdiction": jurisdiction,
        "max_latency_ms": limit,
        "move": "free",
    }


def may_hold(shard, site):
    return not shard["jurisdiction"] or shard["jurisdiction"] in SITES[site][2].split(";")


# Shares of shards that have a second copy where two sites may hold one, and of second copies that are blocked.
TWO_COPIES, BLOCKED = 0.92, 0.05
# Share of a tier's tenants that pay for no copy.
WITHOUT_COPIES = {"gold": 0.0, "silver": 0.0, "bronze": 0.05}


def share_a_risk():
    """Pairs of sites that one risk group may hit: themselves, or a member of their load balancers."""
    groups = {}
    for group, component in RISK_GROUPS:
        parts = component.removeprefix("lb-").split("-")
        if parts[0] in SITES:
            groups.setdefault(group, set()).add(parts[0])
    return {(a, b) for sites in groups.values() for a in sites for b in sites if a != b}


def make_replicas(dice, shards, ways):
    """Two copies for most shards, at two of the six nearest sites that may hold them: near and large ones have more."""
    out, risks = [], share_a_risk()
    homed = {site: 0 for site in SITES}
    for shard in shards:
        homed[shard["site"]] += shard["users"]
    without = {}
    for shard in shards:
        if shard["tenant"] not in without:
            without[shard["tenant"]] = dice.random() < WITHOUT_COPIES[shard["tier"]]
    for shard in shards:
        two, blocked = dice.random() < TWO_COPIES, dice.random() < BLOCKED
        limit = float(shard["max_latency_ms"] or MAX_LATENCY_MS)
        able = sorted(
            (kilometres(SITES[shard["site"]][0], SITES[site][0]), site)
            for site in SITES
            if site != shard["site"]
            and may_hold(shard, site)
            and ways.to(shard["client_region"], site, shard["profile"])[0] < 0.9 * limit
        )[:6]
        if without[shard["tenant"]] or shard["move"] == "pinned":
            continue
        weights = {site: homed[site] / (1 + (km / 2500) ** 2) for km, site in able}
        chosen = []
        while weights and len(chosen) < (2 if two else 1):
            chosen.append(dice.pick(weights))
            apart = {site: w for site, w in weights.items() if (chosen[0], site) not in risks}
            weights = {site: w for site, w in (apart or weights).items() if site not in chosen}
        for preference, site in enumerate(chosen, 1):
            state = "blocked" if blocked and preference == 2 else "ready"
            out.append((shard["shard"], site, preference, state))
    return out


def make_pins(dice, shards):
    """A few shards that stay where they are, and have no copy."""
    for shard in shards:
        if dice.random() < 0.03 and shard["site"] in PINNED_AT:
            shard["move"] = "pinned"


def make_rules(dice, shards, replicas):
    """Some shards with a copy move only to it."""
    copied = {row[0] for row in replicas if row[3] == "ready"}
    for shard in shards:
        if dice.random() < 0.03 and shard["shard"] in copied:
            shard["move"] = "replica_only"


PINNED_AT = {"sin", "hkg"}

# ---------------------------------------------------------------- growth

GROWTH_FROM = datetime.date(2026, 9, 7)
WEEKS = 14
# Rows from then on are a forecast and have a range.
FORECAST_FROM = datetime.date(2026, 10, 12)


def make_onboarding(dice, shards):
    rows = []
    growing = [s for s in shards if s["move"] == "free" and s["users"] >= 5000]
    for week in range(WEEKS):
        monday = GROWTH_FROM + datetime.timedelta(days=7 * week)
        for idx in sorted({dice.below(len(growing)) for _ in range(40)}):
            shard = growing[idx]
            step = up(shard["users"] * dice.between(0.03, 0.14), 100)
            if dice.random() < 0.1:
                step = -step
            low = high = ""
            if monday >= FORECAST_FROM:
                spread = dice.between(0.15, 0.35) * abs(step)
                low, high = up(step - spread, 100), up(step + spread, 100)
            rows.append((monday.isoformat(), shard["shard"], step, low, high))
    new = [
        ("lantern-university", "barcelona", "mail", "silver", [("2026-10-19", 42_000), ("2026-11-02", 30_000)]),
        ("wheelhouse-retail", "atlanta", "chat", "bronze", [("2026-10-19", 65_000)]),
        ("tidewater-clinics", "quezon-city", "mail", "gold", [("2026-10-26", 38_000), ("2026-11-09", 20_000)]),
    ]
    for name, city, profile, tier, plan in new:
        shards.append(
            {
                "shard": f"{name}-1",
                "tenant": name,
                "users": 0,
                "site": "",
                "profile": profile,
                "client_region": city,
                "tier": tier,
                "jurisdiction": "",
                "max_latency_ms": "",
                "move": "free",
            }
        )
        for date, users in plan:
            rows.append((date, f"{name}-1", users, up(users * 0.8, 100), up(users * 1.25, 100)))
    rows.sort(key=lambda row: (row[0], row[1]))
    return rows


# Shares a month from the year after the last scenario on: all users, and meetings in addition until a saturation.
GROWTH = [
    ("2027-01-01", "", "", "0.008", "0.005", "0.012"),
    ("2027-01-01", "2028-07-01", "meeting", "0.01", "0.004", "0.02"),
]


# ---------------------------------------------------------------- capacities

BACKGROUND = [
    ("iad", "cpu", 900),
    ("sjc", "cpu", 700),
    ("lon", "cpu", 600),
    ("ams", "cpu", 500),
    ("sin", "cpu", 400),
    ("iad", "storage", 300),
    ("fra", "storage", 250),
    ("rtr-iad", "bandwidth", 20),
    ("rtr-lon", "bandwidth", 18),
    ("rtr-ams", "bandwidth", 15),
    ("rtr-fra", "bandwidth", 15),
    ("rtr-tyo", "bandwidth", 12),
    ("rtr-sin", "bandwidth", 10),
    ("ap-new-york-city", "bandwidth", 3),
]

DEMAND = {p: dict(zip(("cpu", "storage", "bandwidth", "sessions"), map(float, row))) for p, row in PROFILES.items()}


def loads(shards, replicas, users, ways, drained=None, to_first=False):
    """Load by place or link and resource. Users of a drained site go to their copies, evenly or all to the first.

    Those without a copy go to the three nearest sites.
    """
    load = {}

    def add(place, resource, amount):
        key = (place, resource)
        load[key] = load.get(key, 0.0) + amount

    copies = {}
    for shard, site, _, state in replicas:
        copies.setdefault(shard, []).append((site, state))
    for shard in shards:
        if not shard["site"]:
            continue
        demand, city, profile = DEMAND[shard["profile"]], shard["client_region"], shard["profile"]
        own = copies.get(shard["shard"], [])
        ends = [shard["site"]]
        if shard["site"] == drained:
            ends = [site for site, state in own if state == "ready"][: 1 if to_first else None]
            if not ends and shard["move"] == "free":
                limit = float(shard["max_latency_ms"] or MAX_LATENCY_MS)
                able = [(ways.to(city, s, profile)[0], s) for s in SITES if s != drained and may_hold(shard, s)]
                ends = [s for ms, s in sorted(able) if ms <= limit][:3]
        for end in ends:
            n = users[shard["shard"]] / len(ends)
            for resource in ("cpu", "storage"):
                add(end, resource, n * demand[resource])
            for place in ways.passed(city, end, profile):
                add(place, "bandwidth", n * demand["bandwidth"])
                add(place, "sessions", n * demand["sessions"])
        for site, _ in own:
            for resource, part in REPLICA_SHARE.items():
                add(site, resource, users[shard["shard"]] * part * demand[resource])
    for component, resource, amount in BACKGROUND:
        add(component, resource, amount)
    return load


# Where the network is narrower than the rest: its use today.
NARROW = {
    "rtr-jnb--rtr-dxb": 0.85,
    "rtr-gru--rtr-mia": 0.82,
    "fw-sel": 0.7,
    "rtr-bom--rtr-sin": 0.8,
    # Users of Atlanta come in here when its copies take over.
    "ap-new-south-memphis": 0.45,
}


class Sizes:
    """What network capacities are sized for: today's use, and any one site drained or taken over by first copies."""

    def __init__(self, shards, replicas, users, ways):
        self.now = loads(shards, replicas, users, ways)
        self.most = dict(self.now)
        for site in SITES:
            for to_first in (False, True):
                for key, amount in loads(shards, replicas, users, ways, site, to_first).items():
                    self.most[key] = max(self.most.get(key, 0.0), amount)

    def of(self, place, resource, use, step, parts=1):
        now, most = self.now.get((place, resource), 0.0), self.most.get((place, resource), 0.0)
        wanted = now / NARROW[place] if place in NARROW else max(now / use, most / 0.97)
        return max(step, up(wanted / parts, step))


# ---------------------------------------------------------------- load curves

OFFICE = (6, 5, 4, 4, 5, 9, 20, 45, 76, 94, 100, 97, 88, 93, 96, 92, 84, 68, 48, 36, 28, 20, 13, 9)
WEEKEND = (5, 4, 3, 3, 3, 4, 6, 9, 14, 19, 23, 25, 25, 24, 23, 22, 22, 21, 20, 19, 16, 13, 10, 7)
MIXED = (14, 9, 7, 6, 7, 12, 24, 44, 66, 80, 87, 89, 85, 86, 88, 88, 87, 85, 88, 95, 100, 92, 64, 32)


def load_curves():
    rows = []
    for hour in range(168):
        day, at = divmod(hour, 24)
        percent = OFFICE[at] if day < 5 else WEEKEND[at]
        rows.append(("office-week", hour, text(percent / 100, 2)))
    rows.extend(("every-day", hour, text(MIXED[hour] / 100, 2)) for hour in range(24))
    return rows


# ---------------------------------------------------------------- scenarios


def scenario(name, comment, start, end, policy, events):
    out = [f"# {line}" for line in comment]
    out += ["[scenario]", f'name = "{name}"', f"start = {start}", f"end = {end}", "", "[policy]"]
    out += policy
    for event in events:
        out += ["", "[[event]]"] + event
    return "\n".join(out) + "\n"


POLICY = [f"max_latency_ms = {MAX_LATENCY_MS}", 'drain = "replicas"', 'failover = "replicas"']
FROZEN = POLICY + ["freeze_onboarding = true"]
# site: its local offset on that Saturday
DRAINS = {
    "ams": "+02:00", "iad": "-04:00", "lon": "+01:00", "tyo": "+09:00", "gru": "-03:00", "jnb": "+02:00",
    "sin": "+08:00", "zrh": "+02:00", "sel": "+09:00",
}  # fmt: skip


def name_of(city):
    """What people call it."""
    name = CITY[city]["name"]
    return {"Santiago de Querétaro": "Querétaro", "Frankfurt am Main": "Frankfurt"}.get(name, name)


def scenarios():
    files = {}
    for site, offset in DRAINS.items():
        files[f"drain-{site}.toml"] = scenario(
            f"drain-{site}",
            [f"May {name_of(SITES[site][0])} be drained on Saturday from 02:00 to 06:00? Nobody is onboarded meanwhile."],
            f"2026-10-10T02:00:00{offset}",
            f"2026-10-10T06:00:00{offset}",
            FROZEN,
            [['kind = "maintenance"', f'component = "{site}"']],
        )
    files["gray-frankfurt.toml"] = scenario(
        "gray-frankfurt",
        [
            "A backbone router and a mail filter in Frankfurt deliver a part of what they should and do not say so.",
            "It takes 75 minutes to find out, and 10 more until the plan is in force.",
        ],
        "2026-10-06T09:00:00+02:00",
        "2026-10-06T15:00:00+02:00",
        FROZEN + ["reaction_minutes = 10"],
        [
            [
                'kind = "gray"',
                'component = "rtr-fra"',
                "capacity = 0.4",
                "start = 2026-10-06T09:30:00+02:00",
                "detected = 2026-10-06T10:45:00+02:00",
                "end = 2026-10-06T14:00:00+02:00",
            ],
            [
                'kind = "gray"',
                'component = "filter-fra-1"',
                "capacity = 0.3",
                "start = 2026-10-06T09:30:00+02:00",
                "detected = 2026-10-06T10:45:00+02:00",
                "end = 2026-10-06T14:00:00+02:00",
            ],
        ],
    )
    files["surge-meetings.toml"] = scenario(
        "surge-meetings",
        ["Everybody meets online on one morning: 45 % more meetings in all the world, while Atlanta is drained."],
        "2026-10-07T12:00:00Z",
        "2026-10-07T18:00:00Z",
        FROZEN,
        [
            ['kind = "maintenance"', 'component = "atl"'],
            [
                'kind = "surge"',
                'profile = "meeting"',
                "factor = 1.45",
                "start = 2026-10-07T13:00:00Z",
                "end = 2026-10-07T17:00:00Z",
            ],
        ],
    )
    files["autumn-week.toml"] = scenario(
        "autumn-week",
        [
            "A week in October in eight periods: works at Amsterdam over the weekend, a Monday of onboarding,",
            "a gray backbone line in Asia on Tuesday, and a surge of mail in all the world on Thursday.",
        ],
        "2026-10-17T00:00:00Z",
        "2026-10-23T00:00:00Z",
        POLICY,
        [
            [
                'kind = "maintenance"',
                'component = "ams"',
                "start = 2026-10-17T02:00:00Z",
                "end = 2026-10-19T00:00:00Z",
            ],
            [
                'kind = "gray"',
                'component = "rtr-sin"',
                "capacity = 0.3",
                "start = 2026-10-20T01:30:00Z",
                "detected = 2026-10-20T02:50:00Z",
                "end = 2026-10-20T08:00:00Z",
            ],
            [
                'kind = "surge"',
                'profile = "mail"',
                "factor = 1.35",
                "start = 2026-10-22T07:00:00Z",
                "end = 2026-10-22T13:00:00Z",
            ],
        ],
    )
    return files


# ---------------------------------------------------------------- the files


def table(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return out.getvalue()


CAPACITY_CHANGES = [
    ("2026-11-02", "gva", "cpu", 9000),
    # What makes the loss of any one site survivable, but for those who have no other one.
    ("2027-02-01", "lb-gva-1", "sessions", 240_000),
    ("2027-02-01", "lb-gva-2", "sessions", 240_000),
    ("2027-02-01", "rtr-ams--rtr-sto", "bandwidth", 30),
    ("2027-02-01", "rtr-sto--rtr-ams", "bandwidth", 30),
]

RISK_GROUPS = [
    # the same firmware
    ("load-balancer-firmware-12.2", "lb-lon-1"),
    ("load-balancer-firmware-12.2", "lb-ams-2"),
    ("load-balancer-firmware-12.2", "lb-fra-1"),
    ("load-balancer-firmware-12.2", "lb-sto-1"),
    # the same cable
    ("cable-north-atlantic-1", "rtr-iad--rtr-lon"),
    ("cable-north-atlantic-1", "rtr-lon--rtr-iad"),
    ("cable-north-atlantic-1", "rtr-iad--rtr-dub"),
    ("cable-north-atlantic-1", "rtr-dub--rtr-iad"),
    ("cable-red-sea", "rtr-mrs--rtr-dxb"),
    ("cable-red-sea", "rtr-dxb--rtr-mrs"),
    ("cable-red-sea", "rtr-mrs--rtr-bom"),
    ("cable-red-sea", "rtr-bom--rtr-mrs"),
    ("cable-luzon-strait", "rtr-sin--rtr-hkg"),
    ("cable-luzon-strait", "rtr-hkg--rtr-sin"),
    ("cable-luzon-strait", "rtr-sin--rtr-tyo"),
    ("cable-luzon-strait", "rtr-tyo--rtr-sin"),
    # the same ground
    ("earthquake-kanto", "tyo"),
    ("earthquake-kanto", "ap-tokyo"),
    ("earthquake-kanto", "rtr-tyo"),
    ("power-frankfurt", "fra"),
    ("power-frankfurt", "ap-frankfurt-am-main"),
    ("power-frankfurt", "rtr-fra"),
]

CURVE_OF_OFFICES = EU | {"US", "CA", "GB", "CH", "NO", "JP", "AU", "NZ"}


def coordinates(city):
    return CITY[city]["latitude"], CITY[city]["longitude"]


def make():
    # A stream for each step: a change in one leaves the others as they are.
    access_points = make_access_points()
    links = make_links(access_points)
    ways = Ways(access_points, links)
    shards = make_shards(Dice(SEED), ways)
    make_pins(Dice(SEED + 3), shards)
    replicas = make_replicas(Dice(SEED + 2), shards, ways)
    make_rules(Dice(SEED + 5), shards, replicas)
    users = {shard["shard"]: shard["users"] for shard in shards}
    onboarding = make_onboarding(Dice(SEED + 4), shards)
    sizes = Sizes(shards, replicas, users, ways)

    files = scenarios()
    files["resources.csv"] = table(
        "resource unit scope headroom event_headroom varies replica_share moving_share", RESOURCES
    )
    files["profiles.csv"] = table(
        "profile cpu storage bandwidth sessions retries", [(p, *row) for p, row in PROFILES.items()]
    )
    files["tiers.csv"] = table("tier rank availability", TIERS)

    homed = {site: 0 for site in SITES}
    for shard in shards:
        if shard["site"]:
            homed[shard["site"]] += shard["users"]
    sites, elements = [], []
    for site, (city, region, jurisdiction, _, cpu, storage, lb, members) in SITES.items():
        name = name_of(city)
        rate = up(homed[site] / 4, 50_000)
        sites.append(
            (
                site,
                name,
                region,
                jurisdiction,
                *coordinates(city),
                up(sizes.now[site, "cpu"] / cpu, 50),
                up(sizes.now[site, "storage"] / storage, 20),
                rate,
                rate,
                members * 2500,
            )
        )
        pool = f"lb-{site}"
        for n in range(1, members + 1):
            sessions = up(sizes.now[pool, "sessions"] / lb / members, 10_000)
            gbit = up(sizes.now[pool, "bandwidth"] / 0.4 / members, 5)
            elements.append(
                (f"{pool}-{n}", f"{name} load balancer {n}", "load-balancer", pool, *coordinates(city), gbit, sessions, 1200)
            )
        if site in FIREWALLED:
            gbit = sizes.of(f"fw-{site}", "bandwidth", 0.55, 1)
            elements.append(
                (f"fw-{site}", f"{name} firewall", "firewall", "", *coordinates(city), gbit, "unlimited", "unlimited")
            )
    for router, city in ROUTERS.items():
        gbit = sizes.of(f"rtr-{router}", "bandwidth", 0.55, 10)
        name = f"{name_of(city)} backbone router"
        elements.append((f"rtr-{router}", name, "router", "", *coordinates(city), gbit, "unlimited", "unlimited"))
    for f in FILTERS:
        city = ROUTERS[f]
        for n in (1, 2, 3):
            gbit = sizes.of(f"filter-{f}", "bandwidth", 0.6, 1, parts=3)
            name = f"{name_of(city)} mail filter {n}"
            elements.append(
                (f"filter-{f}-{n}", name, "mail-filter", f"filter-{f}", *coordinates(city), gbit, "unlimited", "unlimited")
            )
    files["sites.csv"] = table(
        "site name region jurisdiction latitude longitude cpu storage move_in_per_hour move_out_per_hour accepts_per_second",
        sites,
    )
    files["elements.csv"] = table(
        "element name kind pool latitude longitude bandwidth sessions accepts_per_second", elements
    )
    rows = []
    for ap, (city, state) in access_points.items():
        gbit = sizes.of(ap, "bandwidth", 0.5, 1) if state == "active" else 12
        rows.append((ap, name_of(city), *coordinates(city), state, gbit, gbit * 30))
    files["access_points.csv"] = table("access_point name latitude longitude state bandwidth accepts_per_second", rows)
    lines = {f"rtr-{a}--rtr-{b}" for line in LINES for a, b in (line.split("-"), line.split("-")[::-1])}
    rows = []
    for a, b, profiles, latency in links:
        link = f"{a}--{b}"
        gbit = max(20, sizes.of(link, "bandwidth", 0.55, 5)) if link in lines else "unlimited"
        rows.append((link, a, b, profiles, "" if latency is None else text(latency, 2), gbit))
    files["links.csv"] = table("link from to profiles latency_ms bandwidth", rows)
    files["client_regions.csv"] = table(
        "client_region name latitude longitude time_zone load_curve",
        [
            (
                city,
                name_of(city),
                row["latitude"],
                row["longitude"],
                row["time_zone"],
                "office-week" if row["country"] in CURVE_OF_OFFICES else "every-day",
            )
            for city, row in sorted(CITY.items())
        ],
    )
    header = "shard tenant users site profile client_region tier jurisdiction max_latency_ms move"
    files["shards.csv"] = table(header, [[shard[c] for c in header.split()] for shard in shards])
    files["replicas.csv"] = table("shard site preference state", replicas)
    files["onboarding.csv"] = table("date shard users low high", onboarding)
    files["growth.csv"] = table("start end profile monthly low high", GROWTH)
    files["capacity_changes.csv"] = table("date component resource capacity", CAPACITY_CHANGES)
    files["background.csv"] = table("component resource load", BACKGROUND)
    files["risk_groups.csv"] = table("risk_group component", RISK_GROUPS)
    files["load_curves.csv"] = table("load_curve hour factor", load_curves())
    return files


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
