//! The generated reference stands as the code makes it.

use std::path::Path;

#[test]
fn the_reference_is_what_the_code_makes() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assert!(xtask::docs::run(&root, true)?, "run: cargo run -p xtask -- docs");
    Ok(())
}
