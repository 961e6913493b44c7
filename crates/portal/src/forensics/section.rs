//! One indicator of the report: what was asked of the whole and of each area, the tables beside it, and what is drawn.

use super::figures::{Cell, Figures};
use super::subject::{Station, Subject};
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::adjusted::benjamini_hochberg;
use hakiki_messages::Message;

/// Where an adjusted p is counted in a summary; a custom, not a border between anything.
pub const CUSTOM: f64 = 0.05;

/// Whether there is anything to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Computed.
    Shown,
    /// Fewer than the least.
    TooFew {
        /// How many there are.
        found: u64,
        /// How many it takes.
        least: u64,
    },
    /// The source lacks what it takes; a word below `forensics.lacks`.
    Lacks(&'static str),
    /// Off unless asked for.
    Off,
}

/// An indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Which.
    pub indicator: Indicator,
    /// Whether it could be computed.
    pub state: State,
    /// The whole and the areas.
    pub tests: Figures,
    /// Further tables.
    pub more: Vec<Figures>,
    /// Pictures.
    pub plots: Vec<Plot>,
}

/// A picture of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// What it shows.
    pub title: Message,
    /// Every number behind it.
    pub figures: Figures,
    /// How it is drawn.
    pub draw: Draw,
}

/// An axis: a word below `forensics.axis`, and its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// Its word.
    pub word: &'static str,
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Whether its numbers are fractions, shown in per cent.
    pub is_share: bool,
}

/// How a table is drawn; columns by their keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Draw {
    /// A bar a row, `width` wide and from `x` on (or with `x` in its middle), with what was expected as a line and, if known, where chance leaves it.
    Bars {
        /// Across.
        x: &'static str,
        /// Width of a bar.
        width: f64,
        /// Whether `x` is the middle of a bar.
        is_centred: bool,
        /// Height.
        y: &'static str,
        /// What was expected.
        expected: Option<&'static str>,
        /// Between which heights chance leaves nineteen of twenty.
        band: Option<(&'static str, &'static str)>,
        /// Its axes.
        axes: [Axis; 2],
    },
    /// Lines through the rows in their order, each with a name.
    Lines {
        /// Across.
        x: &'static str,
        /// Heights, and what each line is.
        series: Vec<(&'static str, Cell)>,
        /// Its axes.
        axes: [Axis; 2],
    },
    /// A cell a row, darker for more; a field a group if there are several.
    Heat {
        /// Across: the lower edge of the cell, in per cent.
        x: &'static str,
        /// Upwards, in the same way.
        y: &'static str,
        /// How many.
        count: &'static str,
        /// The column that names the field of a row; one field for all if none.
        field: Option<&'static str>,
        /// Width and height of a cell, in percentage points.
        cell: usize,
        /// Its axes.
        axes: [Axis; 2],
    },
}

/// What one test says of some stations.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// On how many it rests.
    pub n: u64,
    /// The statistic.
    pub statistic: Cell,
    /// What the null hypothesis gives in the mean.
    pub expected: Cell,
    /// How large the departure is, whatever the number of stations.
    pub effect: Cell,
    /// How often chance alone gives at least that, if the null hypothesis has an answer.
    pub p: Option<f64>,
}

/// One question, put to the whole and to each area.
pub struct Asked<'a> {
    /// Whose votes; nothing where it is about all.
    pub of: Cell,
    /// Which figure, where an indicator looks at several.
    pub what: Cell,
    /// The answer.
    pub measure: Measure<'a>,
}

/// What answers for some stations.
pub type Measure<'a> = Box<dyn Fn(&[&Station]) -> Measured + 'a>;

/// Columns of every table of tests.
pub const TEST_COLUMNS: [&str; 11] =
    ["code", "area", "of", "what", "n", "statistic", "expected", "effect", "p", "p_adjusted", "note"];
/// Places of some of them.
const P: usize = 8;
const ADJUSTED: usize = 9;

impl Measured {
    /// Nothing to say of so many.
    pub fn nothing(n: u64) -> Self {
        Self { n, statistic: Cell::None, expected: Cell::None, effect: Cell::None, p: None }
    }
}

impl Section {
    /// The same of the whole alone, for what takes long or means nothing inside areas.
    pub fn asked_of_whole(
        subject: &Subject,
        indicator: Indicator,
        least: usize,
        asked: &[Asked<'_>],
    ) -> Self {
        Self::asked_of(subject, indicator, least, asked, 0)
    }

    /// Puts questions to the whole and to each area; p is adjusted over all areas and questions that have one. What rests on fewer than
    /// `least` is named and not shown.
    pub fn asked(subject: &Subject, indicator: Indicator, least: usize, asked: &[Asked<'_>]) -> Self {
        Self::asked_of(subject, indicator, least, asked, subject.areas.len())
    }

    fn asked_of(
        subject: &Subject,
        indicator: Indicator,
        least: usize,
        asked: &[Asked<'_>],
        areas: usize,
    ) -> Self {
        let least = least as u64;
        let mut tests = Figures::new(indicator.key(), &TEST_COLUMNS);
        let whole = (Cell::None, Cell::Word("forensics.word.whole".into()));
        let mut found = 0;
        for question in asked {
            let measured = (question.measure)(&subject.in_area(None));
            found = found.max(measured.n);
            tests.rows.push(row(whole.clone(), question, measured, least));
        }
        let state = if found < least { State::TooFew { found, least } } else { State::Shown };
        if state == State::Shown {
            for (place, area) in subject.areas.iter().enumerate().take(areas) {
                let stations = subject.in_area(Some(place));
                for question in asked {
                    let named = (Cell::Text(area.code.clone()), Cell::Text(area.name.clone()));
                    tests.rows.push(row(named, question, (question.measure)(&stations), least));
                }
            }
            adjust(&mut tests, asked.len());
        }
        Self { indicator, state, tests, more: Vec::new(), plots: Vec::new() }
    }

    /// An indicator that is not computed.
    pub fn without(indicator: Indicator, state: State) -> Self {
        let tests = Figures::new(indicator.key(), &TEST_COLUMNS);
        Self { indicator, state, tests, more: Vec::new(), plots: Vec::new() }
    }

    /// Adds a picture, if the indicator is shown.
    #[must_use]
    pub fn with_plot(mut self, plot: impl FnOnce() -> Plot) -> Self {
        if self.state == State::Shown {
            self.plots.push(plot());
        }
        self
    }

    /// The same, if there is something to draw.
    #[must_use]
    pub fn with_plot_if(self, there_is: bool, plot: impl FnOnce() -> Plot) -> Self {
        if there_is { self.with_plot(plot) } else { self }
    }

    /// Adds a table, if the indicator is shown.
    #[must_use]
    pub fn with_table(mut self, table: impl FnOnce() -> Figures) -> Self {
        if self.state == State::Shown {
            self.more.push(table());
        }
        self
    }

    /// Of the areas' rows with an adjusted p: how many, and how many below [`CUSTOM`].
    pub fn adjusted(&self) -> (u64, u64) {
        let known = self.tests.rows.iter().filter_map(|row| row[ADJUSTED].value());
        known.fold((0, 0), |(all, below), p| (all + 1, below + u64::from(p < CUSTOM)))
    }

    /// All its tables.
    pub fn tables(&self) -> impl Iterator<Item = &Figures> {
        let plots = self.plots.iter().map(|plot| &plot.figures);
        std::iter::once(&self.tests).chain(&self.more).chain(plots).filter(|figures| !figures.rows.is_empty())
    }
}

fn row((code, area): (Cell, Cell), question: &Asked<'_>, measured: Measured, least: u64) -> Vec<Cell> {
    let mut cells = vec![code, area, question.of.clone(), question.what.clone(), Cell::Whole(measured.n)];
    if measured.n < least {
        cells.extend(vec![Cell::None; 5]);
        cells.push(Cell::Word("forensics.word.too_few".into()));
        return cells;
    }
    let note = if measured.p.is_none() { Cell::Word("forensics.word.no_p".into()) } else { Cell::None };
    cells.extend([measured.statistic, measured.expected, measured.effect, Cell::chance(measured.p)]);
    cells.extend([Cell::None, note]);
    cells
}

/// Adjusts the p values behind the first rows, which are of the whole.
fn adjust(tests: &mut Figures, whole: usize) {
    let known: Vec<(usize, f64)> = tests
        .rows
        .iter()
        .enumerate()
        .skip(whole)
        .filter_map(|(at, row)| Some((at, row[P].value()?)))
        .collect();
    let adjusted = benjamini_hochberg(&known.iter().map(|(_, p)| *p).collect::<Vec<f64>>());
    for ((at, _), adjusted) in known.iter().zip(adjusted) {
        tests.rows[*at][ADJUSTED] = Cell::Chance(adjusted);
    }
}
