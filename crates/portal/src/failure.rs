//! The page where there is none.

use crate::Page;
use crate::frame::Frame;
use crate::reading::Reading;
use maud::html;

/// The page of an address that leads nowhere.
pub(crate) fn not_found(reading: Reading<'_>) -> Page {
    let heading = reading.t("portal.error.not_found");
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("portal.error.not_found_means")) }
        p {
            a href=(reading.href("")) { (reading.t("portal.error.go_results")) } " · "
            a href=(reading.href("search/")) { (reading.t("portal.nav.find_station")) }
        }
    };
    let mut frame = Frame::new(heading, "");
    frame.status = 404;
    frame.page(reading, &main)
}
