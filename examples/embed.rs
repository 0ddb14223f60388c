//! A bot inside a server of your own.
fn main() {}
