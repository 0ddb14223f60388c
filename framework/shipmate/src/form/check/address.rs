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

/// In characters. Longer than any number with marks in it.
const LONGEST_NUMBER: usize = 40;

/// A telephone number in E.164, such as `+31612345678`, if it is written with its country or the
/// country is known, and there is such a number. Without either it is 6 to 15 digits (15 is the most
/// that E.164 allows), as those digits.
pub(super) fn tel(text: &str, country: Option<&str>) -> Option<String> {
    if text.chars().nth(LONGEST_NUMBER).is_some() {
        return None;
    }
    let text = match text.strip_prefix("00") {
        Some(abroad) if !abroad.starts_with('0') => format!("+{abroad}"),
        _ => text.to_owned(),
    };
    // A zero that is not dialled after a country code.
    let text = if text.starts_with('+') {
        text.replacen("(0)", "", 1)
    } else {
        text
    };
    let is_mark = |c: char| matches!(c, ' ' | '-' | '–' | '(' | ')' | '.' | '/');
    let digits = text.replace(is_mark, "");
    let number = digits.strip_prefix('+').unwrap_or(&digits);
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !(6..=15).contains(&number.len()) {
        return None;
    }
    let country = country.and_then(|country| country.to_ascii_uppercase().parse().ok());
    if country.is_none() && !digits.starts_with('+') {
        return Some(digits);
    }
    let number = phonenumber::parse(country, &digits).ok()?;
    let shown = number.format().mode(phonenumber::Mode::E164);
    number.is_valid().then(|| shown.to_string())
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
