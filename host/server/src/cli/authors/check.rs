//! `tidegate policy check`.

use std::sync::Arc;

use clap::Args;
use serde_json::Value;
use tidegate_runtime::stage::component_digest;
use tidegate_runtime::vectors::Given;
use tidegate_runtime::{Decided, Request, Version};

use super::Parts;

/// A joiner, for a first decision.
pub(super) const SAMPLE: &str = include_str!("sample.json");

/// What to look over.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    parts: Parts,
}

impl Check {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let staging = self.parts.staging()?;
        let digest = component_digest(&staging.component);
        line(
            "component",
            &format!("{} bytes, sha256 {digest}", staging.component.len()),
        );
        let settings: Value = serde_json::from_str(&staging.settings)?;
        let version = super::stage(&super::runtime()?, staging).await?;
        let described = version.description();
        line(
            "policy",
            &format!("{} {}: {}", described.name, described.version, described.summary),
        );
        line("imports", &imports(&version));
        line("schema", &schema(&described.settings_schema, &settings)?);
        let configured = match version.note() {
            "" => "the settings are taken; decisions start from a snapshot",
            note => note,
        };
        line("configure", configured);
        let sample: Request = serde_json::from_str(SAMPLE)?;
        let decided = version.decide(&sample, Arc::new(Given::default())).await;
        line("decision", &decision(&decided));
        for denied in &decided.stats.denied {
            line("denied", denied);
        }
        anyhow::ensure!(
            decided.outcome.is_ok(),
            "the policy does not decide about the sample"
        );
        Ok(())
    }
}

fn line(what: &str, text: &str) {
    println!("{what:<10} {text}");
}

/// With what each needs to be granted.
fn imports(version: &Version) -> String {
    let needs = |name: &String| {
        let plain = name.split('@').next().unwrap_or_default();
        let grant = match plain {
            "tidegate:host/storage" => " (grant: storage)",
            "tidegate:host/http" => " (grant: http)",
            "tidegate:directory/lookup" => " (grant: lookup)",
            "tidegate:directory/actions" => " (grant: actions)",
            _ => "",
        };
        format!("{plain}{grant}")
    };
    // Types are no calls.
    let calls = version.imports().iter().filter(|name| !name.contains("/types@"));
    let names: Vec<String> = calls.map(needs).collect();
    if names.is_empty() {
        return "nothing: it only decides".into();
    }
    names.join(", ")
}

fn schema(text: &str, settings: &Value) -> anyhow::Result<String> {
    let schema: Value = serde_json::from_str(text)
        .map_err(|error| anyhow::anyhow!("the settings schema is not JSON: {error}"))?;
    let validator = jsonschema::validator_for(&schema)
        .map_err(|error| anyhow::anyhow!("the settings schema is no JSON Schema: {error}"))?;
    let wrong: Vec<String> = validator
        .iter_errors(settings)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    anyhow::ensure!(
        wrong.is_empty(),
        "the settings do not fit the schema: {}",
        wrong.join("; ")
    );
    Ok("a JSON Schema, and the settings fit it".into())
}

fn decision(decided: &Decided) -> String {
    let took = format!("{} µs", decided.stats.run_micros);
    match &decided.outcome {
        Ok(Ok(plan)) => format!("{} steps for a sample joiner, in {took}", plan.steps.len()),
        Ok(Err(rejection)) => format!("rejects a sample joiner: {rejection:?}, in {took}"),
        Err(failure) => failure.to_string(),
    }
}
