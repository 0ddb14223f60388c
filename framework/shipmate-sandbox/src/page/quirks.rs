//! What the platform does where its documents are silent.

use axum::{body::Bytes, extract::State as Shared, http::HeaderMap};
use maud::{Markup, html};

use super::{
    Page,
    answer::{Answer, done},
    form::Form,
};
use crate::{Lines, Quirks, Refusal};

/// `POST /quirks`: `lines` by its name, and `meta`, which is `all` or `known`.
pub(super) async fn change(Shared(page): Shared<Page>, headers: HeaderMap, body: Bytes) -> Answer {
    let form = Form::read(&body);
    let Some(lines) = Lines::named(form.get("lines")) else {
        return Refusal::unprocessable("choose what several lines mean").into();
    };
    let keeps_unknown_meta = form.get("meta") != "known";
    page.platform.change(|state, _| {
        state.quirks = Quirks {
            lines,
            keeps_unknown_meta,
        };
    });
    done(&headers)
}

pub(super) fn form(quirks: Quirks) -> Markup {
    html! {
        form.row action="/quirks" method="post" {
            label.grow {
                span.label { "Several lines in a command" }
                select name="lines" data-testid="quirk-lines" {
                    @for lines in Lines::ALL {
                        option value=(lines.name()) selected[lines == quirks.lines] { (lines.meaning()) }
                    }
                }
            }
            label.grow {
                span.label { "Unknown keys in a message's meta" }
                select name="meta" data-testid="quirk-meta" {
                    option value="all" selected[quirks.keeps_unknown_meta] { "are kept" }
                    option value="known" selected[!quirks.keeps_unknown_meta] { "are taken out" }
                }
            }
            button.primary data-testid="save-quirks" { "Save" }
        }
    }
}
