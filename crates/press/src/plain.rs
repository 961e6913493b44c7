//! HTML of an item as plain text: what a reader would read, without marks.
//!
//! The tokens are html5ever's, by the rules that browsers follow. No tree is built, so that no nesting, however deep, costs more
//! than its bytes; nothing is loaded, run or followed.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;
use unicode_normalization::UnicodeNormalization as _;

/// Elements that begin and end a paragraph.
const PARAGRAPHS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];
/// Elements that begin a line.
const LINES: &[&str] = &["br", "dd", "dt", "li", "option", "tr"];
/// Elements whose text is not read by readers.
const UNREAD: &[&str] =
    &["script", "style", "iframe", "noembed", "noframes", "noscript", "template", "textarea", "title"];

/// The text of HTML.
pub fn plain(html: &str) -> String {
    let sink = Sink { state: RefCell::new(State::default()) };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    // A sink that runs no script is never waited for.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tidy(&tokenizer.sink.state.borrow().text)
}

/// The one way in which texts are kept: normal form C, no controls, spaces single, paragraphs parted by one empty line, a
/// newline at the end. Words and their order are those that came. Nothing stays nothing.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_gap = false;
    for line in text.split(['\n', '\u{2028}', '\u{2029}']) {
        let words: Vec<String> = line.split_whitespace().map(clean).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            is_gap = true;
            continue;
        }
        if !out.is_empty() && is_gap {
            out.push('\n');
        }
        is_gap = false;
        out.push_str(&words.join(" "));
        out.push('\n');
    }
    out
}

/// Without controls and the marks that turn the direction of what follows.
fn clean(word: &str) -> String {
    let is_kept = |character: &char| {
        !character.is_control()
            && !matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    word.chars().filter(is_kept).nfc().collect()
}

#[derive(Default)]
struct State {
    text: String,
    /// The element whose text is left out until it ends.
    unread: Option<String>,
}

struct Sink {
    state: RefCell<State>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.unread.is_none() => {
                // Line ends of the source are spaces.
                state.text.extend(text.chars().map(|c| if c.is_ascii_whitespace() { ' ' } else { c }));
                TokenSinkResult::Continue
            }
            Token::TagToken(tag) => state.tag(&tag),
            _ => TokenSinkResult::Continue,
        }
    }
}

impl State {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        if let Some(unread) = &self.unread {
            if tag.kind == TagKind::EndTag && *unread == name {
                self.unread = None;
            }
            return TokenSinkResult::Continue;
        }
        if PARAGRAPHS.contains(&name) {
            self.text.push_str("\n\n");
        } else if LINES.contains(&name) {
            self.text.push('\n');
        } else if matches!(name, "td" | "th") {
            self.text.push(' ');
        }
        if tag.kind == TagKind::EndTag || !UNREAD.contains(&name) {
            return TokenSinkResult::Continue;
        }
        self.unread = Some(name.to_owned());
        match name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            "noscript" | "template" => TokenSinkResult::Continue,
            _ => TokenSinkResult::RawData(RawKind::Rawtext),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_what_a_reader_reads() {
        for (html, expected) in [
            ("<p>Moja</p><p>Mbili &amp; <b>tatu</b></p>", "Moja\n\nMbili & tatu\n"),
            ("a<br>b<ul><li>c<li>d</ul>e", "a\nb\n\nc\nd\n\ne\n"),
            ("x<script>alert('<p>no</p>')</script>y", "xy\n"),
            ("<style>p{}</style>  a\n\n b ", "a b\n"),
            ("5 < 6 &amp; 7 > 2", "5 < 6 & 7 > 2\n"),
            ("<table><tr><td>1<td>2</tr></table>", "1 2\n"),
            ("<img src=x onerror=y alt=z>", ""),
            ("<p hidden", ""),
            ("&#8220;Tumeshinda&#8221;", "\u{201c}Tumeshinda\u{201d}\n"),
        ] {
            assert_eq!(plain(html), expected, "{html}");
        }
    }

    #[test]
    fn controls_and_turned_directions_are_left_out() {
        assert_eq!(tidy("a\u{0}\u{202e}b\r\n\r\n\r\nc\u{7f}  d"), "ab\n\nc d\n");
        assert_eq!(tidy(&tidy("e\u{301} x\n\n\ny")), tidy("\u{e9} x\n\ny"));
    }

    #[test]
    fn depth_costs_no_more_than_bytes() {
        let deep = "<div>".repeat(200_000) + "chini" + &"</div>".repeat(200_000);
        assert_eq!(plain(&deep), "chini\n");
    }
}
