//! `tidegate policy bench`.

use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use tidegate_runtime::Request;
use tidegate_runtime::stage::Staging;
use tidegate_runtime::vectors::Given;

use super::Parts;
use super::check::SAMPLE;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(flatten)]
    parts: Parts,
    /// Take no snapshot: configure a fresh instance for each decision.
    #[arg(long)]
    no_snapshot: bool,
    /// Decisions to make.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(10..))]
    decisions: u32,
}

impl Bench {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let began = Instant::now();
        let staging = Staging {
            plain: self.no_snapshot,
            ..self.parts.staging()?
        };
        let version = super::stage(&super::runtime()?, staging).await?;
        println!(
            "ready after      {:>10.0} ms",
            began.elapsed().as_secs_f64() * 1e3
        );
        if !version.note().is_empty() {
            println!("{}", version.note());
        }
        let sample: Request = serde_json::from_str(SAMPLE)?;
        let mut times = Vec::new();
        for _ in 0..self.decisions {
            let began = Instant::now();
            let decided = version.decide(&sample, Arc::new(Given::default())).await;
            times.push(began.elapsed().as_secs_f64() * 1e6);
            if let Err(failure) = decided.outcome {
                anyhow::bail!("the policy does not decide about the sample: {failure}");
            }
        }
        times.sort_by(f64::total_cmp);
        for (name, share) in [("median", 0.5), ("99 % within", 0.99)] {
            println!("{name:<16} {:>10.1} µs", at(&times, share));
        }
        Ok(())
    }
}

fn at(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list of a few thousand"
    )]
    let place = (sorted.len() as f64 * share) as usize;
    sorted
        .get(place.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}
