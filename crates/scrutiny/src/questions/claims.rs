//! Questions 58 to 62: alleged results, log files, two views, and the scrutiny itself.

use crate::alleged::AllegedCompared;
use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::{Inquiry, Verdict};
use hakiki_core::kinds::{Kind, ScrutinySays};
use hakiki_core::ledger::ScrutinyEntry;

/// Does the alleged result have station rows; do they match.
pub fn q58(i: &Inquiry<'_>) -> Answer {
    let Some(alleged) = i.alleged else {
        let answer = Answer::new(58, Status::NotRecorded);
        let standing: u64 = i.views.iter().map(|view| view.total(i.ledger).standing).sum();
        let limit = answer.word("limit_none");
        return answer.says(&[("standing", standing)]).limit(limit);
    };
    let answer = Answer::new(58, Status::Answered);
    let file = answer.word("file").with("file", alleged.file.as_str()).with("hash", alleged.hash.to_string());
    let file = file.with("contest", alleged.contest.as_str()).with("rows", alleged.rows);
    let rows = answer.word(if alleged.has_stations { "has_stations" } else { "no_stations" });
    let (key, counts) = match alleged.compared {
        AllegedCompared::Stations(counts) => ("by_station", counts),
        AllegedCompared::Areas(counts) => ("by_area", counts),
        AllegedCompared::Nothing => {
            let nothing = answer.word("nothing");
            return answer.say(file).say(rows).say(nothing).limited();
        }
    };
    let compared = answer.word(key).with("identical", counts.identical).with("different", counts.different);
    let compared = compared.with("only_alleged", counts.only_alleged).with("only_log", counts.only_log);
    let compared =
        compared.with("not_comparable", counts.not_comparable).with("impossible", counts.impossible);
    let mut table = Table::new(&["code", "name", "what", "boxes"]);
    for row in &alleged.differing {
        table.sum(cells![row.code.as_str(), row.name.as_str(), Cell::Word(row.what), row.boxes.as_str()]);
    }
    answer.say(file).say(rows).say(compared).limited().with(table)
}

/// Does a log file put to the court verify.
pub fn q59(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["check", "verdict"]);
    let count = |verdict| i.checks.iter().filter(|check| check.verdict == verdict).count() as u64;
    for check in i.checks {
        let verdict = match check.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::NotChecked => "not_checked",
        };
        table.sum(cells![check.code.as_str(), Cell::Word(verdict)]);
    }
    let figures = [
        ("passed", count(Verdict::Passed)),
        ("failed", count(Verdict::Failed)),
        ("not_checked", count(Verdict::NotChecked)),
    ];
    let answer = Answer::new(59, Status::Answered).says(&figures).limited();
    let failed = i.checks.iter().filter(|check| check.verdict == Verdict::Failed);
    failed.map(crate::inquiry::Checked::sentence).fold(answer, Answer::say).on([0]).with(table)
}

/// Did two people see different things.
pub fn q60(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["head", "root", "from", "to"]);
    for head in i.heads() {
        let time = |seconds: Option<u64>| seconds.and_then(|s| i64::try_from(s).ok()).map(|s| i.time(s));
        let (from, by) = (time(head.least_unix_seconds), time(head.unix_seconds));
        table.row(head.place, cells![head.head.size, head.head.root, from, by]);
    }
    let witnessed = i.heads().filter(|head| head.unix_seconds.is_some()).count() as u64;
    let status = if i.verdict("V06") == Verdict::Passed { Status::Answered } else { Status::Partly };
    let answer = Answer::new(60, status).says(&[("heads", table.len()), ("witnessed", witnessed)]).limited();
    i.said(&["V03", "V06"]).into_iter().fold(answer, Answer::say).with(table)
}

fn says(entry: &ScrutinyEntry) -> &'static str {
    match entry.scrutiny.says {
        ScrutinySays::Asked => "asked",
        ScrutinySays::Answered => "replied",
        ScrutinySays::Refused => "turned_down",
    }
}

fn scrutiny<'a>(i: &Inquiry<'a>) -> impl Iterator<Item = &'a ScrutinyEntry> + use<'a> {
    let as_of = i.as_of;
    i.ledger.scrutiny().iter().take_while(move |entry| entry.place < as_of)
}

/// Who asked what during the scrutiny itself.
pub fn q61(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(61, &[Kind::Scrutiny, Kind::Challenge]) {
        return answer.limited();
    }
    let mut table = Table::new(&["who", "what", "number", "of", "reason", "report"]);
    let (mut asked, mut open) = (0, 0);
    for entry in scrutiny(i) {
        let is_asked = entry.scrutiny.says == ScrutinySays::Asked;
        asked += u64::from(is_asked);
        let replied = entry.replies.iter().any(|reply| i.ledger.scrutiny()[*reply as usize].place < i.as_of);
        open += u64::from(is_asked && !replied);
        let said = &entry.scrutiny;
        let cells = cells![
            i.name(entry.key),
            Cell::Word(says(entry)),
            said.number,
            said.question,
            said.reason.as_str(),
            said.report
        ];
        table.row(entry.place, cells);
    }
    let mut challenges = 0;
    for entry in i.ledger.challenges().iter().take_while(|entry| entry.place < i.as_of) {
        challenges += 1;
        let said = &entry.challenge;
        table.row(
            entry.place,
            cells![
                i.name(entry.key),
                Cell::Word("challenge"),
                None::<u64>,
                said.record,
                said.reason.as_str(),
                None::<u64>
            ],
        );
        for answer in entry.answers.iter().filter(|answer| answer.place < i.as_of) {
            let said = &answer.answer;
            table.row(
                answer.place,
                cells![
                    i.name(answer.key),
                    Cell::Word("challenge_answer"),
                    None::<u64>,
                    said.challenge,
                    said.reason.as_str(),
                    None::<u64>
                ],
            );
        }
    }
    table.rows.sort_by_key(|row| row.place);
    let figures = [("asked", asked), ("open", open), ("challenges", challenges)];
    Answer::new(61, Status::Answered).says(&figures).limited().with(table)
}

/// What was refused, by whom, why.
pub fn q62(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(62, &[Kind::Scrutiny]) {
        return answer.limited();
    }
    let mut table = Table::new(&["who", "number", "of", "reason"]);
    for entry in scrutiny(i).filter(|entry| entry.scrutiny.says == ScrutinySays::Refused) {
        let asked = entry.scrutiny.question.and_then(|question| i.ledger.scrutiny_of(&question));
        let number = asked.and_then(|asked| asked.scrutiny.number);
        table.row(
            entry.place,
            cells![i.name(entry.key), number, entry.scrutiny.question, entry.scrutiny.reason.as_str()],
        );
    }
    Answer::new(62, Status::Answered).says(&[("refused", table.len())]).limited().with(table)
}
