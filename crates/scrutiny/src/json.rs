//! The report as JSON: the same answers, with keys that do not change with the language.

use crate::annex::Annexed;
use crate::answer::{Answer, Group, Status};
use crate::report::Report;
use hakiki_messages::{Language, Message};
use serde_json::{Value, json};

/// The whole report. Tables are named by how many rows they have; the rows are the CSV files.
pub fn json(report: &Report, language: Language) -> Value {
    let groups = Group::ALL.map(|(group, _)| {
        let count = |status: Status| (status.as_str().to_owned(), json!(report.count(Some(group), status)));
        let counts: serde_json::Map<_, _> = Status::ALL.into_iter().map(count).collect();
        (group.as_str().to_owned(), Value::Object(counts))
    });
    let total = Status::ALL.map(|status| (status.as_str().to_owned(), json!(report.count(None, status))));
    json!({
        "election": report.fingerprint.to_string(),
        "title": report.title,
        "rehearsal": report.is_rehearsal,
        "origin": report.origin,
        "entries": report.as_of,
        "root": report.made.root.map(|root| root.to_string()),
        "source": report.address(),
        "source_sha256": report.made.source_hash.map(|hash| hash.to_string()),
        "core_sha256": report.made.core_hash.map(|hash| hash.to_string()),
        "program": report.made.program,
        "program_sha256": report.made.program_hash.map(|hash| hash.to_string()),
        "checks": report.checks.iter().map(|check| json!({
            "code": check.code,
            "verdict": format!("{:?}", check.verdict).to_lowercase(),
            "detail": check.detail.text(language),
        })).collect::<Vec<_>>(),
        "annex": report.made.annex.as_ref().map(of_annex),
        "count": serde_json::Map::from_iter(total),
        "count_by_group": serde_json::Map::from_iter(groups),
        "answers": report.answers.iter().map(|answer| of_answer(report, answer, language)).collect::<Vec<_>>(),
    })
}

fn of_annex(annex: &Annexed) -> Value {
    let asked = annex.asked.iter().map(|asked| {
        let given = asked.answer.as_ref();
        json!({
            "role": asked.role,
            "who": asked.who,
            "unix_seconds": asked.at_s,
            "entries": given.ok().map(|given| given.size),
            "root": given.ok().map(|given| given.root.to_string()),
            "agreement": given.ok().map(|given| given.agreement.as_str()),
            "nothing": given.err(),
        })
    });
    let asked: Vec<Value> = asked.collect();
    json!({ "unix_seconds": annex.made_s, "maker": annex.maker, "asked": asked })
}

fn of_answer(report: &Report, answer: &Answer, language: Language) -> Value {
    let texts = |all: &[Message]| all.iter().map(|message| message.text(language)).collect::<Vec<_>>();
    let rests = answer.rests_on();
    let shown = rests.iter().take(crate::RESTS_SHOWN).filter_map(|place| report.rests.get(place));
    let shown: Vec<Value> =
        shown.map(|rest| json!({ "place": rest.place, "id": rest.id.map(|id| id.to_string()) })).collect();
    json!({
        "number": answer.number,
        "group": Group::of(answer.number).as_str(),
        "status": answer.status.as_str(),
        "question": Report::question(answer.number, language),
        "answer": texts(&answer.says),
        "cannot_answer": texts(&answer.limits),
        "records": rests.len(),
        "rests_on": shown,
        "rows": answer.table.len(),
    })
}
