//! That the time of a comparison tells nothing about the right signature cannot be tested without
//! measuring time (`load -- signature` does), but by what it is made of.

const SOURCE: &str = include_str!("../../../framework/shipmate/src/webhook/signature.rs");

/// The `hmac` crate compares in constant time as long as the right signature stays inside it.
#[test]
fn the_right_signature_is_never_taken_out_to_be_compared() {
    let (code, _) = SOURCE.split_once("#[cfg(test)]").unwrap();
    assert_eq!(code.matches(".verify_slice(").count(), 1);
    for other in [
        "finalize",
        "into_bytes",
        "verify_truncated",
        "tag ==",
        "== tag",
        "as_slice",
    ] {
        assert!(!code.contains(other), "signature.rs uses `{other}`");
    }
}
