//! The `Link` header (RFC 8288): where the next page of a list is.

/// The target of the first link whose relations hold `next`, as it is written in `headers`, the
/// values of all `Link` headers in order.
pub(crate) fn next<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    headers
        .into_iter()
        .find_map(|header| Links { rest: header }.find(Link::is_next))
        .map(|link| link.target)
}

struct Links<'a> {
    rest: &'a str,
}

struct Link<'a> {
    target: &'a str,
    /// What the first `rel` says; later ones do not count (RFC 8288, section 3.3).
    rel: Option<String>,
}

impl Link<'_> {
    fn is_next(&self) -> bool {
        let relations = self.rel.as_deref().unwrap_or_default();
        relations
            .split_whitespace()
            .any(|relation| relation.eq_ignore_ascii_case("next"))
    }
}

impl<'a> Iterator for Links<'a> {
    type Item = Link<'a>;

    /// The next link that can be read; the rest of a header that cannot be read is left.
    fn next(&mut self) -> Option<Link<'a>> {
        let rest = self
            .rest
            .trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
        let (target, rest) = rest.strip_prefix('<')?.split_once('>')?;
        self.rest = rest;
        let mut rel = None;
        while let Some(rest) = self.rest.trim_start().strip_prefix(';') {
            self.rest = rest;
            let (name, value) = self.parameter();
            if name.eq_ignore_ascii_case("rel") {
                rel.get_or_insert(value);
            }
        }
        Some(Link {
            target: target.trim(),
            rel,
        })
    }
}

impl<'a> Links<'a> {
    /// `name`, `name=token` or `name="quoted \" text"`.
    fn parameter(&mut self) -> (&'a str, String) {
        let rest = self.rest.trim_start();
        let end = rest.find(['=', ';', ',']).unwrap_or(rest.len());
        let (name, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let Some(rest) = rest.strip_prefix('=') else {
            self.rest = rest;
            return (name.trim(), String::new());
        };
        let rest = rest.trim_start();
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let end = rest.find([';', ',']).unwrap_or(rest.len());
                let (value, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
                (value.trim().to_owned(), rest)
            }
        };
        self.rest = rest;
        (name.trim(), value)
    }
}

/// The text up to the closing quote, and what follows it.
fn unquote(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, text.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_next_page_is_found_in_every_form_the_rfc_allows() {
        for (headers, target) in [
            (
                &["<https://a/b?c=1>; rel=\"next\""][..],
                Some("https://a/b?c=1"),
            ),
            (&["</b>; rel=next"], Some("/b")),
            (&["<a>; rel=\"prev\", <b>; rel=\"next\""], Some("b")),
            (&["<a>; rel=\"prev\"", "<b>; rel=\"next\""], Some("b")),
            (
                &["<a,b;c>; title=\"x, y; z\\\"\"; REL=\"last NEXT\""],
                Some("a,b;c"),
            ),
            (&["<a> ; crossorigin ; rel = next"], Some("a")),
            (&[" , <a>; rel=next ,"], Some("a")),
            (&["<a>; rel=prev; rel=next"], None),
            (&["<a>; title=\"rel=next\""], None),
            (&["<a>; title=next, <b>"], None),
            (&["<a>; rel=\"nextish\""], None),
            (&["a; rel=next"], None),
            (&["<a; rel=next"], None),
            (&["<a>; rel=\"next"], Some("a")),
            (&[""], None),
            (&[], None),
        ] {
            assert_eq!(next(headers.iter().copied()), target, "{headers:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_an_end(text in "[<>;,=\" \\\\a-z]{0,60}") {
            let _ = next([text.as_str()]);
        }
    }
}
