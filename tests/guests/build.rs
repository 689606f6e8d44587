//! Compiles the guests that tests need.

include!("../../guest/sdk/build_guest.rs");

fn main() {
    for (name, package, folder) in [
        ("MISBEHAVE", "tidegate-guest-misbehave", "tests/guests/misbehave"),
        ("OLDER", "tidegate-guest-older", "tests/guests/older"),
        ("NAMES", "tidegate-example-names", "guest/examples/names"),
        ("FREEZE", "tidegate-example-freeze", "guest/examples/freeze"),
        ("STANDARD", "tidegate-standard", "guest/standard"),
    ] {
        let component = build_guest(package, folder);
        println!("cargo:rustc-env=TIDEGATE_GUEST_{name}={}", component.display());
    }
    println!("cargo:rerun-if-changed=build.rs");
}
