//! Labels as plain text. The reference calls them "HTML label" (API Reference, forms).

use super::fold::collapse;

/// Elements that end a word.
const BLOCKS: [&str; 12] = [
    "br", "p", "div", "li", "ul", "ol", "tr", "td", "h1", "h2", "h3", "h4",
];

/// Elements whose content is not text.
const UNSEEN: [&str; 2] = ["script", "style"];

const ENTITIES: [(&str, char); 46] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("euro", '€'),
    ("pound", '£'),
    ("deg", '°'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("szlig", 'ß'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("auml", 'ä'),
    ("Auml", 'Ä'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("Eacute", 'É'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("icirc", 'î'),
    ("iuml", 'ï'),
    ("iacute", 'í'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("ouml", 'ö'),
    ("Ouml", 'Ö'),
    ("ugrave", 'ù'),
    ("ucirc", 'û'),
    ("uuml", 'ü'),
    ("Uuml", 'Ü'),
    ("oelig", 'œ'),
];

/// Text without tags and with its entities resolved, on one line.
pub(super) fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text.push_str(before);
        rest = if special.starts_with('<') {
            tag(special, &mut text)
        } else {
            entity(special, &mut text)
        };
    }
    text.push_str(rest);
    collapse(&text)
}

/// A field's name as a label: `appointmentDate` is "Appointment date".
pub(super) fn from_name(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for character in name.chars() {
        let is_edge = character.is_uppercase() && after_lower;
        after_lower = character.is_lowercase() || character.is_ascii_digit();
        match character {
            '_' | '-' | '.' => words.push(' '),
            letter if is_edge => {
                words.push(' ');
                words.extend(letter.to_lowercase());
            }
            letter => words.push(letter),
        }
    }
    let words = collapse(&words);
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

/// Steps over what starts with `<`; if that is no tag, it is text.
fn tag<'a>(html: &'a str, text: &mut String) -> &'a str {
    let inside = html.get(1..).unwrap_or_default();
    let is_tag = inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
    let Some((tag, rest)) = inside.split_once('>').filter(|_| is_tag) else {
        text.push('<');
        return inside;
    };
    let name = tag.trim_start_matches('/');
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next();
    let name = name.unwrap_or_default().to_ascii_lowercase();
    if BLOCKS.contains(&name.as_str()) {
        text.push(' ');
    }
    if UNSEEN.contains(&name.as_str()) && !tag.starts_with('/') {
        return rest
            .find("</")
            .and_then(|end| rest.get(end..))
            .unwrap_or_default();
    }
    rest
}

/// Steps over what starts with `&`; if that is no entity, it is text.
fn entity<'a>(html: &'a str, text: &mut String) -> &'a str {
    let inside = html.get(1..).unwrap_or_default();
    let resolved = inside
        .split_once(';')
        .and_then(|(name, rest)| Some((character(name)?, rest)));
    let (character, rest) = resolved.unwrap_or(('&', inside));
    text.push(character);
    rest
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    let entity = ENTITIES.iter().find(|(entity, _)| *entity == name);
    entity.map(|(_, character)| *character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lose_their_tags_and_keep_their_text() {
        for (html, text) in [
            ("Appointment Date", "Appointment Date"),
            ("<b>Your</b> e&#45;mail<br/>address", "Your e-mail address"),
            ("<p class=\"x\">One</p><p>Two</p>", "One Two"),
            ("Caf&eacute; &amp; th&#xE9;", "Café & thé"),
            ("Age < 18 & > 3?", "Age < 18 & > 3?"),
            ("<script>alert('x')</script>Name", "Name"),
            ("<!-- note -->Name&nbsp;", "Name"),
            (
                "R&D; &unknown; &#0; &#xffffffff;",
                "R&D; &unknown; &#0; &#xffffffff;",
            ),
            ("a<b", "a<b"),
            ("&", "&"),
            ("<", "<"),
            ("", ""),
        ] {
            assert_eq!(plain_text(html), text);
        }
    }

    #[test]
    fn a_name_can_stand_in_for_a_label() {
        for (name, label) in [
            ("appointmentDate", "Appointment date"),
            ("first_name", "First name"),
            ("VAT-number", "VAT number"),
            ("email", "Email"),
            ("", ""),
        ] {
            assert_eq!(from_name(name), label);
        }
    }
}
