//! What a form's `pattern` means is held against a table of verdicts; the table against Node.

use std::{path::Path, process::Command};

#[test]
fn the_table_of_verdicts_is_what_node_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = folder.join("../framework/shipmate/src/form/pattern/javascript.json");
    let output = Command::new("node")
        .arg(folder.join("sdk/patterns.js"))
        .arg(table)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let others = String::from_utf8(output.stdout).unwrap();
    assert_eq!(others.trim(), "[]", "patterns with other verdicts");
}
