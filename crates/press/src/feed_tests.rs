//! Feeds as they come: three kinds, their dates and names, and what is none.

use super::*;

fn rss(items: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Gazeti</title>{items}</channel></rss>"
    )
}

fn read_text(text: &str) -> ReadFeed {
    read(text.as_bytes(), "https://gazeti.example/rss").unwrap()
}

#[test]
fn an_item_has_the_words_dates_and_address_that_the_feed_states() {
    let text = rss(
        "<item><title><![CDATA[Kura &#8220;zote&#8221;]]></title><link>https://gazeti.example/1</link><guid isPermaLink=\"false\">g1</guid>\
         <pubDate>Tue, 04 Mar 2031 18:00:00 +0300</pubDate><description>short</description>\
         <content:encoded><![CDATA[<p>Ndefu <b>sana</b>.</p><script>x</script>]]></content:encoded></item>",
    );
    let item = &read_text(&text).items[0];
    assert_eq!(item.text, "Kura \u{201c}zote\u{201d}\n\nNdefu sana.\n");
    assert_eq!(item.address.as_deref(), Some("https://gazeti.example/1"));
    assert_eq!(item.published.map(|time| time.to_string()).as_deref(), Some("2031-03-04T15:00:00+00:00"));
    let undated = &read_text(&rss("<item><title>Bila tarehe</title></item>")).items[0];
    assert_eq!((undated.published, undated.updated, &undated.address), (None, None, &None));
}

#[test]
fn atom_and_json_are_read_alike() {
    let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>t</title><id>f</id><updated>2031-03-04T15:00:00Z</updated>\
        <entry><title>Moja</title><id>e1</id><link href=\"/a/1\"/><updated>2031-03-04T15:00:00Z</updated>\
        <content type=\"html\">&lt;p>Maneno&lt;/p></content></entry></feed>";
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[
        {"id":"e1","url":"https://gazeti.example/a/1","title":"Moja","content_text":"Maneno","date_modified":"2031-03-04T15:00:00Z"}]}"#;
    let (atom, json) = (read_text(atom), read_text(json));
    assert_eq!(atom.items, json.items);
    assert_eq!(atom.items[0].text, "Moja\n\nManeno\n");
    assert_eq!(atom.items[0].published, None);
    assert!(atom.items[0].updated.is_some());
}

#[test]
fn oldest_first_and_what_is_left_out_is_told() {
    let long = "neno ".repeat(TEXT_MAX_BYTES / 5 + 1);
    let text = rss(&format!(
        "<item><title>pili</title><guid>2</guid></item><item><title>kwanza</title><guid>1</guid></item>\
         <item><title>tena</title><guid>2</guid></item><item><guid>3</guid></item><item><title>{long}</title></item>"
    ));
    let read = read_text(&text);
    let texts: Vec<&str> = read.items.iter().map(|item| item.text.trim()).collect();
    assert_eq!(texts, ["kwanza", "pili"]);
    assert_eq!(read.left_out, [LeftOut::SameName, LeftOut::Empty, LeftOut::TooLong]);
}

#[test]
fn an_item_without_guid_and_link_is_known_by_its_text() {
    let one = read_text(&rss("<item><title>Neno</title></item>"));
    let same = read_text(&rss("<item><title>  Neno </title></item>"));
    let linked = read_text(&rss("<item><title>Neno</title><link>https://gazeti.example/1</link></item>"));
    assert_eq!(one.items[0].key, same.items[0].key);
    assert_ne!(one.items[0].key, linked.items[0].key);
}

#[test]
fn what_is_no_feed_is_said_to_be_none() {
    let deep = "<rss version=\"2.0\"><channel>".to_owned() + &"<x>".repeat(300_000);
    let json = "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"t\",\"items\":".to_owned()
        + &"[".repeat(300_000);
    for bad in [
        "",
        "<html><p>Not found</html>",
        "{}",
        "<rss version=\"2.0\"><channel><item>",
        deep.as_str(),
        json.as_str(),
    ] {
        match read(bad.as_bytes(), "https://gazeti.example/rss") {
            Err(Problem::Malformed { .. }) => {}
            Ok(read) => assert!(read.items.is_empty(), "{}", &bad[..bad.len().min(40)]),
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// The library cuts the name of an author beside an address at a byte within a character, and ends.
#[test]
fn a_feed_over_which_the_library_falls_is_malformed() {
    let text = rss("<item><title>x</title><author>\u{ab}juma@gazeti.example\u{bb}</author></item>");
    match read(text.as_bytes(), "https://gazeti.example/rss") {
        Err(Problem::Malformed { .. }) => {}
        Ok(read) => assert_eq!(read.items.len(), 1),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn times_that_no_record_can_hold_are_none() {
    assert_eq!(of_seconds(-1), None);
    assert_eq!(of_seconds(253_402_300_800), None);
    let last = of_seconds(253_402_300_799).unwrap();
    assert!(Time::parse(&last.to_string()).is_some());
}
