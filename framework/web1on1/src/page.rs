//! One page of a list, and where the next one is.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher as _},
};

use reqwest::header::{HeaderMap, LINK};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{Answer, Client, Error, Query, Request, link, request::Addressed};

/// How many resources are asked for at once (SDK). What the platform's maximum is, is not
/// documented.
const PAGE_SIZE: u32 = 100;

/// Some of the resources of a list.
#[derive(Debug)]
#[non_exhaustive]
pub struct Page<R> {
    /// The resources, in the order that was asked for.
    pub items: Vec<R>,
    /// Where to go on; `None` after the last page.
    pub next: Option<Cursor>,
    headers: HeaderMap,
}

/// Where a page of a list is; see [`Page::next`].
#[derive(Clone)]
pub struct Cursor {
    address: Url,
    /// What the list was asked for by `offset`; `None` once the platform says where the next page
    /// is.
    by_offset: Option<ByOffset>,
    trail: Trail,
}

#[derive(Clone)]
struct ByOffset {
    query: Query,
    offset: u64,
    limit: u64,
    /// A mark of the page before.
    last: Option<u64>,
}

/// Remembers one address of those that were visited, and a later one each time the way has become
/// twice as long: whoever walks in a circle of any length comes back to it (Brent's algorithm).
#[derive(Clone)]
struct Trail {
    anchor: u64,
    steps: u64,
    turn_at: u64,
}

impl<R> Page<R> {
    /// How many resources the whole list has, if the platform says so (`x-total-count`). The header
    /// is a common one; no document promises it.
    pub fn total(&self) -> Option<u64> {
        self.header("x-total-count")?.parse().ok()
    }

    /// The value of a header whose name begins with `x-`.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers whose names begin with `x-`: the SDK hands them out with each list, and no
    /// document says which there are.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }
}

impl Cursor {
    /// The first page of the list at `path`.
    pub(crate) fn first(client: &Client, path: &str, query: &Query) -> Result<Self, Error> {
        let mut query = query.clone();
        if query.number("limit").is_none() {
            query = query.limit(PAGE_SIZE);
        }
        let by_offset = ByOffset {
            offset: query.number("offset").unwrap_or(0),
            limit: query.number("limit").unwrap_or(u64::MAX),
            query: query.clone(),
            last: None,
        };
        let request = Request::get([path]).query(query).under(client.base())?;
        Ok(Self {
            trail: Trail::from(&request.address),
            address: request.address,
            by_offset: Some(by_offset),
        })
    }

    /// The page itself.
    pub(crate) async fn fetch<R: DeserializeOwned>(
        self,
        client: &Client,
    ) -> Result<Page<R>, Error> {
        let request = Addressed::get(self.address.clone());
        let label = request.label.clone();
        let answer = client.deliver(request).await?;
        let items: Vec<R> = answer.json()?;
        let next = self
            .next(client.base(), &answer, items.len())
            .map_err(|problem| Error::NextPage {
                request: label,
                problem,
            })?;
        let extra = answer.headers().iter();
        let extra = extra.filter(|(name, _)| name.as_str().starts_with("x-"));
        Ok(Page {
            items,
            next,
            headers: extra
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        })
    }

    fn next(self, base: &Url, answer: &Answer, items: usize) -> Result<Option<Self>, &'static str> {
        let links = answer.headers().get_all(LINK).iter();
        match link::next(links.filter_map(|value| value.to_str().ok())) {
            Some(target) => self.follow(base, target).map(Some),
            None => self.advance(answer, items),
        }
    }

    /// To the address that the platform names.
    fn follow(mut self, base: &Url, target: &str) -> Result<Self, &'static str> {
        let mut address = self
            .address
            .join(target)
            .map_err(|_| "its address is none")?;
        address.set_fragment(None);
        // The token goes along, so it must not be lured away.
        if address.origin() != base.origin() || !address.username().is_empty() {
            return Err("its address is on another server; check the API address");
        }
        let below = format!("{}/", base.path());
        if !address.path().starts_with(&below) {
            return Err("its address is outside of the API; check the API address");
        }
        if self.trail.comes_back_to(&address) || address == self.address {
            return Err("its address is one that was read already");
        }
        self.address = address;
        self.by_offset = None;
        Ok(self)
    }

    /// By as many as there were.
    fn advance(mut self, answer: &Answer, items: usize) -> Result<Option<Self>, &'static str> {
        let Some(by_offset) = &mut self.by_offset else {
            return Ok(None);
        };
        let items = items as u64;
        // Beyond the usual size, a short page may just be the platform's maximum.
        let is_short = items < by_offset.limit && by_offset.limit <= u64::from(PAGE_SIZE);
        if items == 0 || is_short {
            return Ok(None);
        }
        let mark = Some(mark(answer.body()));
        if by_offset.last == mark {
            return Err("it is the same page again; the list seems not to know `offset`");
        }
        by_offset.last = mark;
        by_offset.offset = by_offset.offset.saturating_add(items);
        let query = by_offset.query.clone().offset(by_offset.offset);
        self.address.set_query(None);
        query.write_to(&mut self.address);
        Ok(Some(self))
    }
}

impl Trail {
    fn from(address: &Url) -> Self {
        Self {
            anchor: mark(address),
            steps: 0,
            turn_at: 1,
        }
    }

    fn comes_back_to(&mut self, address: &Url) -> bool {
        let here = mark(address);
        if here == self.anchor {
            return true;
        }
        self.steps += 1;
        if self.steps == self.turn_at {
            *self = Self {
                anchor: here,
                steps: 0,
                turn_at: self.turn_at.saturating_mul(2),
            };
        }
        false
    }
}

fn mark<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Filters hold people's data.
        f.debug_struct("Cursor")
            .field("path", &self.address.path())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn at(address: &str) -> Cursor {
        Cursor {
            trail: Trail::from(&url(address)),
            address: url(address),
            by_offset: None,
        }
    }

    #[test]
    fn a_next_page_is_on_the_same_server_and_below_the_api() {
        let base = url("https://api.test/v2");
        for (target, expected) in [
            (
                "https://api.test/v2/bots?page=2",
                Some("https://api.test/v2/bots?page=2"),
            ),
            ("?page=2#x", Some("https://api.test/v2/bots?page=2")),
            ("/v2/bots/2", Some("https://api.test/v2/bots/2")),
            ("https://API.test:443/v2/x", Some("https://api.test/v2/x")),
            ("http://api.test/v2/bots?page=2", None),
            ("https://api.test:8443/v2/bots?page=2", None),
            ("https://evil.test/v2/bots?page=2", None),
            ("//evil.test/v2/bots", None),
            ("https://api.test@evil.test/v2/bots", None),
            ("https://ann@api.test/v2/bots?page=2", None),
            ("https://api.test.evil.test/v2/bots", None),
            ("/v3/bots", None),
            ("/v2", None),
            ("/v2x/bots", None),
            ("../../other", None),
            ("%2e%2e/%2e%2e/other", None),
            ("javascript:alert(1)", None),
            ("https://[", None),
            ("https://api.test/v2/bots", None),
        ] {
            let next = at("https://api.test/v2/bots").follow(&base, target);
            let next = next.ok().map(|next| next.address.to_string());
            assert_eq!(next.as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn a_circle_of_any_length_is_left() {
        let base = url("https://api.test/v2");
        for (tail, circle) in [(0, 1), (0, 2), (0, 7), (5, 1), (5, 3), (40, 9)] {
            let mut cursor = at("https://api.test/v2/bots?page=0");
            let mut steps = 0;
            let stopped = loop {
                steps += 1;
                let page = if steps < tail {
                    steps
                } else {
                    tail + (steps - tail) % circle
                };
                match cursor.follow(&base, &format!("?page={page}")) {
                    Ok(next) => cursor = next,
                    Err(problem) => break problem,
                }
                assert!(steps < 1000, "{tail} {circle}");
            };
            assert!(stopped.contains("read already"));
        }
    }
}
