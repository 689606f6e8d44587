//! The real binary.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use serde_json::Value;

/// A first start compiles the standard policy, on a machine that may be busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// What one start of `tidegate serve` printed.
#[derive(Default)]
struct Printed {
    stdout: String,
    stderr: String,
}

/// `tidegate serve`, killed when dropped.
pub(crate) struct Process {
    child: Child,
    printed: Arc<Mutex<Printed>>,
    /// Where it listens.
    pub(crate) address: String,
}

impl Process {
    /// Starts it on any free port and waits until it serves.
    pub(crate) fn serve(data_dir: &Path) -> Self {
        Self::serve_logging(data_dir, "info")
    }

    /// The same with more in the log; less than `info` does not tell that it serves.
    pub(crate) fn serve_logging(data_dir: &Path, log: &str) -> Self {
        Self::serve_with(data_dir, log, &[])
    }

    /// The same with more in its environment, and more arguments.
    pub(crate) fn serve_in(data_dir: &Path, log: &str, environment: &[(&str, &str)], more: &[&str]) -> Self {
        let mut command = tidegate(data_dir);
        command.envs(environment.iter().copied());
        Self::start(command, log, more)
    }

    /// The same with more arguments.
    pub(crate) fn serve_with(data_dir: &Path, log: &str, more: &[&str]) -> Self {
        Self::start(tidegate(data_dir), log, more)
    }

    fn start(mut command: Command, log: &str, more: &[&str]) -> Self {
        let mut child = command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log-format",
                "json",
                "--log",
                log,
            ])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let printed = Arc::new(Mutex::new(Printed::default()));
        let (mut stdout, stderr) = (
            child.stdout.take().expect("stdout"),
            child.stderr.take().expect("stderr"),
        );
        let to = Arc::clone(&printed);
        std::thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(count @ 1..) = stdout.read(&mut piece) {
                lock(&to)
                    .stdout
                    .push_str(&String::from_utf8_lossy(&piece[..count]));
            }
        });
        let (serves, served) = mpsc::channel();
        let to = Arc::clone(&printed);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                if event["message"] == "tidegate serves" {
                    // Whoever waits may have given up.
                    drop(serves.send(event["address"].as_str().unwrap_or_default().to_owned()));
                }
                let mut printed = lock(&to);
                printed.stderr.push_str(&line);
                printed.stderr.push('\n');
            }
        });
        // The sender is dropped when the process ends without serving.
        let address = served
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("it does not serve: {}", lock(&printed).stderr));
        Self {
            child,
            printed,
            address,
        }
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("is killed");
        self.child.wait().expect("is gone");
    }

    /// SIGTERM, as a service manager sends it; returns whether it ended well.
    pub(crate) fn terminate(mut self) -> bool {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .arg(id)
                .status()
                .expect("kill runs")
                .success()
        );
        self.child.wait().expect("ends").success()
    }

    /// Standard output so far.
    pub(crate) fn stdout(&self) -> String {
        lock(&self.printed).stdout.clone()
    }

    /// Standard error, that is the log, so far.
    pub(crate) fn stderr(&self) -> String {
        lock(&self.printed).stderr.clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already after `kill` and `terminate`.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The binary, with nothing of this environment's own configuration.
fn tidegate(data_dir: &Path) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_tidegate")));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TIDEGATE_")) {
        command.env_remove(name);
    }
    command.arg("--data-dir").arg(data_dir);
    command
}

/// Runs a command to its end.
pub(crate) fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    run_in(data_dir, &[], arguments)
}

/// The same with more in its environment.
pub(crate) fn run_in(data_dir: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    tidegate(data_dir)
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

/// The value of `SCIM base URL:` or `SCIM bearer token:` in what was printed.
pub(crate) fn printed(text: &str, name: &str) -> Option<String> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
}

fn lock(printed: &Mutex<Printed>) -> std::sync::MutexGuard<'_, Printed> {
    printed.lock().unwrap_or_else(PoisonError::into_inner)
}
