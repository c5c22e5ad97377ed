//! Files that tests make: compared, or written with `UPDATE=1`.

use deskform_tests::sandbox::repository;
use similar::TextDiff;

/// Asserts that a file of the repository holds a text; writes it where `UPDATE` is set.
pub(crate) fn file_is(path: &str, text: &str) {
    let file = repository().join(path);
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    if found == text {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().expect("a file stands in a folder")).expect("a folder can be made");
        std::fs::write(&file, text).expect("a file can be written");
        return;
    }
    let diff = TextDiff::from_lines(found.as_str(), text);
    let diff = diff.unified_diff().context_radius(3).header(path, "as it should be").to_string();
    panic!("{diff}\n`UPDATE=1` writes it.");
}
