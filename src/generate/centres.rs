//! Centres: the metropolitan areas of the world that users, sites and access points are placed in.
//!
//! Round figures from general knowledge: degrees to a tenth, millions of inhabitants of the whole metropolitan
//! area. Mainland China is left out, as if a partner served it.

use super::geography::Geography;
use super::geography::Geography::{
    Africa, EastAsia, Europe, LatinAmerica, MiddleEast, NorthAmerica, Oceania, SouthAsia,
    SouthEastAsia,
};
use crate::model::Coordinates;

/// A metropolitan area.
#[derive(Debug, Clone, Copy)]
pub(super) struct Centre {
    /// Three letters, unique: the beginning of ids.
    pub(super) code: &'static str,
    /// What reports call it.
    pub(super) name: &'static str,
    /// Two letters (ISO 3166-1).
    pub(super) country: &'static str,
    /// The part of the world.
    pub(super) geography: Geography,
    /// Where it is.
    pub(super) coordinates: Coordinates,
    /// Inhabitants, in millions.
    pub(super) population: f64,
}

impl Centre {
    /// How many users live there, in an arbitrary unit: inhabitants times adoption.
    pub(super) fn weight(&self) -> f64 {
        self.population * self.geography.adoption()
    }
}

const fn at(
    code: &'static str,
    name: &'static str,
    country: &'static str,
    geography: Geography,
    latitude: f64,
    longitude: f64,
    population: f64,
) -> Centre {
    let coordinates = Coordinates {
        latitude,
        longitude,
    };
    Centre {
        code,
        name,
        country,
        geography,
        coordinates,
        population,
    }
}

/// All of them.
pub(super) const CENTRES: [Centre; 192] = [
    at("nyc", "New York", "US", NorthAmerica, 40.7, -74.0, 20.0),
    at("lax", "Los Angeles", "US", NorthAmerica, 34.1, -118.2, 18.5),
    at("chi", "Chicago", "US", NorthAmerica, 41.9, -87.6, 9.5),
    at("dfw", "Dallas", "US", NorthAmerica, 32.8, -96.8, 7.6),
    at("hou", "Houston", "US", NorthAmerica, 29.8, -95.4, 7.1),
    at("was", "Washington", "US", NorthAmerica, 38.9, -77.0, 9.8),
    at("mia", "Miami", "US", NorthAmerica, 25.8, -80.2, 6.1),
    at("phl", "Philadelphia", "US", NorthAmerica, 40.0, -75.2, 6.2),
    at("atl", "Atlanta", "US", NorthAmerica, 33.7, -84.4, 6.1),
    at("bos", "Boston", "US", NorthAmerica, 42.4, -71.1, 8.4),
    at("phx", "Phoenix", "US", NorthAmerica, 33.4, -112.1, 4.9),
    at(
        "sfo",
        "San Francisco",
        "US",
        NorthAmerica,
        37.8,
        -122.4,
        9.2,
    ),
    at("dtt", "Detroit", "US", NorthAmerica, 42.3, -83.0, 5.3),
    at("sea", "Seattle", "US", NorthAmerica, 47.6, -122.3, 4.9),
    at("msp", "Minneapolis", "US", NorthAmerica, 45.0, -93.3, 3.7),
    at("san", "San Diego", "US", NorthAmerica, 32.7, -117.2, 3.3),
    at("tpa", "Tampa", "US", NorthAmerica, 27.9, -82.5, 3.2),
    at("den", "Denver", "US", NorthAmerica, 39.7, -105.0, 3.6),
    at("stl", "St. Louis", "US", NorthAmerica, 38.6, -90.2, 2.8),
    at("clt", "Charlotte", "US", NorthAmerica, 35.2, -80.8, 2.8),
    at("sat", "San Antonio", "US", NorthAmerica, 29.4, -98.5, 4.9),
    at("pdx", "Portland", "US", NorthAmerica, 45.5, -122.7, 2.5),
    at(
        "slc",
        "Salt Lake City",
        "US",
        NorthAmerica,
        40.8,
        -111.9,
        2.7,
    ),
    at("las", "Las Vegas", "US", NorthAmerica, 36.2, -115.1, 2.3),
    at("mkc", "Kansas City", "US", NorthAmerica, 39.1, -94.6, 2.2),
    at("cle", "Cleveland", "US", NorthAmerica, 41.5, -81.7, 3.6),
    at("bna", "Nashville", "US", NorthAmerica, 36.2, -86.8, 2.1),
    at("rdu", "Raleigh", "US", NorthAmerica, 35.8, -78.6, 2.3),
    at("orl", "Orlando", "US", NorthAmerica, 28.5, -81.4, 2.8),
    at("dsm", "Des Moines", "US", NorthAmerica, 41.6, -93.6, 0.9),
    at("yto", "Toronto", "CA", NorthAmerica, 43.7, -79.4, 8.5),
    at("ymq", "Montreal", "CA", NorthAmerica, 45.5, -73.6, 4.3),
    at("yvr", "Vancouver", "CA", NorthAmerica, 49.3, -123.1, 2.7),
    at("yyc", "Calgary", "CA", NorthAmerica, 51.0, -114.1, 1.6),
    at("yow", "Ottawa", "CA", NorthAmerica, 45.4, -75.7, 1.5),
    at("ywg", "Winnipeg", "CA", NorthAmerica, 49.9, -97.1, 0.8),
    at("mex", "Mexico City", "MX", LatinAmerica, 19.4, -99.1, 21.8),
    at("gdl", "Guadalajara", "MX", LatinAmerica, 20.7, -103.3, 5.3),
    at("mty", "Monterrey", "MX", LatinAmerica, 25.7, -100.3, 5.3),
    at("qro", "Querétaro", "MX", LatinAmerica, 20.6, -100.4, 1.6),
    at("sao", "São Paulo", "BR", LatinAmerica, -23.5, -46.6, 22.0),
    at(
        "rio",
        "Rio de Janeiro",
        "BR",
        LatinAmerica,
        -22.9,
        -43.2,
        13.4,
    ),
    at(
        "bhz",
        "Belo Horizonte",
        "BR",
        LatinAmerica,
        -19.9,
        -43.9,
        6.0,
    ),
    at("bsb", "Brasília", "BR", LatinAmerica, -15.8, -47.9, 4.7),
    at("poa", "Porto Alegre", "BR", LatinAmerica, -30.0, -51.2, 4.2),
    at("rec", "Recife", "BR", LatinAmerica, -8.1, -34.9, 4.1),
    at("for", "Fortaleza", "BR", LatinAmerica, -3.7, -38.5, 4.1),
    at("ssa", "Salvador", "BR", LatinAmerica, -13.0, -38.5, 3.9),
    at("cwb", "Curitiba", "BR", LatinAmerica, -25.4, -49.3, 3.7),
    at(
        "bue",
        "Buenos Aires",
        "AR",
        LatinAmerica,
        -34.6,
        -58.4,
        15.2,
    ),
    at("cor", "Córdoba", "AR", LatinAmerica, -31.4, -64.2, 1.6),
    at("scl", "Santiago", "CL", LatinAmerica, -33.4, -70.7, 6.8),
    at("bog", "Bogotá", "CO", LatinAmerica, 4.7, -74.1, 11.2),
    at("mde", "Medellín", "CO", LatinAmerica, 6.2, -75.6, 4.0),
    at("lim", "Lima", "PE", LatinAmerica, -12.0, -77.0, 11.0),
    at("ccs", "Caracas", "VE", LatinAmerica, 10.5, -66.9, 2.9),
    at("uio", "Quito", "EC", LatinAmerica, -0.2, -78.5, 2.0),
    at("mvd", "Montevideo", "UY", LatinAmerica, -34.9, -56.2, 1.8),
    at("sdq", "Santo Domingo", "DO", LatinAmerica, 18.5, -69.9, 3.4),
    at(
        "gua",
        "Guatemala City",
        "GT",
        LatinAmerica,
        14.6,
        -90.5,
        3.0,
    ),
    at("pty", "Panama City", "PA", LatinAmerica, 9.0, -79.5, 1.9),
    at("sjo", "San José", "CR", LatinAmerica, 9.9, -84.1, 1.4),
    at("lon", "London", "GB", Europe, 51.5, -0.1, 14.8),
    at("man", "Manchester", "GB", Europe, 53.5, -2.2, 2.8),
    at("bhx", "Birmingham", "GB", Europe, 52.5, -1.9, 2.6),
    at("glw", "Glasgow", "GB", Europe, 55.9, -4.3, 1.7),
    at("cwl", "Cardiff", "GB", Europe, 51.5, -3.2, 1.1),
    at("dub", "Dublin", "IE", Europe, 53.3, -6.3, 2.0),
    at("par", "Paris", "FR", Europe, 48.9, 2.3, 13.0),
    at("lys", "Lyon", "FR", Europe, 45.8, 4.8, 2.3),
    at("mrs", "Marseille", "FR", Europe, 43.3, 5.4, 1.9),
    at("tls", "Toulouse", "FR", Europe, 43.6, 1.4, 1.4),
    at("ams", "Amsterdam", "NL", Europe, 52.4, 4.9, 7.0),
    at("bru", "Brussels", "BE", Europe, 50.8, 4.4, 3.3),
    at("fra", "Frankfurt", "DE", Europe, 50.1, 8.7, 5.8),
    at("ber", "Berlin", "DE", Europe, 52.5, 13.4, 5.3),
    at("muc", "Munich", "DE", Europe, 48.1, 11.6, 6.0),
    at("ham", "Hamburg", "DE", Europe, 53.6, 10.0, 5.2),
    at("dus", "Düsseldorf", "DE", Europe, 51.2, 6.8, 10.7),
    at("str", "Stuttgart", "DE", Europe, 48.8, 9.2, 5.4),
    at("zrh", "Zürich", "CH", Europe, 47.4, 8.5, 2.0),
    at("gva", "Geneva", "CH", Europe, 46.2, 6.1, 1.0),
    at("vie", "Vienna", "AT", Europe, 48.2, 16.4, 2.9),
    at("mil", "Milan", "IT", Europe, 45.5, 9.2, 7.4),
    at("rom", "Rome", "IT", Europe, 41.9, 12.5, 4.3),
    at("nap", "Naples", "IT", Europe, 40.9, 14.3, 4.4),
    at("mad", "Madrid", "ES", Europe, 40.4, -3.7, 6.8),
    at("bcn", "Barcelona", "ES", Europe, 41.4, 2.2, 5.4),
    at("vlc", "Valencia", "ES", Europe, 39.5, -0.4, 1.7),
    at("lis", "Lisbon", "PT", Europe, 38.7, -9.1, 2.9),
    at("opo", "Porto", "PT", Europe, 41.1, -8.6, 1.7),
    at("sto", "Stockholm", "SE", Europe, 59.3, 18.1, 2.4),
    at("got", "Gothenburg", "SE", Europe, 57.7, 12.0, 1.1),
    at("cph", "Copenhagen", "DK", Europe, 55.7, 12.6, 2.1),
    at("osl", "Oslo", "NO", Europe, 59.9, 10.8, 1.6),
    at("hel", "Helsinki", "FI", Europe, 60.2, 24.9, 1.6),
    at("waw", "Warsaw", "PL", Europe, 52.2, 21.0, 3.3),
    at("krk", "Katowice", "PL", Europe, 50.3, 19.0, 3.5),
    at("prg", "Prague", "CZ", Europe, 50.1, 14.4, 2.7),
    at("bud", "Budapest", "HU", Europe, 47.5, 19.0, 3.0),
    at("buh", "Bucharest", "RO", Europe, 44.4, 26.1, 2.3),
    at("sof", "Sofia", "BG", Europe, 42.7, 23.3, 1.7),
    at("ath", "Athens", "GR", Europe, 38.0, 23.7, 3.6),
    at("skg", "Thessaloniki", "GR", Europe, 40.6, 22.9, 1.1),
    at("beg", "Belgrade", "RS", Europe, 44.8, 20.5, 1.7),
    at("zag", "Zagreb", "HR", Europe, 45.8, 16.0, 1.1),
    at("iev", "Kyiv", "UA", Europe, 50.5, 30.5, 3.5),
    at("rix", "Riga", "LV", Europe, 56.9, 24.1, 0.9),
    at("ist", "Istanbul", "TR", MiddleEast, 41.0, 29.0, 15.8),
    at("ank", "Ankara", "TR", MiddleEast, 39.9, 32.9, 5.8),
    at("izm", "Izmir", "TR", MiddleEast, 38.4, 27.1, 3.2),
    at("dxb", "Dubai", "AE", MiddleEast, 25.2, 55.3, 5.2),
    at("auh", "Abu Dhabi", "AE", MiddleEast, 24.5, 54.4, 1.8),
    at("ruh", "Riyadh", "SA", MiddleEast, 24.7, 46.7, 7.5),
    at("jed", "Jeddah", "SA", MiddleEast, 21.5, 39.2, 4.8),
    at("doh", "Doha", "QA", MiddleEast, 25.3, 51.5, 2.4),
    at("kwi", "Kuwait City", "KW", MiddleEast, 29.4, 48.0, 3.2),
    at("tlv", "Tel Aviv", "IL", MiddleEast, 32.1, 34.8, 4.2),
    at("amm", "Amman", "JO", MiddleEast, 32.0, 35.9, 4.6),
    at("bgw", "Baghdad", "IQ", MiddleEast, 33.3, 44.4, 7.7),
    at("bah", "Manama", "BH", MiddleEast, 26.2, 50.6, 1.2),
    at("cai", "Cairo", "EG", Africa, 30.0, 31.2, 22.0),
    at("alx", "Alexandria", "EG", Africa, 31.2, 29.9, 5.6),
    at("cas", "Casablanca", "MA", Africa, 33.6, -7.6, 3.8),
    at("alg", "Algiers", "DZ", Africa, 36.8, 3.1, 4.0),
    at("tun", "Tunis", "TN", Africa, 36.8, 10.2, 2.5),
    at("los", "Lagos", "NG", Africa, 6.5, 3.4, 15.9),
    at("abv", "Abuja", "NG", Africa, 9.1, 7.5, 3.8),
    at("acc", "Accra", "GH", Africa, 5.6, -0.2, 5.0),
    at("abj", "Abidjan", "CI", Africa, 5.3, -4.0, 5.6),
    at("dkr", "Dakar", "SN", Africa, 14.7, -17.4, 3.6),
    at("nbo", "Nairobi", "KE", Africa, -1.3, 36.8, 6.6),
    at("add", "Addis Ababa", "ET", Africa, 9.0, 38.7, 5.4),
    at("dar", "Dar es Salaam", "TZ", Africa, -6.8, 39.3, 7.4),
    at("kla", "Kampala", "UG", Africa, 0.3, 32.6, 3.9),
    at("jnb", "Johannesburg", "ZA", Africa, -26.2, 28.0, 14.0),
    at("cpt", "Cape Town", "ZA", Africa, -33.9, 18.4, 4.8),
    at("dur", "Durban", "ZA", Africa, -29.9, 31.0, 3.9),
    at("lad", "Luanda", "AO", Africa, -8.8, 13.2, 9.0),
    at("fih", "Kinshasa", "CD", Africa, -4.3, 15.3, 16.0),
    at("bom", "Mumbai", "IN", SouthAsia, 19.1, 72.9, 24.0),
    at("del", "Delhi", "IN", SouthAsia, 28.6, 77.2, 32.0),
    at("blr", "Bengaluru", "IN", SouthAsia, 13.0, 77.6, 13.6),
    at("maa", "Chennai", "IN", SouthAsia, 13.1, 80.3, 11.8),
    at("hyd", "Hyderabad", "IN", SouthAsia, 17.4, 78.5, 10.8),
    at("ccu", "Kolkata", "IN", SouthAsia, 22.6, 88.4, 15.3),
    at("pnq", "Pune", "IN", SouthAsia, 18.5, 73.9, 7.2),
    at("amd", "Ahmedabad", "IN", SouthAsia, 23.0, 72.6, 8.6),
    at("khi", "Karachi", "PK", SouthAsia, 24.9, 67.0, 17.2),
    at("lhe", "Lahore", "PK", SouthAsia, 31.5, 74.3, 13.9),
    at("isb", "Islamabad", "PK", SouthAsia, 33.7, 73.1, 4.2),
    at("dac", "Dhaka", "BD", SouthAsia, 23.8, 90.4, 23.2),
    at("cmb", "Colombo", "LK", SouthAsia, 6.9, 79.9, 5.6),
    at("ktm", "Kathmandu", "NP", SouthAsia, 27.7, 85.3, 3.0),
    at("tyo", "Tokyo", "JP", EastAsia, 35.7, 139.7, 37.2),
    at("osa", "Osaka", "JP", EastAsia, 34.7, 135.5, 19.0),
    at("ngo", "Nagoya", "JP", EastAsia, 35.2, 136.9, 9.5),
    at("fuk", "Fukuoka", "JP", EastAsia, 33.6, 130.4, 5.5),
    at("spk", "Sapporo", "JP", EastAsia, 43.1, 141.4, 2.7),
    at("sdj", "Sendai", "JP", EastAsia, 38.3, 140.9, 2.3),
    at("hij", "Hiroshima", "JP", EastAsia, 34.4, 132.5, 2.1),
    at("sel", "Seoul", "KR", EastAsia, 37.6, 127.0, 25.5),
    at("pus", "Busan", "KR", EastAsia, 35.2, 129.1, 7.5),
    at("tae", "Daegu", "KR", EastAsia, 35.9, 128.6, 2.5),
    at("tpe", "Taipei", "TW", EastAsia, 25.0, 121.5, 9.0),
    at("khh", "Kaohsiung", "TW", EastAsia, 22.6, 120.3, 2.8),
    at("hkg", "Hong Kong", "HK", EastAsia, 22.3, 114.2, 7.5),
    at("uln", "Ulaanbaatar", "MN", EastAsia, 47.9, 106.9, 1.7),
    at("sin", "Singapore", "SG", SouthEastAsia, 1.3, 103.8, 5.9),
    at("kul", "Kuala Lumpur", "MY", SouthEastAsia, 3.1, 101.7, 8.6),
    at("pen", "Penang", "MY", SouthEastAsia, 5.4, 100.3, 2.8),
    at("jhb", "Johor Bahru", "MY", SouthEastAsia, 1.5, 103.7, 1.9),
    at("jkt", "Jakarta", "ID", SouthEastAsia, -6.2, 106.8, 34.0),
    at("sub", "Surabaya", "ID", SouthEastAsia, -7.3, 112.7, 9.9),
    at("bdo", "Bandung", "ID", SouthEastAsia, -6.9, 107.6, 8.4),
    at("mes", "Medan", "ID", SouthEastAsia, 3.6, 98.7, 4.7),
    at("bkk", "Bangkok", "TH", SouthEastAsia, 13.8, 100.5, 17.6),
    at("mnl", "Manila", "PH", SouthEastAsia, 14.6, 121.0, 24.9),
    at("ceb", "Cebu", "PH", SouthEastAsia, 10.3, 123.9, 3.0),
    at(
        "sgn",
        "Ho Chi Minh City",
        "VN",
        SouthEastAsia,
        10.8,
        106.7,
        14.0,
    ),
    at("han", "Hanoi", "VN", SouthEastAsia, 21.0, 105.8, 8.6),
    at("rgn", "Yangon", "MM", SouthEastAsia, 16.8, 96.2, 6.0),
    at("pnh", "Phnom Penh", "KH", SouthEastAsia, 11.6, 104.9, 2.3),
    at("syd", "Sydney", "AU", Oceania, -33.9, 151.2, 5.4),
    at("mel", "Melbourne", "AU", Oceania, -37.8, 145.0, 5.2),
    at("bne", "Brisbane", "AU", Oceania, -27.5, 153.0, 2.7),
    at("per", "Perth", "AU", Oceania, -31.9, 115.9, 2.2),
    at("adl", "Adelaide", "AU", Oceania, -34.9, 138.6, 1.4),
    at("cbr", "Canberra", "AU", Oceania, -35.3, 149.1, 0.5),
    at("akl", "Auckland", "NZ", Oceania, -36.8, 174.8, 1.7),
    at("wlg", "Wellington", "NZ", Oceania, -41.3, 174.8, 0.5),
    at("chc", "Christchurch", "NZ", Oceania, -43.5, 172.6, 0.5),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_three_small_letters_and_unique() {
        let codes: BTreeSet<&str> = CENTRES.iter().map(|centre| centre.code).collect();
        assert_eq!(codes.len(), CENTRES.len());
        let is_plain =
            |code: &&str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_lowercase());
        assert!(codes.iter().all(is_plain));
    }

    #[test]
    fn a_country_lies_in_one_part_of_the_world() {
        for centre in &CENTRES {
            let mut others = CENTRES
                .iter()
                .filter(|other| other.country == centre.country);
            assert!(
                others.all(|other| other.geography == centre.geography),
                "{}",
                centre.country
            );
        }
    }
}
