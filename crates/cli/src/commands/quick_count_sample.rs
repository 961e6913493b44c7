//! The sample of a quick count, from a table: a row a drawn station, and how many stations each stratum has.

use anyhow::{Context, Result, anyhow};
use clap::Args;
use hakiki_audit::quick_count::{Sampled, Stratum};
use hakiki_messages::{Language, Message};
use hakiki_rehearsal::import::SourceFile;
use hakiki_rehearsal::import::mapping::FileShape;
use hakiki_rehearsal::import::table::{Table, TableRow};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Columns that are no candidates', by the names that they have unless --column says otherwise.
const KNOWN: [&str; 7] = ["station", "stratum", "stations", "cluster", "valid", "rejected", "registered"];

/// How the sample's table is read.
#[derive(Args)]
pub struct SampleArguments {
    /// Another name of a column: station, stratum, stations, cluster, valid, rejected or registered, as in stratum=county
    #[arg(long, value_name = "KNOWN=NAME", value_delimiter = ',')]
    column: Vec<String>,
    /// A column that is nothing of this; all that are left are candidates
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    ignore: Vec<String>,
    /// A table of strata: columns stratum and stations. Not needed if the sample has a column stations, or with --log
    #[arg(long, value_name = "FILE")]
    strata: Option<PathBuf>,
}

/// A drawn station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Code.
    pub station: String,
    /// Its stratum.
    pub stratum: String,
    /// What was drawn together with it; empty where nothing was.
    pub cluster: String,
    /// Votes by candidate; none if it has not reported.
    pub votes: Option<Vec<u64>>,
    /// Valid votes: as written, else the candidates' sum.
    pub valid: u64,
    /// Rejected papers, if the table has them.
    pub rejected: Option<u64>,
    /// Registered voters, if the table has them.
    pub registered: Option<u64>,
}

/// The whole sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The candidates' columns.
    pub candidates: Vec<String>,
    /// The drawn stations in the order of the table.
    pub drawn: Vec<Drawn>,
    /// How many stations each stratum has.
    pub sizes: BTreeMap<String, u64>,
    /// Whether stations were drawn by groups.
    pub has_clusters: bool,
}

/// A refusal with its stable code before its words.
pub fn refused(code: &str, message: &Message, language: Language) -> anyhow::Error {
    anyhow!("{code}: {}", message.text(language))
}

fn error(code: &str) -> Message {
    Message::new(format!("quick_count.error.{}", code.to_lowercase()))
}

/// Where each known column stands.
struct Columns {
    at: BTreeMap<&'static str, usize>,
    candidates: Vec<usize>,
}

impl Columns {
    fn text(&self, row: &TableRow, known: &str) -> String {
        let cell = self.at.get(known).and_then(|at| row.cells.get(*at));
        cell.unwrap_or_default().trim().to_owned()
    }
}

/// A table with its name, and the language of what is said about it.
struct Reader<'a> {
    file: String,
    table: Table,
    language: Language,
    names: &'a BTreeMap<String, String>,
}

impl SampleArguments {
    /// Reads the sample. `by_register` are strata with the number of their stations, where a log says them.
    pub fn read(
        &self,
        path: &Path,
        by_register: Option<&BTreeMap<String, u64>>,
        language: Language,
    ) -> Result<Sample> {
        let names = self.names(language)?;
        let reader = Reader::open(path, language, &names)?;
        let columns = reader.columns(&self.ignore)?;
        let mut sizes = match &self.strata {
            Some(strata) => Reader::open(strata, language, &names)?.sizes()?,
            None => by_register.cloned().unwrap_or_default(),
        };
        let mut drawn = Vec::new();
        let mut seen = BTreeSet::new();
        for row in &reader.table.rows {
            let station = reader.station(&columns, row)?;
            if !seen.insert(station.station.clone()) {
                let message =
                    error("Q103").with("file", reader.file.as_str()).with("line", row.line.to_string());
                return Err(refused("Q103", &message.with("code", station.station), language));
            }
            if columns.at.contains_key("stations") && self.strata.is_none() {
                let size = reader.needed(&columns, row, "stations")?;
                let known = *sizes.entry(station.stratum.clone()).or_insert(size);
                if known != size && by_register.is_none() {
                    let expected = format!("stations {known}, {}", station.stratum);
                    return Err(reader.wrong(row, &size.to_string(), &expected));
                }
            }
            drawn.push(station);
        }
        let file = self.strata.as_deref().unwrap_or(path).display().to_string();
        if let Some(lost) = drawn.iter().find(|station| !sizes.contains_key(&station.stratum)) {
            let message = error("Q104").with("name", lost.stratum.as_str()).with("file", file);
            return Err(refused("Q104", &message, language));
        }
        sizes.retain(|name, _| drawn.iter().any(|station| station.stratum == *name));
        let candidates = columns.candidates.iter().map(|at| reader.table.header[*at].clone()).collect();
        let has_clusters = columns.at.contains_key("cluster");
        Ok(Sample { candidates, drawn, sizes, has_clusters })
    }

    fn names(&self, language: Language) -> Result<BTreeMap<String, String>> {
        let mut names: BTreeMap<String, String> =
            KNOWN.iter().map(|known| ((*known).to_owned(), (*known).to_owned())).collect();
        for given in &self.column {
            let (known, name) = given.split_once('=').unwrap_or((given, ""));
            if name.is_empty() || !names.contains_key(known) {
                let message = error("Q102").with("file", "--column").with("column", given.as_str());
                return Err(refused("Q102", &message.with("known", KNOWN.join(", ")), language));
            }
            names.insert(known.to_owned(), name.to_owned());
        }
        Ok(names)
    }
}

impl<'a> Reader<'a> {
    fn open(path: &Path, language: Language, names: &'a BTreeMap<String, String>) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let file = path.display().to_string();
        let table = Table::read(&SourceFile { name: &file, bytes: &bytes }, &FileShape::default())?;
        Ok(Self { file, table, language, names })
    }

    fn columns(&self, ignore: &[String]) -> Result<Columns> {
        let header = &self.table.header;
        let find = |name: &str| header.iter().position(|column| column == name);
        let mut at = BTreeMap::new();
        for known in KNOWN {
            if let Some(place) = find(&self.names[known]) {
                at.insert(known, place);
            } else if known == "station" || known == "stratum" || self.names[known] != known {
                return Err(self.lacks(&self.names[known]));
            }
        }
        if let Some(absent) = ignore.iter().find(|name| find(name).is_none()) {
            return Err(self.lacks(absent));
        }
        let is_other =
            |place: &usize| at.values().any(|known| known == place) || ignore.contains(&header[*place]);
        let candidates: Vec<usize> = (0..header.len()).filter(|place| !is_other(place)).collect();
        if candidates.is_empty() {
            let message = error("Q107").with("file", self.file.as_str()).with("known", KNOWN.join(", "));
            return Err(refused("Q107", &message, self.language));
        }
        Ok(Columns { at, candidates })
    }

    fn lacks(&self, column: &str) -> anyhow::Error {
        let message = error("Q102").with("file", self.file.as_str()).with("column", column);
        refused("Q102", &message.with("known", self.table.header.join(", ")), self.language)
    }

    fn wrong(&self, row: &TableRow, found: &str, expected: &str) -> anyhow::Error {
        let message = error("Q101").with("line", row.line.to_string()).with("file", self.file.as_str());
        let message = message.with("found", format!("{found:?}")).with("expected", expected);
        refused("Q101", &message, self.language)
    }

    /// The number in a column; none for a blank cell.
    fn number(&self, row: &TableRow, at: usize) -> Result<Option<u64>> {
        let cell = row.cells.get(at).unwrap_or_default().trim();
        if cell.is_empty() {
            return Ok(None);
        }
        let number: Option<u32> = Some(cell)
            .filter(|cell| cell.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|cell| cell.parse().ok());
        let name = &self.table.header[at];
        number
            .map(|number| Some(u64::from(number)))
            .ok_or_else(|| self.wrong(row, cell, &format!("0, 1, 2 … ({name})")))
    }

    fn of(&self, columns: &Columns, row: &TableRow, known: &str) -> Result<Option<u64>> {
        columns.at.get(known).map_or(Ok(None), |at| self.number(row, *at))
    }

    fn needed(&self, columns: &Columns, row: &TableRow, known: &str) -> Result<u64> {
        let found = self.of(columns, row, known)?;
        found.ok_or_else(|| self.wrong(row, "", &format!("1, 2 … ({})", self.names[known])))
    }

    fn station(&self, columns: &Columns, row: &TableRow) -> Result<Drawn> {
        let cells = columns.candidates.iter().map(|at| self.number(row, *at)).collect::<Result<Vec<_>>>()?;
        // A station that has not reported is blank throughout; one blank box among figures is a mistake in the table.
        let votes: Option<Vec<u64>> = cells.iter().copied().collect();
        if votes.is_none() && cells.iter().any(Option::is_some) {
            return Err(self.wrong(row, "", "0, 1, 2 …"));
        }
        let sum: u64 = votes.iter().flatten().sum();
        let valid = self.of(columns, row, "valid")?.unwrap_or(sum);
        if votes.is_some() && sum > valid {
            return Err(self.wrong(row, &valid.to_string(), &format!("≥ {sum} ({})", self.names["valid"])));
        }
        let station = columns.text(row, "station");
        if station.is_empty() {
            return Err(self.wrong(row, "", &self.names["station"]));
        }
        Ok(Drawn {
            station,
            stratum: columns.text(row, "stratum"),
            cluster: columns.text(row, "cluster"),
            votes,
            valid,
            rejected: self.of(columns, row, "rejected")?,
            registered: self.of(columns, row, "registered")?,
        })
    }

    /// Strata and how many stations each has.
    fn sizes(&self) -> Result<BTreeMap<String, u64>> {
        let find = |known: &str| {
            let name = &self.names[known];
            self.table.header.iter().position(|column| column == name).ok_or_else(|| self.lacks(name))
        };
        let (stratum, stations) = (find("stratum")?, find("stations")?);
        let mut sizes = BTreeMap::new();
        for row in &self.table.rows {
            let size = self.number(row, stations)?.ok_or_else(|| self.wrong(row, "", "1, 2 …"))?;
            let name = row.cells.get(stratum).unwrap_or_default().trim().to_owned();
            if sizes.insert(name.clone(), size).is_some() {
                let message = error("Q106").with("file", self.file.as_str()).with("name", name);
                return Err(refused("Q106", &message.with("line", row.line.to_string()), self.language));
            }
        }
        Ok(sizes)
    }
}

/// A table of strata alone: how many stations each has.
pub fn strata_file(path: &Path, language: Language) -> Result<BTreeMap<String, u64>> {
    let names = KNOWN.iter().map(|known| ((*known).to_owned(), (*known).to_owned())).collect();
    Reader::open(path, language, &names)?.sizes()
}

impl Sample {
    /// The strata for one candidate: his votes of the valid ones.
    pub fn of_candidate(&self, candidate: usize) -> Vec<Stratum> {
        self.strata(|drawn| Some((drawn.votes.as_ref()?[candidate], drawn.valid)))
    }

    /// The strata for turnout: ballots of registered voters; none where a reported station lacks either.
    pub fn of_turnout(&self) -> Option<Vec<Stratum>> {
        let of = |drawn: &Drawn| Some((drawn.valid + drawn.rejected?, drawn.registered?));
        let has = |drawn: &Drawn| drawn.votes.is_none() || of(drawn).is_some();
        self.drawn.iter().all(has).then(|| self.strata(|drawn| drawn.votes.as_ref().and_then(|_| of(drawn))))
    }

    /// Those that have not reported.
    pub fn missing(&self) -> Vec<&Drawn> {
        self.drawn.iter().filter(|drawn| drawn.votes.is_none()).collect()
    }

    fn strata(&self, figures: impl Fn(&Drawn) -> Option<(u64, u64)>) -> Vec<Stratum> {
        let stratum = |(name, stations): (&String, &u64)| {
            let drawn: Vec<&Drawn> = self.drawn.iter().filter(|drawn| drawn.stratum == *name).collect();
            let sampled = |drawn: &&Drawn| {
                let (votes, valid) = figures(drawn)?;
                Some(Sampled { votes, valid, cluster: drawn.cluster.clone() })
            };
            let reported = drawn.iter().filter_map(sampled).collect();
            Stratum { name: name.clone(), stations: *stations, drawn: drawn.len() as u64, reported }
        };
        self.sizes.iter().map(stratum).collect()
    }
}
