//! The 62 questions, each a function of the inquiry. Their numbers are those of `scrutiny` records and never change.

mod claims;
mod custody;
mod declared;
mod devices;
mod forms;
mod inventory;
mod people;
mod records;
mod tally;

pub use custody::{custody_row, custody_table};
pub use people::{session_row, session_table};

use crate::answer::Answer;
use crate::inquiry::Inquiry;
use claims::{q58, q59, q60, q61, q62};
use custody::{q23, q25, q40};
use declared::{q54, q55, q56, q57};
use devices::{q24, q26, q27, q28, q29, q30, q31, q32, q33, q34, q35, q36};
use forms::{q37, q38, q39, q41, q42, q43, q44, q45, q46};
use hakiki_core::kinds::QUESTIONS;
use inventory::{q1, q2, q3, q4, q5, q6, q7, q8};
use people::{q9, q10, q11, q12, q13, q14, q15, q16};
use records::{q17, q18, q19, q20, q21, q22};
use tally::{q47, q48, q49, q50, q51, q52, q53};

/// In the order of their numbers.
const ALL: [fn(&Inquiry<'_>) -> Answer; QUESTIONS as usize] = [
    q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15, q16, q17, q18, q19, q20, q21, q22, q23,
    q24, q25, q26, q27, q28, q29, q30, q31, q32, q33, q34, q35, q36, q37, q38, q39, q40, q41, q42, q43, q44,
    q45, q46, q47, q48, q49, q50, q51, q52, q53, q54, q55, q56, q57, q58, q59, q60, q61, q62,
];

/// Asks every question.
pub fn answers(inquiry: &Inquiry<'_>) -> Vec<Answer> {
    ALL.iter().map(|question| question(inquiry)).collect()
}
