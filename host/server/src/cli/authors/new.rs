//! `tidegate policy new`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use include_dir::{Dir, include_dir};

/// What a project of each language is made of. `NAME` stands for the policy's name.
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest/templates");
/// The contract.
static WIT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../wit");
/// The Rust kit, so that a project needs nothing that is not on crates.io.
static SDK: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest/sdk/src");

/// What to begin.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The policy's name, and the folder's that is made.
    name: String,
    /// The language.
    #[arg(long, default_value = "rust")]
    lang: Language,
}

/// A language that a policy can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Rust,
    Js,
    Python,
}

impl New {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = self.name.starts_with(|c: char| c.is_ascii_lowercase()) && self.name.chars().all(plain);
        anyhow::ensure!(
            fits,
            "a policy's name has lower-case letters, digits and -, and begins with a letter"
        );
        let folder = PathBuf::from(&self.name);
        anyhow::ensure!(!folder.exists(), "{} is there already", folder.display());
        let template = match self.lang {
            Language::Rust => "rust",
            Language::Js => "js",
            Language::Python => "python",
        };
        let template = TEMPLATES.get_dir(template).context("the template is missing")?;
        write(template, template.path(), &folder, &self.name)?;
        let wit = match self.lang {
            Language::Rust => {
                write(&SDK, Path::new(""), &folder.join("tidegate-sdk/src"), &self.name)?;
                folder.join("tidegate-sdk/wit")
            }
            Language::Js | Language::Python => folder.join("wit"),
        };
        write(&WIT, Path::new(""), &wit, &self.name)?;
        println!(
            "{} is begun: its README.md says how to build and test it",
            folder.display()
        );
        Ok(())
    }
}

/// Writes a folder's files, without the folder's own path, and with the policy's name.
fn write(dir: &Dir<'_>, prefix: &Path, to: &Path, name: &str) -> anyhow::Result<()> {
    for file in dir.files() {
        let path = file.path().strip_prefix(prefix)?;
        // Earlier versions of the contract are for those who have built for them.
        if dir.path().starts_with("0.1") {
            continue;
        }
        // A manifest of its own would make the template a package of this workspace.
        let path = to.join(
            path.to_str()
                .context("a path that is no text")?
                .trim_end_matches(".in"),
        );
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        let text = file.contents_utf8().context("a template that is no text")?;
        // The kit finds the contract beside it, there as here.
        let text = text.replace("NAME", name).replace("\"../../wit\"", "\"wit\"");
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    dir.dirs().try_for_each(|dir| write(dir, prefix, to, name))
}
