//! Rules about the crate itself, checked.

use std::{fs, path::Path};

/// Modules that only compute. They are given the time and everything else they need.
const CORE: &[&str] = &[
    "event",
    "route",
    "handover",
    "plan",
    "limit",
    "overflow",
    "verify",
    "policy",
    "outbox/compose",
    "outbox/fair",
    "form",
    "results",
    "turn",
    "tenant/cache",
    "tenant/change",
    "campaign/audience",
    "campaign/judge",
    "campaign/member",
    "campaign/opt_out",
    "campaign/pace",
    "campaign/prepared",
    "campaign/text",
    "tenant/merge",
    "tenant/place",
    "tenant/problem",
    "tenant/profile",
    "tenant/quarantine",
    "tenant/text",
    "schedule/local",
    "schedule/hours",
    "schedule/cron",
    "schedule/timer",
];

/// What waits, reads, sends or asks for the time.
const SHELL: &[&str] = &[
    "tokio",
    "reqwest",
    "rusqlite",
    "hyper",
    "axum",
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::time::Instant",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "Clock",
    ".await",
    "async fn",
];

#[test]
fn the_core_does_no_input_or_output_and_reads_no_clock() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut checked = 0;
    for module in CORE {
        for (path, text) in files(&source, module) {
            checked += 1;
            for line in text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
            {
                for word in SHELL {
                    assert!(
                        !line.contains(word),
                        "{path} is core, but uses `{word}`: {line}"
                    );
                }
            }
        }
    }
    assert!(checked > 20, "only {checked} files found");
}

/// `<module>.rs` and everything in `<module>/`, without tests.
fn files(source: &Path, module: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![source.join(format!("{module}.rs")), source.join(module)];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if let Ok(text) = fs::read_to_string(&path) {
            let code = text
                .split("#[cfg(test)]")
                .next()
                .unwrap_or_default()
                .to_owned();
            found.push((path.display().to_string(), code));
        }
    }
    found
}
