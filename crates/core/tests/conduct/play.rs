//! Writes records as text, so that hostile ones can be written too, and says what admission makes of each.

use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::ledger::Ledger;
use hakiki_core::record::Record;
use hakiki_core::view::{Finding, findings};
use hakiki_note::{Hash, sha256};
use serde_json::{Value, json};

/// Name of the key called so in the fixture.
pub fn name(of: &str) -> String {
    format!("mfano.example/k/{of}")
}

/// A log on the way.
pub struct Play {
    pub fixture: Fixture,
    pub ledger: Ledger,
    /// In the form of the vectors.
    pub entries: Vec<Value>,
}

/// The setting of every play.
pub fn setting() -> Setting {
    Setting { stations: 4, counties: 2, hosts: 2, ..Setting::default() }
}

impl Play {
    pub fn new() -> Self {
        Self::of(Fixture::new(&setting()))
    }

    pub fn of(fixture: Fixture) -> Self {
        let ledger = fixture.ledger();
        let entry = |record: &Record| json!({ "note": record.note(), "id": record.id().to_string(), "admission": "admitted" });
        let entries = fixture.records.iter().map(entry).collect();
        Self { fixture, ledger, entries }
    }

    /// Sends a record of a kind with these lines, parted by ` / `, signed by these keys. It must be taken so: `admitted`, or
    /// the code of a refusal. Gives its id.
    #[track_caller]
    pub fn say(&mut self, kind: &str, lines: &str, signers: &[&str], expected: &str) -> Hash {
        let (note, id) = self.fixture.said(kind, lines, signers);
        let found = self.take(&note, &id);
        assert_eq!(found, expected, "{kind}: {lines}, by {signers:?}");
        id
    }

    /// Sends a record that the fixture made.
    #[track_caller]
    pub fn send(&mut self, record: &Record, expected: &str) -> Hash {
        let found = self.take(record.note(), record.id());
        assert_eq!(found, expected, "{}", record.text());
        *record.id()
    }

    /// Tables that records name.
    pub fn bring(&mut self, table: Vec<u8>) -> Hash {
        let hash = sha256(&table);
        self.fixture.tables.insert(hash, table);
        hash
    }

    fn take(&mut self, note: &str, id: &Hash) -> String {
        let record = Record::parse(note.as_bytes());
        let taken = record.and_then(|record| self.fixture.append(&mut self.ledger, record));
        let admission = match taken {
            Ok(false) => "admitted".to_owned(),
            Ok(true) => "held".to_owned(),
            Err(refusal) => {
                self.ledger.pass_inadmissible(&refusal);
                refusal.code.to_string()
            }
        };
        self.entries.push(json!({ "note": note, "id": id.to_string(), "admission": admission }));
        admission
    }

    /// Where the next record stands.
    pub fn size(&self) -> u64 {
        self.ledger.size()
    }

    /// Place of an admitted record.
    pub fn place(&self, id: &Hash) -> u64 {
        self.ledger.place_of(id).unwrap()
    }

    /// What is found as of now with this code: place, and the values of its words but the code.
    pub fn found(&self, code: &str) -> Vec<(u64, String)> {
        self.found_as_of(code, self.size())
    }

    pub fn found_as_of(&self, code: &str, as_of: u64) -> Vec<(u64, String)> {
        let values = |finding: &Finding| {
            let values = finding.values.iter().map(|(name, value)| format!("{name}={value}"));
            values.collect::<Vec<_>>().join(" ")
        };
        let all = findings(&self.ledger, as_of).into_iter();
        all.filter(|finding| finding.code.as_str() == code)
            .map(|finding| (finding.place, values(&finding)))
            .collect()
    }

    /// Revokes a key.
    #[track_caller]
    pub fn revoke(&mut self, of: &str) {
        let lines = format!("action revoke / old {} / reason left", name(of));
        self.say("key", &lines, &["custodian-1", "custodian-2"], "admitted");
    }
}
