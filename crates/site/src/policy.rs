//! What a browser may do with an answer: load nothing from elsewhere, guess no type, tell nobody where the reader was.

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};

/// Which rules go with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Its own style, script, images and answers, nothing from elsewhere, no inline script or style, in no frame.
    Page,
    /// The same, and anybody may frame it: a figure on air.
    Embed,
    /// The checker brings its own policy, in itself, since it works from a file too; it may ask any mirror.
    Checker,
    /// The page of claims brings its own policy too; no address but this one is asked, whatever stands in it.
    Claim,
}

const PAGE: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:; \
                    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const EMBED: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:; \
                     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *";
const CHECKER: &str = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
const CLAIM: &str =
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

impl Policy {
    /// The rules for an address: the first or second part `embed` makes a figure for frames.
    pub fn of_path(path: &str) -> Self {
        if path.trim_start_matches('/').split('/').take(2).any(|part| part == "embed") {
            Self::Embed
        } else {
            Self::Page
        }
    }

    /// The value of `Content-Security-Policy`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => PAGE,
            Self::Embed => EMBED,
            Self::Checker => CHECKER,
            Self::Claim => CLAIM,
        }
    }

    /// Puts the headers, where an answer does not have its own.
    pub fn put(self, headers: &mut HeaderMap) {
        for (name, value) in [
            (CONTENT_SECURITY_POLICY, self.as_str()),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
        ] {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_figures_on_air_are_framed() {
        for (path, expected) in [
            ("/", Policy::Page),
            ("/en/embed/president/", Policy::Embed),
            ("/embed/president.svg", Policy::Embed),
            ("/en/station/embed/", Policy::Page),
            ("/en/embedded/", Policy::Page),
        ] {
            assert_eq!(Policy::of_path(path), expected, "{path}");
        }
        for policy in [Policy::Page, Policy::Embed] {
            let text = policy.as_str();
            assert!(text.starts_with("default-src 'none'; ") && !text.contains("unsafe"), "{text}");
        }
        assert!(PAGE.ends_with("frame-ancestors 'none'") && EMBED.ends_with("frame-ancestors *"));
    }

    #[test]
    fn an_answer_keeps_its_own() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
        Policy::Page.put(&mut headers);
        assert_eq!(headers[CONTENT_SECURITY_POLICY], "sandbox");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "no-referrer");
    }
}
