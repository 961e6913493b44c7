//! Asking for a feed as a guest does: under a name of one's own, only for what changed, within a time and a size, and never
//! again before the host said.

use std::io::Read as _;
use std::time::{Duration, SystemTime};
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

/// Largest feed, in bytes, unpacked.
pub const FEED_MAX_BYTES: u64 = 8 << 20;
/// Redirects that are followed, on the same host only.
const REDIRECTS_MAX: u32 = 4;
/// The longest rest that a host can ask for: a week.
const REST_MAX_S: u64 = 7 * 86_400;
/// What a host gets that asks for a rest and does not say how long.
const REST_DEFAULT_S: u64 = 3_600;
/// Largest value of a header that is kept.
const VALIDATOR_MAX_BYTES: usize = 1_024;

/// What a feed does wrong. It stops nothing else; the next round asks again, later each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No answer in time, or none at all.
    Unreachable {
        /// What was found.
        found: String,
    },
    /// An answer that is no feed, by its status.
    Status {
        /// The status.
        status: u16,
    },
    /// Larger than [`FEED_MAX_BYTES`].
    TooLarge,
    /// No feed, by its bytes.
    Malformed {
        /// What was found.
        found: String,
    },
    /// It leads to another host, which the configuration does not name.
    Moved {
        /// Where to.
        to: String,
    },
    /// The host asks for a rest.
    Rest {
        /// For so long, in seconds.
        seconds: u64,
    },
}

impl Problem {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "J201",
            Self::Status { .. } => "J202",
            Self::TooLarge => "J203",
            Self::Malformed { .. } => "J204",
            Self::Moved { .. } => "J205",
            Self::Rest { .. } => "J206",
        }
    }

    /// The number, address or words in it, for the sentence of its code.
    pub fn detail(&self) -> String {
        match self {
            Self::Unreachable { found } | Self::Malformed { found } => found.chars().take(300).collect(),
            Self::Status { status } => status.to_string(),
            Self::TooLarge => FEED_MAX_BYTES.to_string(),
            Self::Moved { to } => to.chars().take(300).collect(),
            Self::Rest { seconds } => seconds.to_string(),
        }
    }
}

/// What a feed said of itself when it was read last; sent back, so that it can say "unchanged".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Validators {
    pub etag: Option<String>,
    pub modified: Option<String>,
}

pub(crate) enum Fetched {
    Unchanged,
    New { bytes: Vec<u8>, validators: Validators },
}

/// Who asks.
pub(crate) struct Guest {
    agent: Agent,
}

impl Guest {
    pub(crate) fn new(contact: &str, timeout: Duration) -> Self {
        let name = format!("hakiki-press/{} (+{contact})", env!("CARGO_PKG_VERSION"));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .user_agent(name)
            .build();
        Self { agent: config.into() }
    }

    /// Asks for a feed once.
    pub(crate) fn ask(&self, url: &str, known: &Validators) -> Result<Fetched, Problem> {
        let unreachable = |error: ureq::Error| Problem::Unreachable { found: error.to_string() };
        let mut at = url.to_owned();
        for _ in 0..=REDIRECTS_MAX {
            let mut request = self.agent.get(&at).header("Accept", ACCEPT);
            if let Some(etag) = &known.etag {
                request = request.header("If-None-Match", etag);
            }
            if let Some(modified) = &known.modified {
                request = request.header("If-Modified-Since", modified);
            }
            let response = request.call().map_err(unreachable)?;
            match response.status().as_u16() {
                200 => return body(response),
                304 => return Ok(Fetched::Unchanged),
                301 | 302 | 303 | 307 | 308 => at = moved(&at, response.headers())?,
                429 | 503 => {
                    return Err(Problem::Rest { seconds: rest(response.headers(), SystemTime::now()) });
                }
                status => return Err(Problem::Status { status }),
            }
        }
        Err(Problem::Moved { to: at })
    }
}

const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.8";

fn body(response: Response<ureq::Body>) -> Result<Fetched, Problem> {
    let value = |name: &str| {
        let text = response.headers().get(name)?.to_str().ok()?;
        (text.len() <= VALIDATOR_MAX_BYTES).then(|| text.to_owned())
    };
    let validators = Validators { etag: value("etag"), modified: value("last-modified") };
    let mut bytes = Vec::new();
    // The reader unpacks: what counts is the size of what is kept in memory.
    let read = response.into_body().into_reader().take(FEED_MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| Problem::Unreachable { found: error.to_string() })?;
    if bytes.len() as u64 > FEED_MAX_BYTES {
        Err(Problem::TooLarge)
    } else {
        Ok(Fetched::New { bytes, validators })
    }
}

/// Where a redirect leads, if to the same host; a host may lead from `http` to its own `https`.
fn moved(from: &str, headers: &HeaderMap) -> Result<String, Problem> {
    let to = headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let (scheme, host) = host(from).unwrap_or_default();
    if to.starts_with('/') && !to.starts_with("//") {
        return Ok(format!("{scheme}://{host}{to}"));
    }
    let is_same = self::host(to)
        .is_some_and(|(to_scheme, to_host)| to_host == host && (to_scheme == scheme || to_scheme == "https"));
    if is_same { Ok(to.to_owned()) } else { Err(Problem::Moved { to: to.to_owned() }) }
}

/// Scheme and host with port of an address.
pub(crate) fn host(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    (matches!(scheme, "http" | "https") && !host.is_empty()).then_some((scheme, host))
}

/// For how many seconds a host asks not to be asked: a number, or a date.
fn rest(headers: &HeaderMap, now: SystemTime) -> u64 {
    let text = headers.get("retry-after").and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let seconds = text.parse::<u64>().ok().or_else(|| {
        let until = httpdate::parse_http_date(text).ok()?;
        Some(until.duration_since(now).map_or(0, |left| left.as_secs()))
    });
    seconds.unwrap_or(REST_DEFAULT_S).min(REST_MAX_S)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::http::HeaderValue;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn a_redirect_is_followed_on_the_same_host_only() {
        let to = |from: &str, location: &str| moved(from, &headers("location", location)).ok();
        assert_eq!(to("http://a.example/x", "/y").as_deref(), Some("http://a.example/y"));
        assert_eq!(to("http://a.example/x", "https://a.example/y").as_deref(), Some("https://a.example/y"));
        for bad in ["https://b.example/y", "//b.example/y", "http://a.example:8080/", "ftp://a.example/", ""]
        {
            assert_eq!(to("http://a.example/x", bad), None, "{bad}");
        }
        assert_eq!(to("https://a.example/x", "http://a.example/y"), None);
    }

    #[test]
    fn a_rest_is_a_number_or_a_date_and_has_an_end() {
        let now = httpdate::parse_http_date("Tue, 04 Mar 2031 18:00:00 GMT").unwrap();
        let of = |text: &str| rest(&headers("retry-after", text), now);
        assert_eq!(of("120"), 120);
        assert_eq!(of("Tue, 04 Mar 2031 18:01:00 GMT"), 60);
        assert_eq!(of("Tue, 04 Mar 2031 17:00:00 GMT"), 0);
        assert_eq!(of("soon"), REST_DEFAULT_S);
        assert_eq!(of("99999999999"), REST_MAX_S);
    }
}
