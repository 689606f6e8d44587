//! Traces to a collector: off unless `otlp-endpoint` names one.
//!
//! No request waits for it. Spans go into a queue with an end, a thread of its own hands them on every five seconds, and what
//! does not fit is dropped. What spans may say stands in [`super::spans`].

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider,
};

use super::collector::{Collector, PATIENCE};

/// Spans that wait; a busy server makes some thousands in the five seconds between two batches.
const QUEUE: usize = 16_384;
/// Spans that are sent at once: about half a MiB.
const BATCH: usize = 2_048;
/// Between two batches.
const EVERY: Duration = Duration::from_secs(5);

/// There is one subscriber in a process, so there is one of these.
static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Makes spans into traces for a collector. Called within the runtime that sends them.
///
/// # Errors
/// The library cannot use the address.
pub(super) fn tracer(collector: Collector) -> anyhow::Result<SdkTracer> {
    let ratio = collector.ratio();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_timeout(PATIENCE)
        .with_endpoint(collector.address())
        .with_http_client(collector.sender())
        .build()?;
    let queue = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(EVERY)
        .build();
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(queue);
    // OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say more of this process, as they do everywhere.
    let resource = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.name", service_name()));
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor.build())
        // A trace is whole: what belongs to one that is kept is kept.
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio))))
        .with_resource(resource.build())
        .build();
    let tracer = provider.tracer("tidegate");
    // Nobody was before us: see above.
    drop(PROVIDER.set(provider));
    Ok(tracer)
}

fn service_name() -> String {
    let named = std::env::var("OTEL_SERVICE_NAME").ok();
    named
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "tidegate".into())
}

/// Sends what is left, and waits for it as long as for any batch.
pub(super) async fn stop() {
    let Some(provider) = PROVIDER.get() else {
        return;
    };
    // It waits for its thread, which sends by this runtime.
    let stopped = tokio::task::spawn_blocking(|| provider.shutdown_with_timeout(PATIENCE)).await;
    if let Ok(Err(error)) = stopped {
        tracing::warn!(%error, "the last traces were not sent");
    }
}
