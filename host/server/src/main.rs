//! The `tidegate` command. See `tidegate --help`.

use clap::Parser;
use tidegate::cli::Cli;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match Cli::parse().run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tidegate: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
