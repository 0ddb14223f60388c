//! The Rust snippets of the book and the README, so that the tests compile them and run those that
//! can run. One empty item per page; a snippet that fails is named after it.

#[doc = include_str!("../README.md")]
struct Readme;

#[doc = include_str!("src/introduction.md")]
struct Introduction;

#[doc = include_str!("src/getting-started.md")]
struct GettingStarted;

#[doc = include_str!("src/writing-a-bot.md")]
struct WritingABot;

#[doc = include_str!("src/organizations.md")]
struct Organizations;

#[doc = include_str!("src/handover.md")]
struct HandingOver;

#[doc = include_str!("src/time.md")]
struct Time;

#[doc = include_str!("src/campaigns.md")]
struct RunningCampaigns;

#[doc = include_str!("src/surveys.md")]
struct Surveys;

#[doc = include_str!("src/results.md")]
struct ResultsOfSurveys;

#[doc = include_str!("src/testing.md")]
struct Testing;

#[doc = include_str!("src/intake.md")]
struct Intake;

#[doc = include_str!("src/deploying.md")]
struct Deploying;

#[doc = include_str!("src/client.md")]
struct TheClientAlone;

#[doc = include_str!("src/sandbox.md")]
struct Sandbox;

#[doc = include_str!("src/sandbox-admin.md")]
struct SandboxAdmin;

#[doc = include_str!("src/sdk.md")]
struct Sdk;

#[doc = include_str!("src/way-of-an-event.md")]
struct WayOfAnEvent;

#[doc = include_str!("src/limits.md")]
struct Limits;

#[doc = include_str!("src/faults.md")]
struct Faults;

#[doc = include_str!("src/platform.md")]
struct Platform;

#[doc = include_str!("src/proofs.md")]
struct Proofs;

#[doc = include_str!("src/measurements.md")]
struct Measurements;

#[doc = include_str!("src/architecture.md")]
struct Architecture;
