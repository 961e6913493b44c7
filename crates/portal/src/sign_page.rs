//! The page that signs in the browser: a script makes a key there, shows waiting texts in full, and sends signatures.
//!
//! It holds no key and knows no account. Without script it says which command does the same; on a copy that keeps no texts the
//! script says where they are.

use crate::frame::Frame;
use crate::reading::Reading;
use crate::servers_frame::tabs;
use crate::{Page, asset};
use maud::{Markup, html};

/// Longest name that the page takes for a key, in characters.
const NAME_MAX: u32 = 80;

/// The page.
pub(crate) fn page(reading: Reading<'_>, here: &str) -> Page {
    let heading = reading.t("servers.sign.title");
    let main = html! {
        (tabs(reading, here))
        h1 { (heading) }
        p.lede { (reading.t("servers.sign.intro")) }
        p { (reading.t("servers.sign.how")) " " (reading.t("servers.sign.lost")) }
        p.note { (reading.t("servers.sign.trust")) }
        p #no-script { (reading.t("servers.sign.no_script")) }
        div #sign hidden data-keep data-pending=(reading.to("pending")) data-records=(reading.href("record/"))
            data-fingerprint=(reading.ledger().fingerprint()) data-origin=(reading.ledger().election().origin())
            data-words=(script_words(reading)) {
            (keys(reading))
            (texts(reading))
        }
        (command(reading))
        script type="module" src=(reading.to(&asset::asset_path("sign.js"))) {}
    };
    Frame::new(heading, here).page(reading, &main)
}

fn keys(reading: Reading<'_>) -> Markup {
    html! {
        section {
            h2 { (reading.t("servers.sign.keys")) }
            form #make-key {
                label for="key-name" { (reading.t("servers.sign.name")) }
                input #key-name name="name" required maxlength=(NAME_MAX) autocomplete="off" spellcheck="false";
                button type="submit" { (reading.t("servers.sign.make")) }
            }
            p #key-trouble role="status" {}
            div #have-key hidden {
                p {
                    label for="key" { (reading.t("servers.sign.choose")) } " "
                    select #key {}
                }
                p { (reading.t("servers.sign.public")) }
                pre.command #public tabindex="0" {}
            }
        }
    }
}

fn texts(reading: Reading<'_>) -> Markup {
    html! {
        section {
            h2 { (reading.t("servers.sign.waits")) }
            p { button #refresh type="button" { (reading.t("servers.sign.refresh")) } }
            p #pending-state role="status" {}
            ul #pending {}
        }
        section #one-text hidden {
            h2 { (reading.t("servers.sign.text")) }
            pre.wide #text tabindex="0" {}
            p { button #do-sign type="button" {} }
            p #signed-state role="status" {}
            pre.command #answer tabindex="0" hidden {}
        }
    }
}

/// What does the same without a browser.
fn command(reading: Reading<'_>) -> Markup {
    let file = reading.t("site.evidence.file");
    html! {
        section {
            h2 { (reading.t("servers.sign.command")) }
            pre.command {
                "hakiki keygen <" (reading.t("servers.sign.key_name")) "> --out <" (file) "> --encrypt --origin " (reading.ledger().election().origin()) " --fingerprint "
                (reading.ledger().fingerprint()) "\n"
                "hakiki sign --pending <" (reading.t("servers.sign.node")) "> --key <" (file) ">"
            }
        }
    }
}

/// The words that the script needs, by name, one a line: `name=text`. Texts hold no line ends.
fn script_words(reading: Reading<'_>) -> String {
    let names = [
        "nothing",
        "read",
        "signed_of",
        "do_sign",
        "not_named",
        "signed",
        "whole",
        "refused",
        "at_node",
        "no_reach",
        "other_text",
        "other_election",
        "no_ed25519",
        "bad_name",
        "taken",
    ];
    let said = names.map(|name| format!("{name}={}", reading.t(&format!("servers.sign.{name}"))));
    said.join("\n")
}
