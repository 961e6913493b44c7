//! Patterns that cut one cell into named pieces, such as `34A_{county:3}{stream:2}_{serial}_{_}`.
//!
//! `{name:3}` takes exactly three characters, `{name}` as few as possible (one at least) up to the first place
//! where the text behind it in the pattern stands, or the rest of the cell; `{_}` takes without a name. `{{` and
//! `}}` stand for braces. There is no choice, no repetition and no going back: the whole cell must fit.

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Piece { name: Option<String>, width: Option<usize> },
}

impl Pattern {
    /// Parses.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let after = &rest[character.len_utf8()..];
            match character {
                '{' | '}' if after.starts_with(character) => {
                    push_literal(&mut parts, character);
                    rest = &after[1..];
                }
                '{' => {
                    let end = after.find('}').ok_or("a { is never closed")?;
                    parts.push(piece(&after[..end])?);
                    rest = &after[end + 1..];
                }
                '}' => return Err("a } closes nothing; write }} for the character".to_owned()),
                _ => {
                    push_literal(&mut parts, character);
                    rest = after;
                }
            }
        }
        let pattern = Self { text: text.to_owned(), parts };
        pattern.check()?;
        Ok(pattern)
    }

    /// The pattern as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of its pieces, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Piece { name, .. } => name.as_deref(),
            Part::Literal(_) => None,
        })
    }

    /// The named pieces of `value`, in the order of [`Self::names`]; `None` if it does not fit.
    pub fn split<'v>(&self, value: &'v str) -> Option<Vec<&'v str>> {
        let mut pieces = Vec::new();
        let mut rest = value;
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Literal(text) => rest = rest.strip_prefix(text.as_str())?,
                Part::Piece { name, width } => {
                    let end = match (width, self.parts.get(index + 1)) {
                        (Some(width), _) => end_of_chars(rest, *width)?,
                        (None, Some(Part::Literal(text))) => rest.find(text.as_str())?,
                        (None, _) => rest.len(),
                    };
                    if end == 0 {
                        return None;
                    }
                    if name.is_some() {
                        pieces.push(&rest[..end]);
                    }
                    rest = &rest[end..];
                }
            }
        }
        rest.is_empty().then_some(pieces)
    }

    fn check(&self) -> Result<(), String> {
        if self.names().next().is_none() {
            return Err("it names no piece".to_owned());
        }
        let mut names: Vec<&str> = self.names().collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]) {
            return Err(format!("the piece {twice:?} stands twice"));
        }
        let open = |part: &Part| matches!(part, Part::Piece { width: None, .. });
        let piece = |part: &Part| matches!(part, Part::Piece { .. });
        if self.parts.windows(2).any(|pair| open(&pair[0]) && piece(&pair[1])) {
            return Err(
                "a piece without a width is followed by another piece: nothing says where it ends".to_owned()
            );
        }
        Ok(())
    }
}

fn push_literal(parts: &mut Vec<Part>, character: char) {
    if let Some(Part::Literal(text)) = parts.last_mut() {
        text.push(character);
    } else {
        parts.push(Part::Literal(character.to_string()));
    }
}

fn piece(inside: &str) -> Result<Part, String> {
    let (name, width) = match inside.split_once(':') {
        None => (inside, None),
        Some((name, width)) => match width.parse() {
            Ok(width @ 1..=1000) => (name, Some(width)),
            _ => return Err(format!("the width {width:?} is no number from 1 to 1000")),
        },
    };
    if name.is_empty()
        || !name.chars().all(|character| character.is_alphanumeric() || "_- ".contains(character))
    {
        return Err(format!("{name:?} is no name of a piece (letters, digits, _ - and spaces)"));
    }
    let name = (name != "_").then(|| name.to_owned());
    Ok(Part::Piece { name, width })
}

fn end_of_chars(text: &str, count: usize) -> Option<usize> {
    if count == text.chars().count() {
        Some(text.len())
    } else {
        text.char_indices().nth(count).map(|(at, _)| at)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn cuts_by_width_by_what_follows_and_to_the_end() {
        let pattern = Pattern::parse("{_}_34_A_{county:3}{stream:2}_{serial}_{date:8}").unwrap();
        assert_eq!(pattern.names().collect::<Vec<_>>(), ["county", "stream", "serial", "date"]);
        assert_eq!(pattern.split("1_34_A_00105_Y3K_20310304"), Some(vec!["001", "05", "Y3K", "20310304"]));
        for bad in
            ["1_34_A_00105_Y3K_2031030", "1_34_A_00105__20310304", "1_35_A_00105_Y3K_20310304", "", "é"]
        {
            assert_eq!(pattern.split(bad), None, "{bad}");
        }
        let pattern = Pattern::parse("{code} {name}").unwrap();
        assert_eq!(pattern.split("001 NG'OMBE Ñ"), Some(vec!["001", "NG'OMBE Ñ"]));
        assert_eq!(Pattern::parse("{{{a:1}}}").unwrap().split("{ñ}"), Some(vec!["ñ"]));
    }

    #[test]
    fn refuses_what_could_be_read_two_ways() {
        for bad in
            ["{a}{b}", "{a}{_:2}", "{a", "a}", "{}", "{a:0}", "{a:x}", "{a}-{a}", "literal", "{_}", "{a/b}"]
        {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }
}
