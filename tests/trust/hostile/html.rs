//! Pages as their structure: the elements, what attributes they have, and where addresses lead.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use shipmate_tests::http::{self, Connection};

/// A page without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Structure(Vec<Tag>);

/// A tag. Of attributes whose values can do something, the value counts as well.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    name: String,
    attributes: Vec<(String, Option<String>)>,
}

/// Attributes that load, lead or run something.
const ACTIVE: [&str; 8] = [
    "action",
    "formaction",
    "href",
    "http-equiv",
    "src",
    "srcdoc",
    "style",
    "target",
];

impl Structure {
    /// Reads a page as a browser does.
    pub(super) fn read(page: &str) -> Self {
        let mut tags = Vec::new();
        let mut rest = page;
        while let Some((_, after)) = rest.split_once('<') {
            rest = after;
            let is_tag = rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
            if is_tag {
                let (tag, after) = Tag::read(rest);
                tags.push(tag);
                rest = after;
            }
        }
        Self(tags)
    }

    /// Other pages on the same server.
    pub(super) fn links(&self) -> BTreeSet<String> {
        let hrefs = self.0.iter().flat_map(|tag| &tag.attributes);
        hrefs
            .filter(|(name, _)| name == "href")
            .filter_map(|(_, value)| value.clone())
            .filter(|address| address.starts_with('/'))
            .map(|address| address.split('#').next().unwrap_or_default().to_owned())
            .collect()
    }

    /// What could run a script: nothing, on any of our pages, but scripts of files of their own.
    pub(super) fn scripts(&self) -> Vec<String> {
        self.0
            .iter()
            .filter(|tag| tag.can_run())
            .map(|tag| format!("{tag:?}"))
            .collect()
    }

    /// The first place where this is not the same as `other`.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let place = (0..self.0.len().max(other.0.len()))
            .find(|place| self.0.get(*place) != other.0.get(*place))?;
        let (one, another) = (self.0.get(place), other.0.get(place));
        Some(format!("tag {place}: {one:?}, not {another:?}"))
    }
}

impl Tag {
    /// The tag at the start of `text`, behind its `<`, and what comes after it.
    fn read(text: &str) -> (Self, &str) {
        let end = text
            .char_indices()
            .find(|(at, c)| (c.is_ascii_whitespace() || "/>".contains(*c)) && *at > 0)
            .map_or(text.len(), |(at, _)| at);
        let (name, mut rest) = text.split_at(end);
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                break;
            }
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let (attribute, after) = read_attribute(rest);
            attributes.push(attribute);
            rest = after;
        }
        let name = name.to_ascii_lowercase();
        (Self { name, attributes }, rest)
    }

    fn can_run(&self) -> bool {
        let value = |wanted: &str| {
            let found = self.attributes.iter().find(|(name, _)| name == wanted);
            found.and_then(|(_, value)| value.as_deref())
        };
        let is_script = self.name == "script" && !value("src").is_some_and(is_own);
        let is_foreign = ["iframe", "object", "embed", "base", "svg", "math", "style"]
            .contains(&self.name.as_str());
        let has_handler = self
            .attributes
            .iter()
            .any(|(name, _)| name.starts_with("on"));
        let leads_astray = ["href", "src", "action", "formaction"]
            .iter()
            .filter_map(|name| value(name))
            .any(|address| !is_own(address) && !is_elsewhere(address));
        is_script || is_foreign || has_handler || leads_astray
    }
}

/// An attribute with the value that counts, and what comes after it.
fn read_attribute(text: &str) -> ((String, Option<String>), &str) {
    let end = text
        .char_indices()
        .find(|(at, c)| (c.is_ascii_whitespace() || "=>".contains(*c)) && *at > 0)
        .map_or(text.len(), |(at, _)| at);
    let (name, rest) = text.split_at(end);
    let name = name.to_ascii_lowercase();
    let Some(value) = rest.strip_prefix('=') else {
        return ((name, None), rest);
    };
    let (value, rest) = if let Some(quote @ ('"' | '\'')) = value.chars().next() {
        let value = &value[1..];
        value.split_once(quote).unwrap_or((value, ""))
    } else {
        let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>');
        value.split_at(end.unwrap_or(value.len()))
    };
    let counts = ACTIVE.contains(&name.as_str()) || name.starts_with("on");
    ((name, counts.then(|| value.to_owned())), rest)
}

fn is_own(address: &str) -> bool {
    (address.starts_with('/') && !address.starts_with("//")) || address.starts_with('#')
}

fn is_elsewhere(address: &str) -> bool {
    ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
}

/// Pages by their paths: structure and texts.
pub(super) type Pages = BTreeMap<String, (Structure, String)>;

/// The pages at `wanted`, and all that they lead to.
pub(super) async fn crawl(address: SocketAddr, mut wanted: BTreeSet<String>) -> Pages {
    let mut pages = Pages::new();
    while let Some(path) = wanted.pop_first() {
        if pages.contains_key(&path) {
            continue;
        }
        let (kind, page) = fetch(address, &path).await;
        if kind.starts_with("text/html") {
            let structure = Structure::read(&page);
            wanted.extend(structure.links());
            pages.insert(path, (structure, page));
        }
    }
    pages
}

/// What is at `path`: its type, and the body.
async fn fetch(address: SocketAddr, path: &str) -> (String, String) {
    let mut connection = Connection::open(address).await.unwrap();
    let answer = connection.send(&http::get(path)).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let kind = answer.header("content-type").unwrap_or_default().to_owned();
    (kind, answer.text())
}

#[test]
fn the_structure_of_a_page_is_what_a_browser_makes_of_it() {
    let harmless = Structure::read("<p title=\"a\">text &lt;b&gt; 1 < 2</p><a href=\"/x\">x</a>");
    let other = Structure::read("<p title=\"<b>\">other</p><a href=\"/x\">y</a>");
    assert_eq!(harmless.difference(&other), None);
    assert_eq!(harmless.links(), BTreeSet::from(["/x".to_owned()]));
    assert_eq!(harmless.scripts(), [""; 0]);
    for evil in [
        "<p title=\"a\">text<b></b></p><a href=\"/x\">x</a>",
        "<p title=\"a\" onclick=\"b\">text</p><a href=\"/x\">x</a>",
        "<p title=\"a\">text</p><a href=\"javascript:b\">x</a>",
    ] {
        assert!(
            harmless.difference(&Structure::read(evil)).is_some(),
            "{evil}"
        );
    }
    for evil in [
        "<script>x</script>",
        "<SCRIPT src='//evil'>",
        "<p\nONclick=x>",
        "<a href=javascript:x>",
        "<svg/onload=x>",
        "<iframe srcdoc=x>",
    ] {
        assert_eq!(Structure::read(evil).scripts().len(), 1, "{evil}");
    }
}
