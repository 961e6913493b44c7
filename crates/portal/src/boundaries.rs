//! Outlines of areas as an operator supplies them: GeoJSON (RFC 7946), read once, drawn at any size.
//!
//! They are drawing only: nothing is counted by them, and they are no record of the log. The caller reads the file. Points are
//! laid on a grid, which also leaves out what is too small to be seen.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Units of the grid across the wider side: finer than a screen shows, coarse enough for a page of some ten kilobytes.
const GRID: f64 = 420.0;
/// Longest file that is read, in bytes: the counties of a nation at survey scale are a few megabytes.
const FILE_MAX_BYTES: usize = 64 << 20;

/// Why outlines were refused.
#[derive(Debug, thiserror::Error)]
pub enum BoundariesError {
    /// Larger than is read.
    #[error("the boundaries have {0} bytes, at most {FILE_MAX_BYTES}; simplify them")]
    TooLarge(usize),
    /// No JSON.
    #[error("the boundaries are no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON, but no collection of features.
    #[error("the boundaries are no GeoJSON FeatureCollection")]
    NoCollection,
    /// No feature names an area.
    #[error("no feature of the boundaries has a polygon and the property {0:?} with an area's code")]
    NoArea(String),
}

/// A closed line: longitude and latitude in degrees.
type Ring = Vec<(f64, f64)>;

/// Outlines by area code.
#[derive(Debug, Clone)]
pub struct Boundaries {
    areas: BTreeMap<String, Vec<Ring>>,
}

/// A drawing of several areas in one frame, in grid units.
pub(crate) struct Drawing {
    pub width: u32,
    pub height: u32,
    /// Path data by the order of the codes asked for; empty where an area has no outline.
    pub paths: Vec<String>,
    /// Where an area's letters may stand: the middle of its longest outline. By the same order.
    pub centres: Vec<(u32, u32)>,
}

impl Boundaries {
    /// Reads a FeatureCollection of polygons and multipolygons; `property` names the property that holds an area's code of the
    /// register. Features without it are passed over.
    pub fn parse(geojson: &[u8], property: &str) -> Result<Self, BoundariesError> {
        if geojson.len() > FILE_MAX_BYTES {
            return Err(BoundariesError::TooLarge(geojson.len()));
        }
        let value: Value = serde_json::from_slice(geojson)?;
        let features =
            value.get("features").and_then(Value::as_array).ok_or(BoundariesError::NoCollection)?;
        let mut areas: BTreeMap<String, Vec<Ring>> = BTreeMap::new();
        for feature in features {
            let code = match feature.get("properties").and_then(|all| all.get(property)) {
                Some(Value::String(code)) => code.clone(),
                Some(Value::Number(code)) => code.to_string(),
                _ => continue,
            };
            let rings = rings_of(feature.get("geometry"));
            if !rings.is_empty() {
                areas.entry(code).or_default().extend(rings);
            }
        }
        if areas.is_empty() { Err(BoundariesError::NoArea(property.to_owned())) } else { Ok(Self { areas }) }
    }

    /// All outlines in one frame, by area code; for whoever draws them elsewhere.
    pub(crate) fn whole(&self) -> Option<(Drawing, Vec<&str>)> {
        let codes: Vec<&str> = self.areas.keys().map(String::as_str).collect();
        Some((self.drawing(&codes)?, codes))
    }

    /// The outlines of areas in one frame; none where none of them has an outline.
    pub(crate) fn drawing(&self, codes: &[&str]) -> Option<Drawing> {
        let nothing = Vec::new();
        let outlines: Vec<&Vec<Ring>> =
            codes.iter().map(|code| self.areas.get(*code).unwrap_or(&nothing)).collect();
        let points = || outlines.iter().copied().flatten().flatten();
        let bound = |of: fn(f64, f64) -> f64, pick: fn(&(f64, f64)) -> f64| points().map(pick).reduce(of);
        let (west, east) = (bound(f64::min, |p| p.0)?, bound(f64::max, |p| p.0)?);
        let (south, north) = (bound(f64::min, |p| p.1)?, bound(f64::max, |p| p.1)?);
        // A degree of longitude is shorter away from the equator.
        let narrow = f64::midpoint(south, north).to_radians().cos().max(0.05);
        let (wide, high) = ((east - west) * narrow, north - south);
        let scale = GRID / wide.max(high).max(1e-9);
        let place = |&(longitude, latitude): &(f64, f64)| {
            (grid((longitude - west) * narrow * scale), grid((north - latitude) * scale))
        };
        let paths = outlines.iter().map(|rings| path(rings, place)).collect();
        let centres = outlines.iter().map(|rings| centre(rings, place)).collect();
        Some(Drawing { width: grid(wide * scale).max(1), height: grid(high * scale).max(1), paths, centres })
    }
}

/// A whole number of the grid; what is no number is at its edge.
#[expect(clippy::cast_sign_loss, reason = "clamped to the grid before")]
fn grid(units: f64) -> u32 {
    if units.is_finite() { units.round().clamp(0.0, GRID) as u32 } else { 0 }
}

/// The middle of the frame of the longest outline.
fn centre(rings: &[Ring], place: impl Fn(&(f64, f64)) -> (u32, u32)) -> (u32, u32) {
    let longest = rings.iter().max_by_key(|ring| ring.len());
    let points: Vec<(u32, u32)> = longest.into_iter().flatten().map(place).collect();
    let middle = |of: fn(&(u32, u32)) -> u32| {
        let (least, most) = (points.iter().map(of).min(), points.iter().map(of).max());
        u32::midpoint(least.unwrap_or(0), most.unwrap_or(0))
    };
    (middle(|point| point.0), middle(|point| point.1))
}

fn path(rings: &[Ring], place: impl Fn(&(f64, f64)) -> (u32, u32)) -> String {
    let mut out = String::new();
    for ring in rings {
        let mut points: Vec<(u32, u32)> = ring.iter().map(&place).collect();
        points.dedup();
        if points.first() == points.last() {
            points.pop();
        }
        // Fewer than three different points enclose nothing that could be seen.
        if points.len() < 3 {
            continue;
        }
        for (index, (x, y)) in points.iter().enumerate() {
            let _ = write!(out, "{}{x} {y}", if index == 0 { "M" } else { "L" });
        }
        out.push('Z');
    }
    out
}

fn rings_of(geometry: Option<&Value>) -> Vec<Ring> {
    let Some(geometry) = geometry else { return Vec::new() };
    let coordinates = geometry.get("coordinates").and_then(Value::as_array);
    let polygons: Vec<&Value> = match geometry.get("type").and_then(Value::as_str) {
        Some("Polygon") => geometry.get("coordinates").into_iter().collect(),
        Some("MultiPolygon") => coordinates.into_iter().flatten().collect(),
        _ => Vec::new(),
    };
    let rings = polygons.into_iter().filter_map(Value::as_array).flatten();
    rings.filter_map(ring_of).filter(|ring| ring.len() >= 4).collect()
}

fn ring_of(ring: &Value) -> Option<Ring> {
    let point = |point: &Value| Some((point.get(0)?.as_f64()?, point.get(1)?.as_f64()?));
    ring.as_array()?.iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"code":"a"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}},
        {"type":"Feature","properties":{"code":7},"geometry":{"type":"MultiPolygon","coordinates":[[[[1,0],[2,0],[2,1],[1,1],[1,0]]],[[[5,5],[5,5],[5,5],[5,5]]]]}},
        {"type":"Feature","properties":{},"geometry":null}]}"#;

    #[test]
    fn outlines_are_drawn_in_one_frame() {
        let boundaries = Boundaries::parse(TWO.as_bytes(), "code").unwrap();
        let one = boundaries.drawing(&["a"]).unwrap();
        assert_eq!((one.width, one.height), (420, 420));
        assert_eq!(one.paths, ["M0 420L420 420L420 0L0 0Z"]);
        assert_eq!(one.centres, [(210, 210)]);
        let both = boundaries.drawing(&["a", "7"]).unwrap();
        assert_eq!(both.paths.len(), 2);
        assert!(both.paths[1].ends_with('Z') && !both.paths[1].contains("MM"));
        assert_eq!(boundaries.drawing(&["b", "a"]).unwrap().paths[0], "", "an area without an outline");
        assert!(boundaries.drawing(&["b"]).is_none());
    }

    #[test]
    fn what_is_no_outline_is_refused_with_its_reason() {
        let refused = |text: &str| Boundaries::parse(text.as_bytes(), "code").unwrap_err().to_string();
        assert!(refused("[").contains("no JSON"));
        assert!(refused("{}").contains("FeatureCollection"));
        assert!(refused(r#"{"features":[{"properties":{"name":"a"}}]}"#).contains("\"code\""));
    }
}
