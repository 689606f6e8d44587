//! The `tidegate` command. See `tidegate --help`.

use clap::Parser;
use tidegate::cli::Cli;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    end_quietly_with_the_reader();
    match Cli::parse().run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tidegate: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// `tidegate status | head`: who reads the first lines only is no reason for a panic's text. `println!` has no
/// other way to say that its reader has gone.
fn end_quietly_with_the_reader() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.payload_as_str().unwrap_or_default();
        if words.starts_with("failed printing to stdout") && words.contains("Broken pipe") {
            std::process::exit(0);
        }
        report(panic);
    }));
}
