//! The languages in which Hakiki speaks, named by their BCP 47 tags.
//!
//! It does not negotiate: which language a reader wants is decided at the edge.

use std::fmt;
use std::str::FromStr;

/// A language that every word exists in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// English, `en`.
    #[default]
    English,
    /// Swahili, `sw`.
    Swahili,
}

impl Language {
    /// All languages, in the order in which a reader is offered them.
    pub const ALL: [Self; 2] = [Self::English, Self::Swahili];

    /// The BCP 47 tag, for `lang` attributes, addresses and options.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Swahili => "sw",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Swahili => "Kiswahili",
        }
    }

    /// The first language of a list of BCP 47 tags (as of `Accept-Language`, in its order) that there are words in.
    /// Subtags are ignored: `sw-KE` is Swahili. Qualities are not weighed.
    pub fn first_known(tags: &str) -> Option<Self> {
        tags.split(',').find_map(|tag| tag.split(';').next().unwrap_or_default().trim().parse().ok())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A tag that names no language of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found language \"{0}\", expected \"en\" (English) or \"sw\" (Swahili)")]
pub struct UnknownLanguage(
    /// The tag as given.
    pub String,
);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
            .ok_or_else(|| UnknownLanguage(tag.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_and_written() {
        for language in Language::ALL {
            assert_eq!(language.tag().parse(), Ok(language));
        }
        assert_eq!("sw-KE".parse(), Ok(Language::Swahili));
        assert_eq!("fr".parse::<Language>(), Err(UnknownLanguage("fr".into())));
        assert!("".parse::<Language>().is_err());
    }

    #[test]
    fn the_first_known_language_of_a_browser_is_taken() {
        assert_eq!(Language::first_known("fr-FR, sw-KE;q=0.9, en;q=0.8"), Some(Language::Swahili));
        assert_eq!(Language::first_known("fr, de"), None);
        assert_eq!(Language::first_known(""), None);
    }
}
