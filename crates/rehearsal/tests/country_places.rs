//! The invented country: levels, codes, names, registers, seeds.
#![allow(clippy::unwrap_used)]

use hakiki_note::sha256;
use hakiki_rehearsal::country::fault::FULL_STATIONS;
use hakiki_rehearsal::country::{Area, Country, CountryError, Level, MAX_STATIONS, Plan};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn country(stations: u64) -> Country {
    Country::generate("7", stations).unwrap()
}

fn count(country: &Country, level: Level) -> usize {
    country.level(level).count()
}

#[test]
fn a_full_country_has_the_profiles_numbers() {
    let country = country(FULL_STATIONS);
    assert_eq!(country.stations.len(), 46_229);
    let counts = [Level::Nation, Level::Abroad, Level::County, Level::Constituency, Level::Ward]
        .map(|level| count(&country, level));
    assert_eq!(counts, [1, 1, 47, 290, 1_450]);
    assert!((20_000..28_000).contains(&count(&country, Level::Centre)));
    let abroad = country.stations.iter().filter(|station| station.county.is_none()).count();
    assert!((2..100).contains(&abroad), "{abroad}");
}

#[test]
fn small_countries_have_every_level_and_exactly_the_stations_asked_for() {
    for stations in [1, 2, 5, 19, 20, 47, 199, 200, 500, 1_000, 5_000] {
        let country = country(stations);
        assert_eq!(country.stations.len() as u64, stations);
        let levels = [Level::County, Level::Constituency, Level::Ward, Level::Centre];
        let counts = levels.map(|level| count(&country, level));
        assert!(counts.is_sorted() && counts[0] >= 1, "{stations} {counts:?}");
        assert_eq!(counts[0] == 47, stations >= 199, "{stations} {counts:?}");
        let with_stations: BTreeSet<usize> = country.stations.iter().map(|station| station.centre).collect();
        assert_eq!(with_stations.len(), counts[3], "every centre of {stations} has a station");
    }
    assert_eq!(Country::generate("7", 0), Err(CountryError::Stations(0)));
    assert!(Country::generate("7", MAX_STATIONS + 1).is_err());
}

#[test]
fn codes_are_fifteen_digits_unique_and_begin_with_their_areas() {
    let country = country(FULL_STATIONS);
    let mut ids: BTreeSet<&str> = country.areas.iter().map(|area| area.id.as_str()).collect();
    assert_eq!(ids.len(), country.areas.len());
    for area in &country.areas {
        assert!(area.id.is_ascii());
        let length = match area.level {
            Level::Nation => 5,
            Level::Abroad | Level::County => 3,
            Level::Constituency => 6,
            Level::Ward => 10,
            Level::Centre => 13,
        };
        assert_eq!(area.id.len(), length, "{area:?}");
        if let Some(parent) =
            area.parent.map(|parent| &country.areas[parent]).filter(|it| it.level != Level::Nation)
        {
            assert!(area.id.starts_with(&parent.id), "{area:?} in {parent:?}");
        }
    }
    assert!(country.stations.is_sorted_by(|one, next| one.code < next.code));
    for station in &country.stations {
        assert!(station.code.len() == 15 && station.code.bytes().all(|digit| digit.is_ascii_digit()));
        assert!(ids.insert(&station.code), "{} twice", station.code);
        let places = [Some(station.centre), station.ward, station.constituency, station.county];
        for area in places.into_iter().flatten() {
            assert!(station.code.starts_with(&country.areas[area].id));
        }
    }
}

#[test]
fn the_largest_country_has_room_in_its_codes() {
    let country = country(MAX_STATIONS);
    assert_eq!(country.stations.len() as u64, MAX_STATIONS);
    assert!(country.stations.iter().all(|station| station.code.len() == 15 && station.kit.len() == 14));
    assert!(country.stations.is_sorted_by(|one, next| one.code < next.code));
}

#[test]
fn no_number_is_one_of_the_real_schemes() {
    // Kenya numbers its counties 001 to 049, constituencies 001 to 291, wards 0001 to 1450.
    for station in &country(FULL_STATIONS).stations {
        let part = |from: usize, to: usize| station.code[from..to].parse::<u64>().unwrap();
        assert!(part(0, 3) > 49);
        assert!(station.county.is_none() || (part(3, 6) > 291 && part(6, 10) > 1_450), "{}", station.code);
    }
}

#[test]
fn the_shares_of_an_area_lie_in_that_area() {
    let country = country(2_000);
    let level = |area: Option<usize>| area.map(|area| country.areas[area].level);
    for station in &country.stations {
        assert_eq!(level(Some(station.centre)), Some(Level::Centre));
        let parent = country.areas[station.centre].parent;
        if station.county.is_none() {
            assert_eq!((station.ward, station.constituency), (None, None));
            assert_eq!(level(parent), Some(Level::Abroad));
        } else {
            assert_eq!(parent, station.ward);
            assert_eq!(station.ward.and_then(|ward| country.areas[ward].parent), station.constituency);
            assert_eq!(level(station.county), Some(Level::County));
        }
    }
    let squares: BTreeSet<(u8, u8)> = country
        .level(Level::County)
        .filter_map(|(_, area)| area.square)
        .map(|at| (at.column, at.row))
        .collect();
    assert_eq!(squares.len(), 47);
}

#[test]
fn registers_hold_to_the_cap_and_a_couple_are_tiny() {
    let country = country(FULL_STATIONS);
    let registered: Vec<u64> = country.stations.iter().map(|station| station.registered).collect();
    assert!(registered.iter().all(|voters| (1..=700).contains(voters)));
    assert_eq!(registered.iter().filter(|voters| **voters < 10).count(), 2);
    let mut serials = BTreeSet::new();
    let all = country.stations.iter().flat_map(|it| [&it.serial, &it.spare_serial, &it.kit]);
    assert!(all.into_iter().all(|serial| serials.insert(serial)));
}

/// Places that anybody would know; none may be a name of the country, nor a word of one.
const DENIED: [&str; 48] = [
    "Nairobi", "Mombasa", "Kisumu", "Nakuru", "Kiambu", "Turkana", "Kilifi", "Machakos", "Kakamega",
    "Bungoma", "Meru", "Embu", "Garissa", "Mandera", "Lamu", "Kisii", "Siaya", "Busia", "Narok", "Bomet",
    "Eldoret", "Thika", "Kibera", "Kitale", "Uganda", "Kampala", "Tanzania", "Dodoma", "Rwanda", "Kigali",
    "Burundi", "Somalia", "Ethiopia", "Sudan", "Juba", "Lagos", "Abuja", "Nigeria", "Ghana", "Accra", "Togo",
    "Benin", "Mali", "Senegal", "Zambia", "Malawi", "London", "Geneva",
];

fn named(area: &Area, denied: &BTreeSet<String>) -> bool {
    let name = area.name.to_lowercase();
    denied.contains(&name) || name.split(' ').any(|word| denied.contains(word))
}

#[test]
fn names_are_invented_unique_above_the_centres_and_carry_difficult_letters() {
    let country = country(FULL_STATIONS);
    let denied: BTreeSet<String> = DENIED.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(country.areas.iter().find(|area| named(area, &denied)), None);
    let above: Vec<&Area> = country.areas.iter().filter(|area| area.level != Level::Centre).collect();
    let unique: BTreeSet<&str> = above.iter().map(|area| area.name.as_str()).collect();
    assert_eq!(unique.len(), above.len());
    for letters in ["Ng'", "Ñ", "ز"] {
        assert!(country.areas.iter().any(|area| area.name.contains(letters)), "no name with {letters}");
    }
}

#[test]
fn no_name_is_one_of_the_real_tables() {
    let shared = std::env::var("HAKIKI_SHARED").unwrap_or("../../../shared".to_owned());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(shared).join("data/kenya-geo");
    let mut real = BTreeSet::new();
    for table in ["counties", "constituencies", "wards"] {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("kenya-data-{table}.csv"))) else {
            eprintln!("skipped: no table of real {table} in {}", folder.display());
            return;
        };
        real.extend(
            text.to_lowercase().split([',', '\n', '"', '/', '-', ' ']).map(|word| word.trim().to_owned()),
        );
    }
    assert!(real.len() > 1_000 && real.contains("nairobi"));
    for seed in ["7", "8", "9"] {
        let country = Country::generate(seed, 5_000).unwrap();
        let hit = country.areas.iter().find(|area| area.level != Level::Centre && named(area, &real));
        assert_eq!(hit, None, "seed {seed}");
    }
}

/// The whole country and its night as bytes. When the generator is changed on purpose, print the new hash and put it here:
/// rehearsals made from a seed before are then other rehearsals.
#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = |seed: &str| {
        let country = Country::generate(seed, 500).unwrap();
        format!("{country:?}\n{:?}", Plan::new(&country))
    };
    let (one, again, other) = (bytes("7"), bytes("7"), bytes("8"));
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert_eq!(
        sha256(one.as_bytes()).to_string(),
        "255302ebbfcf117aa40f0018088c60165fedab3c54c94cd8afa9657390177c1c"
    );
}

#[test]
fn keys_of_two_seeds_or_labels_differ() {
    let (one, other) = (Country::generate("7", 1).unwrap(), Country::generate("8", 1).unwrap());
    assert_eq!(one.key_seed("kit"), one.key_seed("kit"));
    assert_ne!(one.key_seed("kit"), one.key_seed("officer"));
    assert_ne!(one.key_seed("kit"), other.key_seed("kit"));
}
