//! The links of pages, and all pages that they reach from the first.

use super::Night;
use hakiki_portal::{Page, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// Every address that a page at `address` names in `href`, `src` or `action`, as it stands on the page.
pub fn written_links(html: &str) -> Vec<String> {
    let named = ["href=\"", "src=\"", "action=\""];
    let found = named.into_iter().flat_map(|name| html.split(name).skip(1));
    found.filter_map(|rest| rest.split('"').next()).map(|link| link.replace("&amp;", "&")).collect()
}

/// Where a link leads from a page; none where it leaves the site.
pub fn resolved(address: &str, link: &str) -> Option<String> {
    let link = link.split('#').next().unwrap_or_default();
    if link.contains("://") || link.starts_with("data:") {
        return None;
    }
    if link.is_empty() {
        return Some(address.to_owned());
    }
    assert!(!link.starts_with('/'), "{address} has the absolute link {link}");
    let mut folders: Vec<&str> = address.split('/').collect();
    folders.pop();
    let mut parts = link.split('/').peekable();
    while let Some(part) = parts.next() {
        match part {
            "." => {}
            ".." => assert!(
                folders.pop().is_some_and(|last| !last.is_empty()),
                "{address}: {link} leaves the site"
            ),
            name => folders.push(name),
        }
        if parts.peek().is_none() && matches!(part, "." | "..") {
            folders.push("");
        }
    }
    Some(folders.join("/"))
}

/// Every address that a page links to within the site, in order.
pub fn links(address: &str, html: &str) -> BTreeSet<String> {
    written_links(html).iter().filter_map(|link| resolved(address, link)).collect()
}

/// Whether an address is answered by the pages, and not by the log's files beside them.
pub fn is_page(address: &str) -> bool {
    !["/receipt/", "/blob/", "/results/", "/checker.html", "/claim.html", "/checkpoint", "/feed"]
        .iter()
        .any(|elsewhere| address.starts_with(elsewhere))
}

/// Every page of a site by its address, found by following links from the first.
pub fn crawl(night: &Night, snapshot: &Snapshot) -> BTreeMap<String, Page> {
    let mut pages = BTreeMap::new();
    let mut open = vec!["/".to_owned()];
    while let Some(address) = open.pop() {
        if pages.contains_key(&address) {
            continue;
        }
        let page = night.page(snapshot, &address);
        if page.content_type.starts_with("text/html") {
            let html = String::from_utf8_lossy(&page.body);
            open.extend(links(&address, &html).into_iter().filter(|address| is_page(address)));
        }
        pages.insert(address, page);
    }
    pages
}
