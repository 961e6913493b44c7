//! A text with all that goes out with it: its headers, its entity tags, its compressed forms.
//!
//! Each form is made once and then only shared. What stands at an address for ever is said to be so; what changes with the
//! head is asked for again with its tag, and the answer is then one line. It does not know where a document comes from.

use crate::policy::Policy;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hakiki_note::sha256;
use std::io::Write as _;
use std::sync::OnceLock;

/// Texts below it go as they are: they fit one packet anyway.
const LEAST_COMPRESSED_BYTES: usize = 1000;
/// Of 11: a page of 30 KB in about a millisecond, a fifth smaller than gzip.
const BROTLI_QUALITY: u32 = 5;
/// The window of brotli, as a power of two: 4 MiB.
const BROTLI_WINDOW: u32 = 22;
/// Of 9.
const GZIP_LEVEL: u32 = 6;
/// Headers of an answer, so that their map is made once.
const HEADERS: usize = 12;

/// How a body may be encoded, the smallest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coding {
    /// As it is.
    Plain,
    /// `gzip`.
    Gzip,
    /// `br`.
    Brotli,
}

/// How long an answer may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// For a year: the bytes at this address never change.
    Forever,
    /// It may be shown again only after asking whether it is still the same.
    AskAgain,
    /// A second: heads.
    Second,
    /// Not at all.
    Not,
}

impl Keep {
    /// The value of `Cache-Control`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forever => "public, max-age=31536000, immutable",
            Self::AskAgain => "no-cache",
            Self::Second => "public, max-age=1",
            Self::Not => "no-store",
        }
    }
}

/// A body in one coding.
#[derive(Debug)]
struct Coded {
    body: Bytes,
    etag: HeaderValue,
}

/// A document.
#[derive(Debug)]
pub struct Document {
    status: StatusCode,
    content_type: HeaderValue,
    keep: Keep,
    policy: Policy,
    location: Option<HeaderValue>,
    /// The SHA-256 of the plain body, in hex.
    mark: String,
    is_compressible: bool,
    plain: Coded,
    gzip: OnceLock<Coded>,
    brotli: OnceLock<Coded>,
}

impl Document {
    /// A document with status 200.
    pub fn new(content_type: &str, keep: Keep, policy: Policy, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let mark = sha256(&body).to_string();
        let is_compressible = body.len() >= LEAST_COMPRESSED_BYTES && is_text(content_type);
        let content_type = HeaderValue::from_str(content_type)
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let plain = Coded { body, etag: etag(&mark, Coding::Plain) };
        Self {
            status: StatusCode::OK,
            content_type,
            keep,
            policy,
            location: None,
            mark,
            is_compressible,
            plain,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self
    }

    /// The same with the place where it is instead, relative to the address asked for.
    #[must_use]
    pub fn with_location(mut self, location: Option<&str>) -> Self {
        self.location = location.and_then(|location| HeaderValue::from_str(location).ok());
        self
    }

    /// The body as it is.
    pub fn body(&self) -> &Bytes {
        &self.plain.body
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body in a coding, made now if it was not; none where compressing is of no use.
    pub fn coded(&self, coding: Coding) -> Option<&Bytes> {
        let worth = self.is_compressible || coding == Coding::Plain;
        worth.then(|| &self.form(coding).body)
    }

    /// The answer to a request with these headers. May compress: some milliseconds, once.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let coding = self.wanted(asked);
        self.answer_with(asked, coding, self.form(coding))
    }

    /// The same, if nothing has to be compressed for it.
    pub fn answer_at_once(&self, asked: &HeaderMap) -> Option<Response> {
        let coding = self.wanted(asked);
        let form = match coding {
            Coding::Plain => Some(&self.plain),
            Coding::Gzip => self.gzip.get(),
            Coding::Brotli => self.brotli.get(),
        };
        form.map(|form| self.answer_with(asked, coding, form))
    }

    fn wanted(&self, asked: &HeaderMap) -> Coding {
        if !self.is_compressible {
            return Coding::Plain;
        }
        asked.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).map_or(Coding::Plain, best_coding)
    }

    fn form(&self, coding: Coding) -> &Coded {
        let coded = |body: Vec<u8>| Coded { body: body.into(), etag: etag(&self.mark, coding) };
        match coding {
            Coding::Plain => &self.plain,
            Coding::Gzip => self.gzip.get_or_init(|| coded(gzip(&self.plain.body))),
            Coding::Brotli => self.brotli.get_or_init(|| coded(brotli(&self.plain.body))),
        }
    }

    fn answer_with(&self, asked: &HeaderMap, coding: Coding, form: &Coded) -> Response {
        let is_same = self.status == StatusCode::OK
            && asked.get(IF_NONE_MATCH).is_some_and(|tags| names(tags.as_bytes(), self.mark.as_bytes()));
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(ETAG, form.etag.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.keep.as_str()));
        if self.is_compressible {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        if let Some(location) = &self.location {
            headers.insert(LOCATION, location.clone());
        }
        self.policy.put(&mut headers);
        let mut response = Response::new(Body::empty());
        if is_same {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            *response.status_mut() = self.status;
            headers.insert(CONTENT_TYPE, self.content_type.clone());
            match coding {
                Coding::Plain => None,
                Coding::Gzip => headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip")),
                Coding::Brotli => headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br")),
            };
            *response.body_mut() = Body::from(form.body.clone());
        }
        *response.headers_mut() = headers;
        response
    }
}

fn is_text(content_type: &str) -> bool {
    let kinds = ["text/", "application/json", "application/javascript", "application/geo+json", "image/svg"];
    kinds.iter().any(|kind| content_type.starts_with(kind))
}

/// Forms of one document are told apart: a strong tag is of bytes.
fn etag(mark: &str, coding: Coding) -> HeaderValue {
    let behind = match coding {
        Coding::Plain => "",
        Coding::Gzip => "-gz",
        Coding::Brotli => "-br",
    };
    HeaderValue::from_str(&format!("\"{mark}{behind}\"")).expect("hex digits are a header's value")
}

/// Whether one of the tags of `If-None-Match` names the document, in whatever coding it was sent.
fn names(tags: &[u8], mark: &[u8]) -> bool {
    tags.split(|byte| *byte == b',').any(|tag| {
        let tag = tag.trim_ascii();
        let tag = tag.strip_prefix(b"W/").unwrap_or(tag);
        let tag = tag.strip_prefix(b"\"").and_then(|tag| tag.strip_suffix(b"\"")).unwrap_or(tag);
        let tag = tag.strip_suffix(b"-gz").or_else(|| tag.strip_suffix(b"-br")).unwrap_or(tag);
        tag == mark || tag == b"*"
    })
}

/// The best coding of an `Accept-Encoding` that is served here; what has the weight 0 is refused by it.
fn best_coding(accepted: &str) -> Coding {
    let of = |part: &str| {
        let mut words = part.split(';').map(str::trim);
        let coding = match words.next() {
            Some("br") => Coding::Brotli,
            Some("gzip" | "x-gzip") => Coding::Gzip,
            _ => return None,
        };
        let weight = words.find_map(|word| word.strip_prefix("q="));
        let is_refused = weight.is_some_and(|weight| weight.bytes().all(|b| matches!(b, b'0' | b'.')));
        (!is_refused).then_some(coding)
    };
    accepted.split(',').filter_map(of).max().unwrap_or(Coding::Plain)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::new(GZIP_LEVEL));
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("writing into memory does not fail")
}

fn brotli(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 3);
    let mut writer = brotli::CompressorWriter::new(&mut out, 1 << 14, BROTLI_QUALITY, BROTLI_WINDOW);
    writer.write_all(body).and_then(|()| writer.flush()).expect("writing into memory does not fail");
    // Its end writes the last bytes.
    drop(writer);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;
    use std::io::Read as _;

    fn asked(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn page() -> Document {
        let text = "<p>Sawa na karatasi mlangoni?</p>\n".repeat(400);
        Document::new("text/html; charset=utf-8", Keep::AskAgain, Policy::Page, text)
    }

    #[test]
    fn the_best_coding_that_is_taken_is_sent() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("br;q=0, gzip", Coding::Gzip),
            ("br;q=0.0,gzip;q=0", Coding::Plain),
            ("gzip;q=0.5", Coding::Gzip),
            ("identity", Coding::Plain),
            ("bro, gzipped", Coding::Plain),
            ("", Coding::Plain),
        ] {
            assert_eq!(best_coding(accepted), expected, "{accepted}");
        }
    }

    #[test]
    fn each_form_unpacks_to_the_same_bytes() {
        let page = page();
        let mut unpacked = Vec::new();
        let gzip = page.coded(Coding::Gzip).unwrap();
        flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(page.body(), &unpacked);
        unpacked.clear();
        let brotli = page.coded(Coding::Brotli).unwrap();
        brotli::Decompressor::new(&brotli[..], 4096).read_to_end(&mut unpacked).unwrap();
        assert_eq!(page.body(), &unpacked);
        assert!(brotli.len() < page.body().len() && gzip.len() < page.body().len());
        let short = Document::new("text/plain", Keep::Second, Policy::Page, "short");
        assert!(short.coded(Coding::Brotli).is_none());
        let picture = Document::new("image/png", Keep::Forever, Policy::Page, vec![0; 4000]);
        assert!(picture.coded(Coding::Gzip).is_none());
    }

    #[test]
    fn nothing_is_compressed_at_once_and_a_tag_spares_the_body() {
        let page = page();
        let browser = asked(&[(ACCEPT_ENCODING, "gzip, br")]);
        assert!(page.answer_at_once(&browser).is_none());
        assert!(page.answer_at_once(&HeaderMap::new()).is_some());
        let answer = page.answer(&browser);
        assert_eq!(answer.headers()[CONTENT_ENCODING], "br");
        assert_eq!(answer.headers()[VARY], "accept-encoding");
        let etag = answer.headers()[ETAG].to_str().unwrap().to_owned();
        let plain = page.answer(&HeaderMap::new()).headers()[ETAG].to_str().unwrap().to_owned();
        assert_ne!(etag, plain, "a strong tag is of bytes");
        for tags in [etag.clone(), plain, format!("\"x\", W/{etag}"), "*".to_owned()] {
            let again = page.answer_at_once(&asked(&[(ACCEPT_ENCODING, "br"), (IF_NONE_MATCH, &tags)]));
            assert_eq!(again.unwrap().status(), StatusCode::NOT_MODIFIED, "{tags}");
        }
        let other = page.answer(&asked(&[(IF_NONE_MATCH, "\"x\"")]));
        assert_eq!(other.status(), StatusCode::OK);
        let missing = Document::new("text/html", Keep::AskAgain, Policy::Page, "none").with_status(404);
        assert_eq!(missing.answer(&asked(&[(IF_NONE_MATCH, "*")])).status(), StatusCode::NOT_FOUND);
    }
}
