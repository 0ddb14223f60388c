//! Charts as SVG, drawn for a width of 360 pixels.

use maud::{Markup, html};

use super::super::{shares, view::Bar};

const WIDTH: usize = 360;
/// Of a bar with its label above it.
const ROW: usize = 34;
/// Characters of a label that surely fit.
const LABEL: usize = 40;

/// Bars below each other.
pub(super) fn chart(id: &str, name: &str, bars: &[Bar]) -> Markup {
    let height = bars.len() * ROW;
    let told: Vec<_> = bars
        .iter()
        .map(|bar| format!("{}: {}", bar.label, bar.shown))
        .collect();
    html! {
        svg role="img" viewBox={ "0 0 " (WIDTH) " " (height) } aria-labelledby={ (id) "-title " (id) "-desc" } {
            title id={ (id) "-title" } { (name) }
            desc id={ (id) "-desc" } { (told.join("; ")) }
            @for (place, bar) in bars.iter().enumerate() {
                @let top = place * ROW;
                text x="0" y=(top + 14) { (cut(&bar.label)) }
                text.value x=(WIDTH) y=(top + 14) { (bar.shown) }
                rect.track x="0" y=(top + 19) width=(WIDTH) height="9" rx="2" {}
                rect.bar x="0" y=(top + 19) width=(length(bar.length)) height="9" rx="2" {}
            }
        }
    }
}

/// Detractors, passives and promoters in one bar.
pub(super) fn balance(id: &str, counts: [u64; 3]) -> Markup {
    let names = ["detractors", "passives", "promoters"];
    let shares = shares(&counts);
    let told: Vec<_> = names
        .iter()
        .zip(&shares)
        .map(|(name, share)| format!("{name}: {share}"))
        .collect();
    let mut left = 0;
    let parts: Vec<_> = names
        .iter()
        .zip(&shares)
        .map(|(name, share)| {
            let from = left;
            left += share.permille();
            (name, length(from), length(share.permille()))
        })
        .collect();
    html! {
        svg role="img" viewBox={ "0 0 " (WIDTH) " 20" } aria-labelledby={ (id) "-title " (id) "-desc" } {
            title id={ (id) "-title" } { "Detractors, passives and promoters" }
            desc id={ (id) "-desc" } { (told.join("; ")) }
            @for (name, from, width) in parts {
                rect class=(name) x=(from) y="2" width=(width) height="16" {}
            }
        }
    }
}

/// Thousandths of the width, to a hundredth of a pixel.
fn length(permille: u16) -> String {
    let hundredths = usize::from(permille) * WIDTH / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL {
        return label.to_owned();
    }
    let kept: String = label.chars().take(LABEL - 1).collect();
    format!("{}…", kept.trim_end())
}
