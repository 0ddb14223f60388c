//! What fits on one line of a command message.

/// Whether `/set key value` says exactly this and nothing else. What does not fit a line (a line
/// break would start a second command; blanks at the ends may be trimmed) goes by PATCH, where it
/// is data.
pub(crate) fn fits_a_line(key: &str, value: &str) -> bool {
    let key_fits = !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || c.is_control());
    key_fits && value.trim() == value && !value.contains(is_line_break)
}

/// `text` on one line: a run of line breaks becomes a blank.
pub(crate) fn on_one_line(text: &str) -> String {
    let parts = text.split(is_line_break).map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_line_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}
