//! What Shipmate promises, proved from outside: nothing lost, nothing twice, never over a limit.
//!
//! Each proof has a small run, which is part of the ordinary tests, and a long one that an
//! environment variable asks for; the book's page *Proofs* has the commands. What they judge by is
//! what the service acknowledged and what the platform, which is the sandbox, holds in the end
//! (`check`); that this judge sees what goes wrong is proved as well (`planted`).

#[cfg(test)]
mod amount;

#[cfg(test)]
mod check;

#[cfg(test)]
mod record;

#[cfg(test)]
mod world;

#[cfg(test)]
mod served;

#[cfg(test)]
mod killed;

#[cfg(test)]
mod disorder;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod disk;

#[cfg(test)]
mod weather;

#[cfg(test)]
mod planted;

#[cfg(test)]
mod hostile;

#[cfg(test)]
mod memory;
