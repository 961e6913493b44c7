//! The places of the invented country: levels, codes, names, stations and their registers.
//!
//! The *shape* is the Kenyan profile's: 15 digits, county 3, constituency 3, ward 4, centre 3, stream 2. The *values*
//! are not: counties start at 301, constituencies and wards are shuffled above 500 and 6000, so that no code is one of
//! a real register. Some stations are abroad, under an area that belongs to no county (fixture X05).

use super::names::Names;
use super::random::{Random, apportion};

/// Most voters that a station may have registered.
pub const STATION_CAP: u64 = 700;
/// Below this many stations the number of counties shrinks too; from here on there are 47.
pub const FULL_COUNTIES_FROM: u64 = 200;
/// Id of the nation's area.
pub const NATION: &str = "mfano";
/// Id, and first three digits of station codes, of the area abroad.
pub const ABROAD: &str = "900";

/// The level of an area. Not every area has a parent of each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The whole.
    Nation,
    /// Outside every county; its parent is the nation, its children are centres.
    Abroad,
    /// Counts for the rule of spread.
    County,
    /// In a county.
    Constituency,
    /// In a constituency.
    Ward,
    /// A registration centre, in a ward or abroad; its children are stations.
    Centre,
}

impl Level {
    /// The level's name as an ASCII word.
    pub fn word(self) -> &'static str {
        match self {
            Level::Nation => "nation",
            Level::Abroad => "abroad",
            Level::County => "county",
            Level::Constituency => "constituency",
            Level::Ward => "ward",
            Level::Centre => "centre",
        }
    }
}

/// A county's rough place on a map of squares, from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Square {
    /// From 0 on the left.
    pub column: u8,
    /// From 0 at the top.
    pub row: u8,
}

/// An area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Unique ASCII id: `mfano`, or the first 3, 6, 10 or 13 digits of its stations' codes.
    pub id: String,
    /// Its level.
    pub level: Level,
    /// Its invented name, NFC; not always unique among centres.
    pub name: String,
    /// Place of its parent in `Country::areas`; none for the nation.
    pub parent: Option<usize>,
    /// Of counties only.
    pub square: Option<Square>,
}

/// A polling station (a stream of a registration centre). Areas are places in `Country::areas`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// 15 digits.
    pub code: String,
    /// Name of its centre.
    pub name: String,
    /// Which stream of the centre, from 1: the last two digits of the code.
    pub stream: u64,
    /// Its centre.
    pub centre: usize,
    /// Its ward; none abroad.
    pub ward: Option<usize>,
    /// Its constituency; none abroad.
    pub constituency: Option<usize>,
    /// Its county; none abroad.
    pub county: Option<usize>,
    /// Voters in the register, at most [`STATION_CAP`].
    pub registered: u64,
    /// Serial number printed on its kit.
    pub kit: String,
    /// Serial of the form issued to it.
    pub serial: String,
    /// Serial of the spare form issued to it, used for a second form.
    pub spare_serial: String,
}

/// How many of each level a country of so many stations has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Stations abroad: none below 20 stations.
    pub abroad: u64,
    /// Stations in counties.
    pub home: u64,
    /// 47, fewer below [`FULL_COUNTIES_FROM`].
    pub counties: u64,
    /// 290 where the stations suffice.
    pub constituencies: u64,
    /// 1,450 where the stations suffice.
    pub wards: u64,
    /// Centres in wards, about one for two stations.
    pub centres: u64,
}

impl Sizes {
    /// The sizes for `stations` stations.
    pub fn of(stations: u64) -> Self {
        let abroad = if stations < 20 { 0 } else { (stations / 2_000).max(1) };
        let home = stations - abroad;
        let counties = if stations >= FULL_COUNTIES_FROM { 47 } else { (home / 4).clamp(1, 47) };
        let constituencies = (home / 3).clamp(counties, 290);
        let wards = (home / 2).clamp(constituencies, 1_450);
        let centres = (home * 10 / 19).max(wards);
        Sizes { abroad, home, counties, constituencies, wards, centres }
    }
}

/// Lays out the areas and, in order of their codes, the stations.
pub(crate) fn lay_out(seed: &str, stations: u64) -> (Vec<Area>, Vec<Station>) {
    let mut layout = Layout {
        sizes: Sizes::of(stations),
        areas: Vec::new(),
        stations: Vec::new(),
        names: Names::new(seed),
        random: Random::new(seed, "areas"),
    };
    layout.push(NATION.to_owned(), Level::Nation, "Mfano".to_owned(), None);
    layout.home();
    layout.abroad();
    layout.stations.sort_by(|left, right| left.code.cmp(&right.code));
    name_kits_and_serials(seed, &mut layout.stations, &layout.areas);
    shrink_a_couple_of_registers(seed, &mut layout.stations);
    (layout.areas, layout.stations)
}

struct Layout {
    sizes: Sizes,
    areas: Vec<Area>,
    stations: Vec<Station>,
    names: Names,
    random: Random,
}

impl Layout {
    fn push(&mut self, id: String, level: Level, name: String, parent: Option<usize>) -> usize {
        self.areas.push(Area { id, level, name, parent, square: None });
        self.areas.len() - 1
    }

    /// Divides `total` children over `parents`, at least one each, unevenly.
    fn divide(&mut self, total: u64, parents: u64, spread: (u64, u64)) -> Vec<u64> {
        let weights: Vec<u64> = (0..parents).map(|_| self.random.between(spread.0, spread.1)).collect();
        apportion(total - parents, &weights).into_iter().map(|more| more + 1).collect()
    }

    /// One level down: the children of `parents`, whose ids append `codes` to their parent's.
    fn level(&mut self, level: Level, parents: &[usize], counts: &[u64], codes: &[String]) -> Vec<usize> {
        let mut codes = codes.iter();
        let mut children = Vec::with_capacity(codes.len());
        for (parent, count) in parents.iter().zip(counts) {
            for _ in 0..*count {
                let code = codes.next().expect("one code for each child");
                let id = format!("{}{code}", self.areas[*parent].id);
                let name = self.names.area();
                children.push(self.push(id, level, name, Some(*parent)));
            }
        }
        children
    }

    fn shuffled_codes(&mut self, count: u64, above: u64, digits: usize) -> Vec<String> {
        let mut codes: Vec<String> = (1..=count).map(|n| format!("{:0digits$}", above + n)).collect();
        self.random.shuffle(&mut codes);
        codes
    }

    fn home(&mut self) {
        let sizes = self.sizes;
        let mut counties = Vec::new();
        for (ordinal, square) in squares().take(sizes.counties as usize).enumerate() {
            let name = self.names.area();
            let county = self.push(format!("{}", 301 + ordinal), Level::County, name, Some(0));
            self.areas[county].square = Some(square);
            counties.push(county);
        }
        let counts = self.divide(sizes.constituencies, sizes.counties, (40, 300));
        let codes = self.shuffled_codes(sizes.constituencies, 500, 3);
        let constituencies = self.level(Level::Constituency, &counties, &counts, &codes);
        let counts = self.divide(sizes.wards, sizes.constituencies, (70, 140));
        let codes = self.shuffled_codes(sizes.wards, 6_000, 4);
        let wards = self.level(Level::Ward, &constituencies, &counts, &codes);
        let counts = self.divide(sizes.centres, sizes.wards, (60, 160));
        let mut centres = Vec::new();
        for (ward, count) in wards.iter().zip(counts) {
            for ordinal in 0..count {
                let id = format!("{}{}", self.areas[*ward].id, 201 + ordinal);
                let name = self.names.centre();
                centres.push(self.push(id, Level::Centre, name, Some(*ward)));
            }
        }
        let streams = self.divide(sizes.home, sizes.centres, (10, 90));
        for (centre, count) in centres.into_iter().zip(streams) {
            self.streams(centre, count);
        }
    }

    fn abroad(&mut self) {
        if self.sizes.abroad == 0 {
            return;
        }
        let name = "Abroad".to_owned();
        let abroad = self.push(ABROAD.to_owned(), Level::Abroad, name, Some(0));
        let centres = self.sizes.abroad.div_ceil(2);
        for (ordinal, streams) in self.divide(self.sizes.abroad, centres, (1, 1)).into_iter().enumerate() {
            let id = format!("{ABROAD}0000000{}", 801 + ordinal);
            let name = self.names.centre_abroad(ordinal);
            let centre = self.push(id, Level::Centre, name, Some(abroad));
            self.streams(centre, streams);
        }
    }

    /// The streams of one centre, whose voters are divided nearly evenly.
    fn streams(&mut self, centre: usize, count: u64) {
        let small = self.random.chance(1, 25);
        let size = if small { self.random.between(40, 200) } else { self.random.between(230, 690) };
        let ward = self.areas[centre].parent.filter(|parent| self.areas[*parent].level == Level::Ward);
        let constituency = ward.and_then(|ward| self.areas[ward].parent);
        let county = constituency.and_then(|constituency| self.areas[constituency].parent);
        for stream in 1..=count {
            self.stations.push(Station {
                code: format!("{}{stream:02}", self.areas[centre].id),
                name: self.areas[centre].name.clone(),
                stream,
                centre,
                ward,
                constituency,
                county,
                registered: (size + self.random.below(25)).min(STATION_CAP),
                kit: String::new(),
                serial: String::new(),
                spare_serial: String::new(),
            });
        }
    }
}

/// The squares of the counties, row by row: 7 by 7 without two corners.
fn squares() -> impl Iterator<Item = Square> {
    (0..7_u8)
        .flat_map(|row| (0..7_u8).map(move |column| Square { column, row }))
        .filter(|square| !matches!((square.column, square.row), (0, 0) | (6, 6)))
}

fn name_kits_and_serials(seed: &str, stations: &mut [Station], areas: &[Area]) {
    let mut random = Random::new(seed, "serials");
    let mut numbers: Vec<u64> = (0..stations.len() as u64 * 2).collect();
    random.shuffle(&mut numbers);
    for (place, station) in stations.iter_mut().enumerate() {
        let group = station.county.map_or(ABROAD, |county| &areas[county].id);
        station.kit = format!("kit-{group}-{:06}", 700_000 + place);
        station.serial = format!("M{:07}", 2_000_000 + numbers[place * 2]);
        station.spare_serial = format!("M{:07}", 2_000_000 + numbers[place * 2 + 1]);
    }
}

/// Two stations of a full country have fewer than ten voters, as islands and camps do.
fn shrink_a_couple_of_registers(seed: &str, stations: &mut [Station]) {
    if (stations.len() as u64) < FULL_COUNTIES_FROM {
        return;
    }
    let mut random = Random::new(seed, "tiny registers");
    for _ in 0..2 {
        let place = random.place(stations.len());
        stations[place].registered = random.between(4, 9);
    }
}
