//! The court's side of the rehearsed dispute: the file from two makers, its verification, the report with the court's own
//! questions, two auditors, the answer on record. It knows what was planted, and requires that and nothing else.

use crate::arena::Arena;
use crate::dispute::{ALLEGED, Night, Planted};
use crate::staff::placed;
use anyhow::{Context as _, Result, ensure};
use hakiki_core::kinds::{Scrutiny, ScrutinySays};
use hakiki_note::sha256;
use hakiki_rehearsal::founding::time;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Rows that the test changes in one auditor's results.
const CHANGED_ROWS: usize = 3;

/// The file that the order asked for.
pub struct Court {
    file: String,
    entries: u64,
}

impl Court {
    /// The order names a held head; a mirror and the node make the file of it, each without the other, and the bytes are the same.
    /// The court's own has an annex beside it.
    pub fn opens(arena: &Arena) -> Result<Self> {
        let size = arena.head()?.size;
        let held = arena.wait_held(size)?;
        let order = arena.path("order").display().to_string();
        std::fs::write(&order, held.to_text())?;
        let open = |source: &str, name: &str, more: &[&str]| -> Result<String> {
            let file = arena.path(name).display().to_string();
            let output =
                arena.command(&[&["open", source, "--at", &order, "--out", &file][..], more].concat())?;
            ensure!(output.status.success(), "open {source}: {}", String::from_utf8_lossy(&output.stderr));
            Ok(file)
        };
        let mirror = arena.url_of("mirror party");
        let of_node = open(&arena.url(), "node.hakiki", &["--without-annex"])?;
        let of_mirror = open(&mirror, "mirror.hakiki", &["--without-annex"])?;
        ensure!(std::fs::read(of_node)? == std::fs::read(of_mirror)?, "node and mirror made different files");
        let witness = arena.url_of("witness court");
        let file = open(&mirror, "court.hakiki", &["--witness", &witness, "--mirror", &arena.url()])?;
        Ok(Self { file, entries: held.head().size })
    }

    /// Verifies the file, asks everything, and requires what was planted and nothing else. Gives what the report counts.
    pub fn finds(&self, arena: &Arena, night: &Night) -> Result<String> {
        let verdicts = arena.verify(&self.file, &[])?;
        verdicts.nothing_failed()?;
        let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
        for code in night.planted.iter().flat_map(|one| one.codes) {
            *wanted.entry((*code).to_owned()).or_default() += 1;
        }
        let mut found = verdicts.findings.clone();
        found.retain(|code, _| code.starts_with('F'));
        ensure!(found == wanted, "found {found:?}, planted {wanted:?}");

        let mut questions: Vec<String> = (0..self.entries).map(|place| format!("record {place}")).collect();
        let at = time(ALLEGED)?;
        questions.push(format!("in at {at}"));
        questions.push(format!("role vendor from {} to {at}", time(0)?));
        questions.push(format!("role vendor from {} to {}", time(0)?, time(86_400)?));
        questions.push(format!("station {}", night.reserve.0));
        questions.push("item form-book B-reserve".to_owned());
        let asked = self.asks(arena, &questions)?;
        let own = usize::try_from(self.entries)?;
        by_places(&asked[..own], &night.planted)?;
        let of = |number: usize| places_in(&arena.path(&format!("tables/asked-{number:02}.csv")));
        let exactly = |number: usize, wanted: &[u64]| -> Result<()> {
            let found = of(own + number)?;
            let wanted: BTreeSet<u64> = wanted.iter().copied().collect();
            ensure!(found == wanted, "{}: places {found:?}, planted {wanted:?}", questions[own + number - 1]);
            Ok(())
        };
        exactly(1, &night.were_in)?;
        // Up to the alleged minute the supplier had not left.
        exactly(2, &night.of_supplier[..2])?;
        exactly(3, &night.of_supplier)?;
        ensure!(of(own + 4)?.contains(&night.reserve.1), "the station's form is listed");
        ensure!(of(own + 5)?.len() == 1, "the reserve book never left the store");
        for one in &night.planted {
            let listed = places_in(&arena.path(&format!("tables/question-{:02}.csv", one.question)))?;
            ensure!(listed.contains(&one.place), "section {} does not list: {}", one.question, one.act);
        }
        self.counts(arena)
    }

    /// Runs the report with questions; what was answered to each, in their order.
    fn asks(&self, arena: &Arena, questions: &[String]) -> Result<Vec<String>> {
        let path = |name: &str| arena.path(name).display().to_string();
        let (report, tables, data) = (path("report.html"), path("tables"), path("report.json"));
        let fingerprint = arena.fingerprint.to_string();
        let mut arguments = vec!["scrutiny", &self.file, "--fingerprint", &fingerprint];
        arguments.extend(["--out", &report, "--csv", &tables, "--json", &data]);
        arguments.extend(questions.iter().flat_map(|question| ["--ask", question]));
        let output = arena.command(&arguments)?;
        ensure!(output.status.success(), "scrutiny: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout)?;
        let mut answers: Vec<String> = Vec::new();
        for line in said.lines() {
            match line
                .strip_prefix("? ")
                .filter(|asked| questions.get(answers.len()).is_some_and(|q| q == asked))
            {
                Some(_) => answers.push(String::new()),
                None => answers.last_mut().context("an answer follows its question")?.extend([line, "\n"]),
            }
        }
        ensure!(answers.len() == questions.len(), "{} of {} answered", answers.len(), questions.len());
        Ok(answers)
    }

    fn counts(&self, arena: &Arena) -> Result<String> {
        let report: Value = serde_json::from_slice(&std::fs::read(arena.path("report.json"))?)?;
        let answers = report["answers"].as_array().context("a report has answers")?;
        ensure!(answers.len() == 62, "{} of 62 questions have a section", answers.len());
        ensure!(report["entries"] == self.entries, "the report is of the file's head");
        let counts: Vec<String> = report["count"]
            .as_object()
            .context("a report counts")?
            .iter()
            .map(|(status, count)| format!("{status} {count}"))
            .collect();
        Ok(format!("\n62 questions over {} entries: {}\n", self.entries, counts.join(", ")))
    }
}

/// Two auditors verify the two makers' files and say the same; one's results are changed in three rows, and exactly these
/// are named (X30).
pub fn auditors_part(arena: &Arena) -> Result<()> {
    let save = |name: &str, value: &Value| -> Result<String> {
        let path = arena.path(name);
        std::fs::write(&path, serde_json::to_vec_pretty(value)?)?;
        Ok(path.display().to_string())
    };
    let verified = |file: &str| -> Result<Value> {
        let verdicts = arena.verify(&arena.path(file).display().to_string(), &[])?;
        verdicts.nothing_failed()?;
        Ok(verdicts.report)
    };
    let (one, mut other) = (verified("node.hakiki")?, verified("mirror.hakiki")?);
    let compare = |a: &str, b: &str| -> Result<(bool, Vec<String>)> {
        let output = arena.command(&["compare", a, b, "--json"])?;
        let said: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
        let rows = said["rows"].as_array().context("a comparison has rows")?;
        let rows = rows.iter().filter_map(|row| row["row"].as_str().map(str::to_owned)).collect();
        Ok((output.status.success(), rows))
    };
    let (a, b) = (save("auditor-1.json", &one)?, save("auditor-2.json", &other)?);
    let same = compare(&a, &b)?;
    ensure!(same == (true, Vec::new()), "two auditors of one log part: {:?}", same.1);
    let candidates = other["contests"][0]["candidates"].as_array_mut().context("there are candidates")?;
    ensure!(candidates.len() >= CHANGED_ROWS, "there are rows to change");
    let mut changed = BTreeSet::new();
    for candidate in candidates.iter_mut().take(CHANGED_ROWS) {
        let votes = candidate["votes"].as_u64().context("votes are a number")?;
        candidate["votes"] = json!(votes + 1);
        changed.insert(format!("{}]", candidate["number"]));
    }
    let (is_same, rows) = compare(&a, &save("auditor-3.json", &other)?)?;
    let are_these = rows.iter().all(|row| changed.iter().any(|end| row.ends_with(end)));
    ensure!(!is_same && rows.len() == CHANGED_ROWS && are_these, "changed {changed:?}, told {rows:?}");
    Ok(())
}

/// The registrar puts on record that the question was answered, with the report's hash.
pub fn answers(arena: &Arena, night: &Night) -> Result<()> {
    let report = sha256(&std::fs::read(arena.path("report.html"))?);
    let answered = Scrutiny {
        says: ScrutinySays::Answered,
        number: None,
        question: Some(*night.question.id()),
        report: Some(report),
        reason: "answered".into(),
        words: None,
    };
    placed(arena, &arena.sign(answered, &[&night.registrar])?)?;
    Ok(())
}

/// Requires that the answers about single places name the planted findings, each at its place, and no other.
fn by_places(answers: &[String], planted: &[Planted]) -> Result<()> {
    let mut wanted: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
    for one in planted.iter().filter(|one| !one.codes.is_empty()) {
        wanted.entry(one.place).or_default().extend(one.codes);
    }
    let mut found: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
    for (place, answer) in (0..).zip(answers) {
        let codes = answer.lines().find_map(|line| line.strip_prefix("Findings: ")).unwrap_or_default();
        let codes = codes.trim_end_matches('.').split(' ').filter(|code| code.starts_with('F'));
        let codes: BTreeSet<&str> = codes.collect();
        if !codes.is_empty() {
            found.insert(place, codes);
        }
    }
    ensure!(found == wanted, "found at places {found:?}, planted {wanted:?}");
    Ok(())
}

/// The places in a table: the fourth field from the end of each row.
fn places_in(table: &Path) -> Result<BTreeSet<u64>> {
    let text = std::fs::read_to_string(table).with_context(|| table.display().to_string())?;
    let place = |row: &str| -> Result<Option<u64>> {
        let field = row.rsplit(',').nth(3).context("a row has four columns of records")?;
        if field.is_empty() { Ok(None) } else { Ok(Some(field.parse()?)) }
    };
    text.lines().skip(1).filter_map(|row| place(row).transpose()).collect()
}
