//! What the image is made of, without an engine that makes it: that the build finds all that it reads, and that the program
//! needs nothing that the image has not.

use std::path::{Component, Path, PathBuf};
use std::process::Command;

use object::Endianness;
use object::elf::DT_NEEDED;
use object::read::elf::ElfFile64;
use tidegate_directory::target::Product;

use super::container::{copied, instructions};
use super::root;
use crate::world::{APP, Admin, Process, Simulated, okta, person, printed, until_true};

/// What `COPY` takes from the repository.
fn sources() -> Vec<String> {
    let all = instructions();
    let copies = all.iter().filter(|(name, _)| name == "COPY");
    let from_here = copies
        .map(|(_, arguments)| copied(arguments))
        .filter(|(from, ..)| from.is_none());
    from_here
        .flat_map(|(_, sources, _)| sources)
        .map(|source| source.trim_start_matches("./").to_owned())
        .collect()
}

/// Cargo reads the manifests of all members and of what they name by a path.
#[test]
fn cargo_finds_everything_among_what_is_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = root().canonicalize().expect("is there");
    for source in sources() {
        std::os::unix::fs::symlink(here.join(&source), folder.path().join(&source)).expect("a link");
    }
    let done = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .current_dir(folder.path())
        .output()
        .expect("cargo runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    // Cargo's own settings would change what is built.
    assert!(!here.join(".cargo/config.toml").exists(), "copy it, too");
}

/// What sources take in when they are compiled is in no manifest.
#[test]
fn what_is_compiled_in_is_copied() {
    let sources = sources();
    let mut files = Vec::new();
    for source in &sources {
        rust_files(&root().join(source), &mut files);
    }
    let mut count = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).expect("is read");
        for taken in taken_in(&text) {
            let from = match taken.strip_prefix("$CARGO_MANIFEST_DIR/") {
                Some(rest) => manifest_folder(&file).join(rest),
                None => file.parent().expect("a folder").join(&taken),
            };
            let inside = lexical(&from);
            assert!(
                root().join(&inside).exists(),
                "{}: {taken} is not there",
                file.display()
            );
            let top = inside.components().next().expect("a name").as_os_str();
            assert!(
                sources.iter().any(|source| Path::new(source) == top),
                "{}: {taken} is not copied",
                file.display()
            );
            count += 1;
        }
    }
    assert!(
        count > 20,
        "only {count} were found: the macros have other names now"
    );
}

/// The libraries of `distroless/cc`: glibc, and the compiler's.
#[test]
fn the_program_needs_no_library_that_the_image_has_not() {
    const THERE: [&str; 8] = [
        "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1",
        "libc.so.6",
        "libdl.so.2",
        "libgcc_s.so.1",
        "libm.so.6",
        "libpthread.so.0",
        "librt.so.1",
    ];
    let bytes = std::fs::read(env!("CARGO_BIN_EXE_tidegate")).expect("is built");
    let needed = needed(&bytes);
    assert!(needed.contains(&"libc.so.6".to_owned()), "{needed:?}");
    for library in &needed {
        assert!(THERE.contains(&library.as_str()), "{library} is not in the image");
    }
}

/// No home, no folder for temporary files, nothing below the root but the data directory.
#[tokio::test(flavor = "multi_thread")]
async fn it_writes_where_the_recipe_says_and_nowhere_else() {
    let nowhere = Path::new("/nonexistent-for-tidegate");
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    std::fs::create_dir(&data_dir).expect("a data directory");
    let text = nowhere.to_str().expect("a path");
    let places = [
        "HOME",
        "TMPDIR",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
    ]
    .map(|name| (name, text));
    let process = Process::serve_in(&data_dir, "info", &places, &[]);
    until_true("its three lines", || process.stdout().lines().count() == 3).await;
    let base = printed(&process.stdout(), "SCIM base URL").expect("is printed");
    let path = base.split_once("/scim/").expect("a base URL").1;
    let token = printed(&process.stdout(), "SCIM bearer token").expect("is printed");
    let jira = Simulated::start(Product::Jira, "admin").await;
    let admin = Admin::of(&data_dir);
    admin.put_target(APP, &jira.target("admin")).await;
    let client = okta(&format!("http://{}/scim/{path}", process.address), &token);
    client.assign(&person("ada")).await.expect("is assigned");
    admin.converged(APP).await;
    // A preview copies the database into a folder of its own.
    let versions = admin.versions(APP).await;
    admin
        .preview(APP, versions[0].number)
        .await
        .expect("is previewed");
    assert!(process.terminate(), "SIGTERM is its STOPSIGNAL");
    assert!(!nowhere.exists());
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("is read")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

fn rust_files(at: &Path, into: &mut Vec<PathBuf>) {
    if at.is_dir() {
        for entry in std::fs::read_dir(at).expect("is read").flatten() {
            let skipped = ["target", "node_modules", ".judges", ".venv"];
            if !skipped.contains(&entry.file_name().to_str().unwrap_or_default()) {
                rust_files(&entry.path(), into);
            }
        }
    } else if at.extension().is_some_and(|ending| ending == "rs") {
        into.push(at.to_owned());
    }
}

/// Paths in macros that take a file or a folder in.
fn taken_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Written apart, so that this file does not take part.
    for name in ["include", "include_str", "include_bytes", "include_dir"] {
        let opening = format!("{name}!(\"");
        found.extend(
            text.split(&opening)
                .skip(1)
                .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())),
        );
    }
    found
}

fn manifest_folder(file: &Path) -> PathBuf {
    let folder = file
        .ancestors()
        .skip(1)
        .find(|folder| folder.join("Cargo.toml").exists());
    folder.expect("a package").to_owned()
}

/// From the root, without asking the file system: a link may lead anywhere.
fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.strip_prefix(root()).expect("is below the root").components() {
        match component {
            Component::ParentDir => assert!(clean.pop(), "{} leaves the repository", path.display()),
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}

/// `DT_NEEDED` of an ELF file.
fn needed(bytes: &[u8]) -> Vec<String> {
    let file = ElfFile64::<Endianness>::parse(bytes).expect("an ELF file");
    let table = file.elf_dynamic_table().expect("is read");
    let wanted = table.into_iter().filter(|entry| entry.tag == DT_NEEDED);
    wanted
        .map(|entry| String::from_utf8_lossy(table.string(entry).expect("a name")).into_owned())
        .collect()
}
