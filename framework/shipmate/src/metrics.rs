//! What the service counts, in Prometheus' text format (`GET /metrics`).

use std::fmt;

use metrics::{Counter, Gauge, Key, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::{limit::Rule, store::Forgotten};

/// The counters of one service. They belong to the service and not to the process, so that several
/// services, as in tests, do not count into each other.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    pub(crate) duplicates: Counter,
    pub(crate) stored: Counter,
    pub(crate) retries: Counter,
    pub(crate) late: Counter,
    pub(crate) commands_fallback: Counter,
    pub(crate) inbox_rows: Gauge,
    pub(crate) inbox_bytes: Gauge,
    pub(crate) connections: Gauge,
}

const META: Metadata<'static> = Metadata::new("shipmate", Level::INFO, None);

impl Metrics {
    pub(crate) fn new() -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let counter = |name: &'static str, help: &'static str| {
            recorder.describe_counter(name.into(), Some(Unit::Count), help.into());
            recorder.register_counter(&Key::from_name(name), &META)
        };
        let gauge = |name: &'static str, help: &'static str| {
            recorder.describe_gauge(name.into(), None, help.into());
            recorder.register_gauge(&Key::from_name(name), &META)
        };
        for (name, help) in [
            (REFUSED, "Webhook requests refused, by status"),
            (OUTCOMES, "Events by outcome"),
            (OUTBOX, "Outbox rows by what became of them"),
            (
                LETTERS,
                "Dead letters and messages that needed a person, by kind and what was decided",
            ),
            (FORGOTTEN, "What was forgotten, by kind"),
            (CAMPAIGN, "Members of campaigns by what became of them"),
            (TIMERS, "Timers by what became of them"),
            (
                JOBS,
                "Instants of jobs that were run, and times that missed ones were left out",
            ),
            (HELD, "Times a limit made messages wait, by rule"),
            (
                FOUND_BY_TEXT,
                "Messages in doubt recognised by text and time, since the platform does not hand markers back",
            ),
            (
                UNFORESEEN,
                "Refusals of the platform for too many messages that the ledger did not foresee",
            ),
        ] {
            recorder.describe_counter(name.into(), Some(Unit::Count), help.into());
        }
        recorder.describe_gauge(
            QUARANTINED.into(),
            None,
            "Organizations for which the bot is silent because their settings cannot be used"
                .into(),
        );
        Self {
            duplicates: counter(
                "shipmate_events_duplicate_total",
                "Redeliveries of events already stored",
            ),
            stored: counter("shipmate_events_stored_total", "Events stored"),
            retries: counter(
                "shipmate_turns_retried_total",
                "Turns that failed and are tried again",
            ),
            late: counter(
                "shipmate_events_late_total",
                "Events handled after a later one",
            ),
            commands_fallback: counter(
                "shipmate_commands_fallback_total",
                "Times several commands in one message turned out not to work, so that each is a message of its own",
            ),
            inbox_rows: gauge("shipmate_inbox_rows", "Events without an outcome"),
            inbox_bytes: gauge("shipmate_inbox_bytes", "Their size in bytes"),
            connections: gauge("shipmate_connections", "Open webhook connections"),
            recorder,
            handle,
        }
    }

    pub(crate) fn refused(&self, status: u16) {
        self.labelled(REFUSED, "status", status.to_string())
            .increment(1);
    }

    pub(crate) fn outcome(&self, outcome: &'static str) {
        self.labelled(OUTCOMES, "outcome", outcome).increment(1);
    }

    /// `became`: `sent`, `retry`, `unknown` or `dead`.
    pub(crate) fn outbox(&self, became: &'static str, rows: u64) {
        self.labelled(OUTBOX, "became", became).increment(rows);
    }

    /// `kind`: `event` or `message`. `became`: `retry`, `drop`, or `expire` if nobody decided.
    pub(crate) fn letters(&self, kind: &'static str, became: &'static str, count: u64) {
        let labels = vec![Label::new("kind", kind), Label::new("became", became)];
        let key = Key::from_parts(LETTERS, labels);
        self.recorder.register_counter(&key, &META).increment(count);
    }

    /// Events that were never handled end here.
    pub(crate) fn forgotten(&self, forgotten: &Forgotten) {
        for (kind, count) in [
            ("event", forgotten.events),
            ("message", forgotten.messages),
            ("conversation", forgotten.conversations),
            ("member", forgotten.members),
            ("timer", forgotten.timers),
            ("response", forgotten.responses),
        ] {
            self.labelled(FORGOTTEN, "kind", kind).increment(count);
        }
        if forgotten.unhandled > 0 {
            self.labelled(OUTCOMES, "outcome", "forgotten")
                .increment(forgotten.unhandled);
        }
    }

    /// `became`: `sent`, `retry`, `doubt`, `skipped`, `refused` or `unresolved`.
    pub(crate) fn campaign(&self, became: &'static str) {
        self.labelled(CAMPAIGN, "became", became).increment(1);
    }

    /// How many organizations have settings that `bot` cannot use.
    pub(crate) fn quarantined(&self, bot: &str, organizations: usize) {
        let key = Key::from_parts(QUARANTINED, vec![Label::new("bot", bot.to_owned())]);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is approximate")]
        self.recorder
            .register_gauge(&key, &META)
            .set(organizations as f64);
    }

    /// `became`: `set`, `ended` before its time, or `rung`.
    pub(crate) fn timers(&self, became: &'static str, count: u64) {
        if count > 0 {
            self.labelled(TIMERS, "became", became).increment(count);
        }
    }

    /// `became`: `run`, or `left-out` for a job of which instants were missed and left out.
    pub(crate) fn jobs(&self, became: &'static str, count: u64) {
        if count > 0 {
            self.labelled(JOBS, "became", became).increment(count);
        }
    }

    pub(crate) fn held(&self, rule: Rule) {
        self.labelled(HELD, "rule", rule.as_str()).increment(1);
    }

    pub(crate) fn unforeseen(&self) {
        self.recorder
            .register_counter(&Key::from_name(UNFORESEEN), &META)
            .increment(1);
    }

    pub(crate) fn found_by_text(&self) {
        self.recorder
            .register_counter(&Key::from_name(FOUND_BY_TEXT), &META)
            .increment(1);
    }

    pub(crate) fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }

    fn labelled(
        &self,
        name: &'static str,
        label: &'static str,
        value: impl Into<metrics::SharedString>,
    ) -> Counter {
        let key = Key::from_parts(name, vec![Label::new(label, value)]);
        self.recorder.register_counter(&key, &META)
    }
}

const REFUSED: &str = "shipmate_webhook_refused_total";
const OUTCOMES: &str = "shipmate_events_total";
const OUTBOX: &str = "shipmate_outbox_rows_total";
const LETTERS: &str = "shipmate_letters_total";
const FORGOTTEN: &str = "shipmate_forgotten_total";
const CAMPAIGN: &str = "shipmate_campaign_members_total";
const TIMERS: &str = "shipmate_timers_total";
const JOBS: &str = "shipmate_jobs_total";
const HELD: &str = "shipmate_limit_held_total";
const QUARANTINED: &str = "shipmate_settings_unusable";
const FOUND_BY_TEXT: &str = "shipmate_outbox_found_by_text_total";
const UNFORESEEN: &str = "shipmate_limit_unforeseen_total";

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
