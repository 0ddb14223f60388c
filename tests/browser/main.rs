//! Tests in a headless Chromium, on the pages as people see them.
//!
//! They need `chromium` and `chromedriver` (Debian: `apt-get install chromium chromium-driver`):
//! `cargo test -p shipmate-tests --features browser --test browser`

#[cfg(test)]
mod intake;
#[cfg(test)]
mod page;
#[cfg(test)]
mod survey;
#[cfg(test)]
mod workplace;
