// Builds a policy of this workspace to a component, from another crate's build script.
// Not a module of the kit: build scripts `include!` this file, so it uses `std` alone.

/// Builds `package` for `wasm32-wasip2` with the profile `guest` and returns the component's path.
///
/// Uses a nested cargo with a target directory of its own: the outer cargo holds the lock
/// of the usual one. `folder` is the package's folder from the workspace's root; a change
/// below it, in the kit or in the contract runs the build script again.
///
/// # Panics
///
/// With one line that says what to do, when the target is not installed or the build fails.
fn build_guest(package: &str, folder: &str) -> std::path::PathBuf {
    use std::path::{Path, PathBuf};

    let variable = |name: &str| std::env::var_os(name).unwrap_or_else(|| panic!("cargo sets {name}"));
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let root = here
        .ancestors()
        .find(|folder| folder.join("wit/policy.wit").exists())
        .unwrap_or_else(|| panic!("no folder above {} holds wit/policy.wit", here.display()));
    for watched in ["Cargo.toml", "wit", "guest/sdk", folder] {
        println!("cargo:rerun-if-changed={}", root.join(watched).display());
    }

    // OUT_DIR is <target directory>/<profile>/build/<package>/out.
    let out = PathBuf::from(variable("OUT_DIR"));
    let target_directory =
        out.ancestors().nth(4).map_or_else(|| out.join("guests"), |target| target.join("guests"));

    let mut cargo = std::process::Command::new(variable("CARGO"));
    cargo.args(["build", "--quiet", "--package", package, "--target", "wasm32-wasip2", "--profile", "guest"]);
    cargo.arg("--manifest-path").arg(root.join("Cargo.toml")).arg("--target-dir").arg(&target_directory);
    cargo.current_dir(root);
    // What the outer build was told about flags, wrappers and profiles is not meant for a guest.
    for (name, _) in std::env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        let meant_for_the_outer_build = ["RUSTFLAGS", "RUSTDOCFLAGS", "CARGO_ENCODED_RUSTFLAGS", "LLVM_PROFILE_FILE"]
            .contains(&name)
            || ["RUSTC", "CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_TARGET_", "CARGO_CFG_", "CARGO_FEATURE_"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
        if meant_for_the_outer_build {
            cargo.env_remove(name);
        }
    }

    // The same bytes whoever builds it: panics name files, and those of dependencies lie in the builder's home.
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    if let Some(home) = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))) {
        cargo.env("CARGO_ENCODED_RUSTFLAGS", format!("--remap-path-prefix={}=/cargo", home.display()));
    }

    let output = cargo.output().unwrap_or_else(|error| panic!("cargo did not start: {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    if complaint.contains("target may not be installed") || complaint.contains("find crate for `std`") {
        panic!("policies are built for wasm32-wasip2, which is missing here: run `rustup target add wasm32-wasip2`");
    }
    assert!(output.status.success(), "building the policy {package} failed:\n{complaint}");

    let component: &Path = &target_directory.join("wasm32-wasip2/guest").join(package.replace('-', "_"));
    component.with_extension("wasm")
}
