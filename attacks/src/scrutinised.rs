//! The report of a scrutiny over a real log, as a court has it: what it says, and the rows of its tables.

use crate::arena::Arena;
use crate::stranger::unique;
use anyhow::{Context as _, Result, ensure};
use std::path::PathBuf;

/// Answers and tables of one run.
pub struct Scrutinised {
    report: serde_json::Value,
    tables: PathBuf,
}

impl Arena {
    /// Has the node's log scrutinised. No check of the log may fail.
    pub fn scrutinise(&self, more: &[&str]) -> Result<Scrutinised> {
        let tables = self.path(&format!("tables-{}", unique()));
        let data = self.path(&format!("report-{}.json", unique()));
        let (csv, json) = (tables.display().to_string(), data.display().to_string());
        let (url, fingerprint) = (self.url(), self.fingerprint.to_string());
        let basis = ["scrutiny", &url, "--fingerprint", &fingerprint, "--csv", &csv, "--json", &json];
        let output = self.command(&[&basis[..], more].concat())?;
        ensure!(output.status.success(), "scrutiny: {}", String::from_utf8_lossy(&output.stderr));
        Ok(Scrutinised { report: serde_json::from_slice(&std::fs::read(data)?)?, tables })
    }
}

impl Scrutinised {
    /// What is said to a question, its sentences one after the other.
    pub fn says(&self, question: usize) -> Result<String> {
        let answer = &self.report["answers"][question - 1];
        ensure!(answer["number"] == question, "answers stand in their order");
        let sentences = answer["answer"].as_array().context("an answer has sentences")?;
        Ok(sentences.iter().filter_map(|sentence| sentence.as_str()).collect::<Vec<_>>().join(" "))
    }

    /// The rows of a question's table; no cell of these plays holds a comma.
    pub fn rows(&self, question: usize) -> Result<Vec<Vec<String>>> {
        let path = self.tables.join(format!("question-{question:02}.csv"));
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
    }
}
