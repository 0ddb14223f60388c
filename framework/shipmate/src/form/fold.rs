//! Text as it is compared and cleaned: what a person typed, without what a keyboard, a copied
//! page or a messaging app put in between.

/// The text for comparing words: lower case, without the accents of Western European letters,
/// blanks collapsed, one kind of apostrophe.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match base(character) {
            Some(base) => folded.push_str(base),
            None => folded.push(character),
        }
    }
    collapse(&folded)
}

/// Like [`fold`], and without punctuation around the text, so that `Yes!` is `yes`.
pub(crate) fn fold_answer(text: &str) -> String {
    let is_edge = |c: char| c.is_whitespace() || ".,;:!?\"'()[]“”„«»…*".contains(c);
    fold(text).trim_matches(is_edge).to_owned()
}

/// One line of free text: line breaks and tabs become blanks, invisible junk goes.
pub(super) fn line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if is_break(c) || c == '\t' { ' ' } else { c })
        .filter(|c| !is_junk(*c))
        .collect();
    visible.trim_matches(is_edge).to_owned()
}

/// Several lines of free text: line breaks are `\n`, invisible junk goes.
pub(super) fn lines(text: &str) -> String {
    let visible: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if is_break(c) { '\n' } else { c })
        .filter(|c| *c == '\n' || *c == '\t' || !is_junk(*c))
        .collect();
    visible.trim_matches(is_edge).to_owned()
}

/// The text of something with a notation, such as a number or an address: one line, one kind of
/// blank, and none of the marks that only steer how text is drawn.
pub(super) fn bare(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_junk(*c) && !is_drawing_mark(*c))
        .collect();
    plain.trim().to_owned()
}

/// Every run of blanks as one blank, none at the ends.
pub(super) fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Control characters, and marks that override the direction in which text is drawn: in an answer
/// they only serve to make it look different from what it is.
fn is_junk(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Marks that belong into running text (joiners in emoji and Persian, marks in Hebrew and Arabic)
/// but not into a number or a date.
fn is_drawing_mark(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{61c}' | '\u{ad}' | '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}'
    )
}

fn is_edge(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{61c}')
}

fn base(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' => "a",
        'æ' => "ae",
        'ç' => "c",
        'è'..='ë' => "e",
        'ì'..='ï' => "i",
        'ñ' => "n",
        'ò'..='ö' => "o",
        'ù'..='ü' => "u",
        'ý' | 'ÿ' => "y",
        'œ' => "oe",
        'ß' => "ss",
        '’' | '‘' | '´' | '`' => "'",
        // Combining marks: an accent that was typed as a character of its own.
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_case_accents_and_blanks() {
        assert_eq!(fold("  FÉVRIER\u{a0} 2026 "), "fevrier 2026");
        assert_eq!(fold("Fe\u{301}vrier"), "fevrier");
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("d’accord"), "d'accord");
        assert_eq!(fold_answer("«Oui !»"), "oui");
        assert_eq!(fold_answer("?!"), "");
    }

    #[test]
    fn free_text_keeps_what_people_write() {
        assert_eq!(line(" a\r\nb\tc\0 "), "a  b c");
        assert_eq!(lines("a\r\nb\u{2028}c\u{7}"), "a\nb\nc");
        assert_eq!(
            line("👩\u{200d}🚀 می\u{200c}خواهم"),
            "👩\u{200d}🚀 می\u{200c}خواهم"
        );
        assert_eq!(line("\u{202e}txt.exe\u{202c}"), "txt.exe");
        assert_eq!(line("\u{200f}\u{200b} "), "");
    }

    #[test]
    fn notation_is_freed_from_marks() {
        assert_eq!(bare("\u{200e}+31\u{a0}6\u{200b}12 \u{feff}"), "+31 612");
        assert_eq!(bare("2\u{fe0f}\u{20e3}"), "2");
    }
}
