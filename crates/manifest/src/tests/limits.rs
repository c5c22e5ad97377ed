//! Sizes and counts have limits, and findings too.

use deskform_model::Severity;

use super::{PROJECT, check, read, registry};
use crate::findings::MOST;

#[test]
fn a_key_has_256_bytes_at_most() {
    let key = "k".repeat(257);
    check(
        &format!("[shop.a]\ndisplay_name = 'a'\n{key} = 1\n"),
        &format!(
            "a.toml:3:1 MF027* error shop.a: `{}...` is a key of more than 256 bytes (too long a key) | Write a shorter key; if \
             it is text, check the quotes before this.",
            "k".repeat(80)
        ),
    );
}

#[test]
fn a_text_has_64_kib_at_most() {
    check(
        &format!("[shop.a]\ndisplay_name = '{}'\n", "x".repeat(65_537)),
        "a.toml:2:16 MF028* error shop.a: `display_name` is a text of more than 64 KiB (too long a text) | Write a shorter text; \
         if it runs on, check the quotes that should end it.",
    );
}

#[test]
fn a_list_and_a_table_have_ten_thousand_entries_at_most() {
    let table: String = (0..10_000).map(|number| format!("k{number} = 1\n")).collect();
    check(
        &format!("[shop.a]\ndisplay_name = 'a'\npartners = [{}]\n[shop.b]\nx = 1\n{table}", "1,".repeat(10_001)),
        "a.toml:3:12 MF041* error shop.a: `partners` has more than 10,000 entries (too many entries) | Split it, or check that \
         nothing was pasted in twice.\n\
         a.toml:4:1 MF041* error shop.b: this has more than 10,000 entries (too many entries) | Split it, or check that nothing \
         was pasted in twice.",
    );
}

#[test]
fn a_file_of_very_many_tables_is_read_up_to_the_limit() {
    check(
        &format!("[shop.a]\ndisplay_name = ab\nx = [\n{}]\n", "[],".repeat(240_001)),
        "a.toml:2:16 MF010* error a value without quotes (no string, number, boolean, date, list or table) | Put text in quotes, \
         and write booleans as `true` or `false`.\n\
         a.toml:4:719986 MF120* error the file has too many tables and lists (60,000 tables or 240,000 lists are the most; the \
         rest is not read) | Split it: resources may stand in any file, in any order.",
    );
}

#[test]
fn a_file_of_very_many_slips_is_read_up_to_the_limit() {
    let registry = registry();
    let (outcome, _) = read(&registry, PROJECT, &[("a.toml", &"=\n".repeat(200_000))]);
    let codes: Vec<&str> = outcome.diagnostics.iter().map(|found| found.code.0).collect();
    let (last, first) = codes.split_last().expect("findings");
    assert_eq!((first, *last), (["MF013", "MF004"].repeat(20).as_slice(), "MF029"));
}

#[test]
fn what_the_parser_takes_for_a_number_needs_digits() {
    check(
        "[shop.a]\ndisplay_name = 0x\n",
        "a.toml:2:16 MF014* error shop.a: `display_name` is a number without ASCII digits (no such number) | Write a whole number, \
         or put the text in quotes.",
    );
}

#[test]
fn a_file_with_very_many_errors_reports_the_first_and_says_so() {
    let registry = registry();
    let text: String = (0..1_000).map(|number| format!("[shop.s{number}]\ncolour = 1\n")).collect();
    let (outcome, _) = read(&registry, PROJECT, &[("a.toml", &text), ("b.toml", "[shop.b]\ncolour = 1\n")]);
    let of = |file: u32| outcome.diagnostics.iter().filter(|d| d.place.unwrap().file.0 == file).count();
    assert_eq!((of(1), of(2)), (MOST + 1, 2));
    let more: Vec<_> = outcome.diagnostics.iter().filter(|d| d.code.0 == "MF029").collect();
    assert!(more.len() == 1 && more[0].severity == Severity::Error);
}

#[test]
fn full_width_characters_in_values_and_keys_are_named() {
    check(
        "[shop.a]\ndisplay_name = 'a'\nstate = 'ｏｐｅｎ'\nhours = 'ｈ－1'\n",
        "a.toml:3:9 MF033 error shop.a: `state` is none of the allowed words (expected `open` or `closed`) | Write `open`.\n\
         a.toml:4:9 MF034 error shop.a: `hours` does not have the expected form (not a name) | Write `-` in place of `－` at \
         character 2, ASCII letters and digits in place of the full-width ones from character 1 on.",
    );
}
