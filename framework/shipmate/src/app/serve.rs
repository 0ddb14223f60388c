//! `serve`: the service for the real platform.

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{Failure, arguments::ServeOptions, tokens};
use crate::{
    campaign::Campaigns,
    outbox::OutboxOptions,
    plan::PlanOptions,
    service::{BotSetup, Service},
    settings::Settings,
};

/// Open files wanted: every connection is one.
const OPEN_FILES: u64 = 16_384;

pub(super) async fn serve(
    setup: BotSetup,
    campaigns: Campaigns,
    settings: Settings,
    options: ServeOptions,
) -> Result<(), Failure> {
    allow_many_connections();
    let service = build(setup, campaigns, &settings, &options)?;
    let listener = bind(settings.listen).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let stop = stop_signal()?;
    let running = service.start().await?;
    let console = tokio::spawn(serve_console(
        settings.console_listen,
        running.console(settings.console_token),
    ));
    running.serve(listener, stop).await;
    console.abort();
    tracing::info!("stopped");
    Ok(())
}

fn build(
    setup: BotSetup,
    campaigns: Campaigns,
    settings: &Settings,
    options: &ServeOptions,
) -> Result<Service, Failure> {
    let mut setup = setup.secrets(settings.webhook_secrets.clone());
    if let Some(token) = settings.token.clone() {
        setup = setup.token(token);
    }
    if let Some(refresh) = settings.refresh_token.clone() {
        setup = setup
            .refresh(refresh, settings.email.clone())
            .token_store(tokens::beside(&settings.store));
    } else if settings.email.is_some() {
        tracing::warn!(
            "SHIPMATE_EMAIL is for renewing tokens; without SHIPMATE_REFRESH_TOKEN it has no effect"
        );
    }
    if options.insecure_no_signature {
        tracing::warn!(
            "signatures are not asked for, so anybody who reaches this service can send it events"
        );
        setup = setup.insecure_no_signature();
    }
    let plan = PlanOptions {
        encoding: settings.commands,
        ..PlanOptions::default()
    };
    let service = Service::builder(&settings.api_url)
        .api_rate(settings.api_rate)
        .store_url(&settings.store)
        .plan(plan)
        .outbox(OutboxOptions {
            carried_out_within: settings.carried_out_within,
            ..OutboxOptions::default()
        })
        .retention(settings.retention)
        .campaigns(campaigns)
        .bot(setup)
        .build()?;
    Ok(service)
}

/// The console is a help, so the service runs without it if its address is taken.
async fn serve_console(address: std::net::SocketAddr, console: axum::Router) {
    let served = match TcpListener::bind(address).await {
        Ok(listener) => {
            let address = listener.local_addr().unwrap_or(address);
            tracing::info!("the console is at http://{address}");
            axum::serve(listener, console).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        tracing::warn!(%address, %error, "there is no console; set SHIPMATE_CONSOLE_LISTEN to a free address");
    }
}

pub(super) async fn bind(address: std::net::SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error}; is another service there?").into()
    })
}

/// Done at the first SIGTERM or SIGINT.
pub(super) fn stop_signal() -> Result<impl Future<Output = ()> + Send, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn allow_many_connections() {
    if let Err(error) = rlimit::increase_nofile_limit(OPEN_FILES) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}
