//! Enumerations that stand as one word in a line: the word of each, and back. No more than that.

/// Declares an enumeration with `WORDS` (in byte order, for the shape), `as_str` and `parse`.
macro_rules! word_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$about])* $variant,)+ }

        impl $name {
            /// Every word, in byte order.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// As written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one that a word stands for: R105.
            pub fn parse(word: &str) -> Result<Self, $crate::codes::Refusal> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => $crate::codes::refuse(
                        $crate::codes::RefusalCode::R105,
                        format!("{other:?} is not one of {}", Self::WORDS.join(", ")),
                    ),
                }
            }
        }
    };
}

pub(crate) use word_enum;

word_enum! {
    /// How fine a table is.
    Granularity {
        /// A row for each area.
        Area = "area",
        /// One row for the whole.
        National = "national",
        /// A row for each station.
        Station = "station",
    }
}
