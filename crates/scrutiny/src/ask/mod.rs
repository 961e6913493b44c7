//! Questions in the court's own words: a small grammar (`docs/reference/scrutiny.md`) and an answer from the log.

mod answers;
mod grammar;

pub use answers::Found;
pub use grammar::{FORMS, Question, QuestionError};

use crate::inquiry::Inquiry;

/// Reads a question and answers it.
pub fn ask(inquiry: &Inquiry<'_>, text: &str) -> Result<Found, QuestionError> {
    let question = Question::parse(text, inquiry)?;
    answers::answer(inquiry, &question)
}
