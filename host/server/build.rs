//! Compiles the standard policy for the sandbox; the binary carries it.

include!("../../guest/sdk/build_guest.rs");

fn main() {
    let component = build_guest("tidegate-standard", "guest/standard");
    println!("cargo:rustc-env=TIDEGATE_STANDARD_POLICY={}", component.display());
    println!("cargo:rerun-if-changed=build.rs");
}
