//! Addresses: e-mail, telephone, web.

/// An e-mail address by HTML's rule ("valid e-mail address"), which leaves out what the mail
/// standards allow and nobody uses.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, domain) = text.split_once('@')?;
    let is_local = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let is_valid =
        !local.is_empty() && local.chars().all(is_local) && domain.split('.').all(is_label);
    is_valid.then(|| text.to_owned())
}

/// A telephone number with 6 to 15 digits (15 is the most that E.164 allows), as those digits with
/// an optional `+` before them. `+31 (0)6 …` is written without the zero, which is not dialled
/// after a country code.
pub(super) fn tel(text: &str) -> Option<String> {
    let (plus, rest) = match text.strip_prefix('+') {
        Some(rest) => ("+", rest.replacen("(0)", "", 1)),
        None => ("", text.to_owned()),
    };
    let is_mark = |c: char| matches!(c, ' ' | '-' | '–' | '(' | ')' | '.' | '/');
    let digits = rest.replace(is_mark, "");
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && (6..=15).contains(&digits.len())).then(|| format!("{plus}{digits}"))
}

/// An address of the web with `http` or `https`. To one that starts with `www.`, `https` is added.
pub(super) fn url(text: &str) -> Option<String> {
    let is_bare = text
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let text = if is_bare {
        format!("https://{text}")
    } else {
        text.to_owned()
    };
    let (scheme, rest) = text.split_once("://")?;
    let is_web = ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    let authority = rest.split(['/', '?', '#']).next()?;
    let is_plain = |c: char| !c.is_whitespace() && !r#"<>"{}|\^`"#.contains(c);
    (is_web && is_authority(authority) && rest.chars().all(is_plain)).then_some(text)
}

/// A host and an optional port. A name before an `@` is refused: it can make an address look like
/// that of somebody else.
fn is_authority(authority: &str) -> bool {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let is_host_label = |label: &str| !label.is_empty() && label.chars().all(is_letter);
    let host = host.strip_suffix('.').unwrap_or(host);
    port.parse::<u16>().is_ok() && host.split('.').all(is_host_label)
}

/// A part of a domain name: letters, digits and inner hyphens, at most 63.
fn is_label(label: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(is_inside)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
