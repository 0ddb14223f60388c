//! End-to-end tests: the product's binary as a child process, real sockets, real files, and a stub
//! in the place of the platform's API. They hold the service to its contract and know nothing of
//! its inside. Where it matters how the platform itself behaves (`greedy`, `budget`, `encoding`,
//! `doctor`, `tokens`, `faults`, `reorder`, `organizations`, `takeover`, `incident`, `loops`,
//! `wrong_clock`), and
//! for the client alone (`coverage`, `merge`), the sandbox takes the stub's place.
//!
//! A time limit here only ever turns a hang into a failure with a log.

#[cfg(test)]
mod fixture;

#[cfg(test)]
mod support;

#[cfg(test)]
mod book;

#[cfg(test)]
mod echo;

#[cfg(test)]
mod unpaced;

#[cfg(test)]
mod play;

#[cfg(test)]
mod challenge;

#[cfg(test)]
mod signature;

#[cfg(test)]
mod malformed;

#[cfg(test)]
mod slow_clients;

#[cfg(test)]
mod kinds;

#[cfg(test)]
mod exactly_once;

#[cfg(test)]
mod faults;

#[cfg(test)]
mod order;

#[cfg(test)]
mod reorder;

#[cfg(test)]
mod takeover;

#[cfg(test)]
mod incident;

#[cfg(test)]
mod loops;

#[cfg(test)]
mod refusals;

#[cfg(test)]
mod limits;

#[cfg(test)]
mod lifecycle;

#[cfg(test)]
mod settings;

#[cfg(test)]
mod organizations;

#[cfg(test)]
mod volume;

#[cfg(test)]
mod stage;

#[cfg(test)]
mod operating;

#[cfg(test)]
mod why;

#[cfg(test)]
mod wrong_clock;

#[cfg(test)]
mod letters;

#[cfg(test)]
mod forget;

#[cfg(test)]
mod outcomes;

#[cfg(test)]
mod greedy;

#[cfg(test)]
mod budget;
#[cfg(test)]
mod campaign;

#[cfg(test)]
mod encoding;

#[cfg(test)]
mod doctor;

#[cfg(test)]
mod several_bots;

#[cfg(test)]
mod tokens;

#[cfg(test)]
mod coverage;

#[cfg(test)]
mod merge;
