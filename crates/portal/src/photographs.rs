//! Photographs beside a form: the original, agents' copies, the sheet on the door, each named, each shown where its file is here.
//!
//! The page is whole without them: a browser fetches one when it comes near, and its place is kept, so that nothing moves. It
//! does not look into the files; what a photograph shows is judged by who looks at it.

use crate::reading::Reading;
use hakiki_core::kinds::Shows;
use hakiki_core::ledger::ImageEntry;
use hakiki_messages::Message;
use maud::{Markup, html};

/// The place kept for a photograph, in pixels: a sheet of A4 upright. The style keeps the same shape at every width.
const PLACE: (u32, u32) = (600, 848);

/// The photographs of an entry by its index, up to the head: the original first.
pub(crate) fn photographs(reading: Reading<'_>, entry: u32) -> Markup {
    let size = reading.site.snapshot.head.size;
    let images = reading.ledger().images_of(entry).iter().filter(|image| image.place < size);
    let mut images: Vec<_> = images.collect();
    images.sort_by_key(|image| (rank(image.shows), image.place));
    html! {
        h3 { (reading.t("page.images")) }
        @if images.is_empty() { p.photo.none { (reading.t("form.image.none")) } }
        @else {
            @for image in images { (photograph(reading, image)) }
            p.small { (reading.t("form.image.sealed")) " " (reading.t("form.image.not_checked")) }
        }
    }
}

fn rank(shows: Shows) -> u8 {
    match shows {
        Shows::Original => 0,
        Shows::AgentCopy => 1,
        Shows::Door => 2,
    }
}

fn photograph(reading: Reading<'_>, image: &ImageEntry) -> Markup {
    let shows = reading.t(match image.shows {
        Shows::Original => "form.image.original",
        Shows::AgentCopy => "form.image.agent_copy",
        Shows::Door => "form.image.door",
    });
    let (width, height) = PLACE;
    let size = reading.site.snapshot.head.size;
    let withheld = reading.ledger().withheld_by(&image.page).filter(|by| by.place < size);
    html! {
        @if let Some(by) = withheld {
            @let words = Message::new("servers.withheld.photograph").with("by", by.withhold.by.as_str());
            p.photo.none { (shows) ": " (reading.m(&words)) ", " (reading.record_link(by.place)) " " small { (reading.record_link(image.place)) } }
        } @else if reading.site.source.has_blob(&image.page) {
            @let file = reading.to(&format!("blob/{}", image.page));
            figure.photo {
                // Its text says where the link leads, and stands there where no photograph comes.
                a href=(file) {
                    img src=(file) alt=(reading.m(&Message::new("sheet.open_photo").with("what", shows)))
                        width=(width) height=(height) loading="lazy" decoding="async";
                }
                figcaption { (shows) " · " small { (reading.record_link(image.place)) } }
            }
        } @else {
            p.photo.none { (shows) ": " (reading.t("log.blob_not_here")) " " small { (reading.record_link(image.place)) } }
        }
    }
}
