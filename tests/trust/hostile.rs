//! Input by people who mean harm.

mod html;
mod patterns;
mod sandbox_page;
mod signatures;
mod workplace;
