use super::check;

#[test]
fn an_open_string_is_an_error_at_its_end_or_its_opening() {
    check(
        "[shop.a]\ndisplay_name = \"abc\nstate = 'open\n",
        r#"
a.toml:2:20 MF002* error a string has no closing quote (the string is not closed) | Close the string with the quote that opened it.
a.toml:3:14 MF002* error a string has no closing quote (the string is not closed) | Close the string with the quote that opened it.
"#,
    );
    check(
        "[shop.a]\ndisplay_name = \"\"\"abc\n\nstate = 1\n",
        r#"
a.toml:2:16 MF002* error a string has no closing quote (the string is not closed) | Close the string with the quote that opened it.
"#,
    );
}

#[test]
fn a_key_needs_an_equals_sign_and_a_value() {
    check(
        "[shop.a]\ndisplay_name\nstate =\nopened = 1 # 札\n",
        r#"
a.toml:2:13 MF003* error a key has no value (expected `=` and a value) | Write `key = value`, on one line.
a.toml:3:8 MF003* error a key has no value (expected `=` and a value) | Write `key = value`, on one line.
"#,
    );
}

#[test]
fn a_doubled_key_shows_both_places() {
    check(
        "[shop.a]\ndisplay_name = \"a\"\n\"display_name\" = \"b\"\nphone = { number = \"1\", extension = 1, number = \"2\" }\n",
        r#"
a.toml:3:1 MF004* error `display_name` is written twice in one table (the second one) [also a.toml:2:1 the first one] | Remove one of the two.
a.toml:4:40 MF004* error `number` is written twice in one table (the second one) [also a.toml:4:11 the first one] | Remove one of the two.
"#,
    );
}

#[test]
fn a_table_defined_twice_shows_both_places() {
    check(
        "[shop.a]\ndisplay_name = \"a\"\nphone.number = \"1\"\nphone.extension = 1\n[shop.a.phone]\n",
        r#"
a.toml:5:9 MF005* error `[shop.a.phone]` is defined twice (the second one) [also a.toml:3:1 the first one] | Merge the two, or give one of them another name.
"#,
    );
    check(
        "[shop.a]\ndisplay_name = \"a\"\n[hours.b]\nzone = \"z\"\n[shop.a]\nstate = \"open\"\n",
        r#"
a.toml:5:7 MF005* error `[shop.a]` is defined twice (the second one) [also a.toml:1:7 the first one] | Merge the two, or give one of them another name.
"#,
    );
    check(
        "[shop.a]\ndisplay_name = \"a\"\ndisplay_name.x = \"b\"\n",
        r#"
a.toml:3:1 MF005* error `display_name` is defined twice (the second one) [also a.toml:2:1 the first one] | Merge the two, or give one of them another name.
"#,
    );
    check(
        "[[use]]\naddress = \"hours.x\"\nworkspace = \"w\"\n[use]\n",
        r#"
a.toml:4:1 MF024 error `use` is a list (not a list) | Write `[[use]]`.
a.toml:4:2 MF005* error `[use]` is defined twice (the second one) [also a.toml:1:3 the first one] | Merge the two, or give one of them another name.
"#,
    );
}

#[test]
fn an_escape_must_be_one_of_tomls() {
    check(
        "[shop.a]\ndisplay_name = \"C:\\q\"\nstate = \"\\u12\"\n",
        r#"
a.toml:2:20 MF006* error an escape sequence that TOML does not have (a backslash begins an escape) | Write a backslash twice, or put the text in single quotes.
a.toml:3:14 MF006* error an escape sequence that TOML does not have (a backslash begins an escape) | Write a backslash twice, or put the text in single quotes.
"#,
    );
}

#[test]
fn control_characters_are_errors() {
    check(
        "[shop.a]\ndisplay_name = \"a\u{1}b\"\nstate = 'a\0b'\n# \u{7}\n",
        r#"
a.toml:2:18 MF007* error a control character stands in the text (an invisible character) | Remove it, or write it in double quotes as an escape such as `\u001B`.
a.toml:3:11 MF007* error a control character stands in the text (an invisible character) | Remove it, or write it in double quotes as an escape such as `\u001B`.
a.toml:4:3 MF007* error a control character stands in the text (an invisible character) | Remove it, or write it in double quotes as an escape such as `\u001B`.
"#,
    );
}

#[test]
fn a_merge_conflict_is_one_error() {
    check(
        "[shop.a]\n<<<<<<< HEAD\ndisplay_name = \"a\"\n=======\ndisplay_name = \"b\"\n>>>>>>> topic\nstate = open\n",
        r#"
a.toml:2:1 MF008* error an unresolved merge conflict (the conflict begins here) [also a.toml:6:1 and ends here] | Resolve the conflict and remove its markers.
a.toml:7:9 MF010* error a value without quotes (no string, number, boolean, date, list or table) | Put text in quotes, and write booleans as `true` or `false`.
"#,
    );
    check(
        "[shop.a]\r\n<<<<<<< HEAD\r\ndisplay_name = \"a\"\r\n",
        r#"
a.toml:2:1 MF008* error an unresolved merge conflict (the conflict begins here) | Resolve the conflict and remove its markers.
"#,
    );
}

#[test]
fn a_conflict_marker_in_a_string_is_text() {
    check("[shop.a]\ndisplay_name = '''\n<<<<<<< HEAD\n>>>>>>> x\n'''\n", "");
}

#[test]
fn bare_carriage_returns_are_one_error() {
    check(
        "[shop.a]\rdisplay_name = \"a\"\rstate = \"open\"\r",
        r#"
a.toml:1:9 MF009* error a line ends with a bare carriage return (no line feed follows, here and at 2 more places) | Save the file with LF or CRLF line ends.
"#,
    );
    check(
        "[shop.a] # a \r b\ndisplay_name = \"a\"\n",
        r#"
a.toml:1:14 MF009* error a line ends with a bare carriage return (no line feed follows) | Save the file with LF or CRLF line ends.
"#,
    );
}

#[test]
fn a_carriage_return_within_a_text_is_found_where_it_stands() {
    check(
        "[shop.a]\r\ndisplay_name = \"\"\"\r\na\rb\"\"\"\r\n",
        r#"
a.toml:3:2 MF009* error a line ends with a bare carriage return (no line feed follows) | Save the file with LF or CRLF line ends.
"#,
    );
}

#[test]
fn beside_carriage_returns_the_rest_of_the_syntax_is_judged() {
    check(
        "[shop.a]\rdisplay_name = \"a\rstate = open\rstate = \"open\"\r",
        r#"
a.toml:1:9 MF009* error a line ends with a bare carriage return (no line feed follows, here and at 3 more places) | Save the file with LF or CRLF line ends.
a.toml:1:27 MF002* error a string has no closing quote (the string is not closed) | Close the string with the quote that opened it.
a.toml:1:36 MF010* error a value without quotes (no string, number, boolean, date, list or table) | Put text in quotes, and write booleans as `true` or `false`.
a.toml:1:41 MF004* error a key is written twice in one table (the second one) [also a.toml:1:28 the first one] | Remove one of the two.
"#,
    );
    check(
        "[shop.a]\rdisplay_name = \"a\"\nstate = open\n",
        r#"
a.toml:1:9 MF009* error a line ends with a bare carriage return (no line feed follows) | Save the file with LF or CRLF line ends.
a.toml:2:9 MF010* error a value without quotes (no string, number, boolean, date, list or table) | Put text in quotes, and write booleans as `true` or `false`.
"#,
    );
}

#[test]
fn what_a_file_with_carriage_returns_declares_is_known() {
    super::check_files(
        &[
            ("a.toml", "[hours.h]\rzone = \"z\"\r[shop.d]\r"),
            ("b.toml", "[shop.c]\ndisplay_name = \"c\"\nhours = \"h\"\npartners = [\"d\"]\n"),
        ],
        r#"
a.toml:1:10 MF009* error a line ends with a bare carriage return (no line feed follows, here and at 2 more places) | Save the file with LF or CRLF line ends.
"#,
    );
}

#[test]
fn many_doubled_keys_each_show_their_first_place() {
    check(
        "[shop.a]\nstate = 'open'\ndisplay_name = 'a'\nstate = 'open'\nphone = { number = '1', extension = 1, number = '2' }\n\
         display_name = 'b'\nstate = 'open'\n[hours.h]\nzone = 'z'\n[hours.h]\n",
        r#"
a.toml:4:1 MF004* error `state` is written twice in one table (the second one) [also a.toml:2:1 the first one] | Remove one of the two.
a.toml:5:40 MF004* error `number` is written twice in one table (the second one) [also a.toml:5:11 the first one] | Remove one of the two.
a.toml:6:1 MF004* error `display_name` is written twice in one table (the second one) [also a.toml:3:1 the first one] | Remove one of the two.
a.toml:7:1 MF004* error `state` is written twice in one table (the second one) [also a.toml:2:1 the first one] | Remove one of the two.
a.toml:10:8 MF005* error `[hours.h]` is defined twice (the second one) [also a.toml:8:8 the first one] | Merge the two, or give one of them another name.
"#,
    );
}

#[test]
fn text_needs_quotes() {
    check(
        "[shop.a]\ndisplay_name = acme\ndefault = True\nopened = ”x”\n",
        r#"
a.toml:2:16 MF010* error a value without quotes (no string, number, boolean, date, list or table) | Put text in quotes, and write booleans as `true` or `false`.
a.toml:3:11 MF010* error a value without quotes (no string, number, boolean, date, list or table) | Put text in quotes, and write booleans as `true` or `false`.
a.toml:4:10 MF042* error `”` where `"` is due (this is U+201D) | Write `"` in place of `”` at column 10.
"#,
    );
}

#[test]
fn brackets_must_be_closed() {
    check(
        "[shop.a\ndisplay_name = \"a\"\n",
        r#"
a.toml:1:8 MF011* error a bracket is not closed (the closing bracket is missing before this) | Close the list, table or header that is open here.
"#,
    );
    check(
        "[shop.a]\npartners = [\"a\"\n",
        r#"
a.toml:2:16 MF011* error a bracket is not closed (the closing bracket is missing before this) | Close the list, table or header that is open here.
"#,
    );
    check(
        "[shop.a]\nphone = { number = \"a\"\n",
        r#"
a.toml:2:23 MF011* error a bracket is not closed (the closing bracket is missing before this) | Close the list, table or header that is open here.
"#,
    );
}

#[test]
fn commas_stand_between_items() {
    check(
        "[shop.a]\npartners = [\"a\" \"b\"]\nx = [1,,2]\ny = 1 2\n",
        r#"
a.toml:2:17 MF001* error a comma or a closing bracket is missing (expected `,` or the end before this) | Separate the items with commas and close the bracket.
a.toml:3:8 MF001* error a comma too many (nothing stands before this comma) | Remove the comma.
a.toml:4:5 MF010* error a value without quotes (no string, number, boolean, date, list or table) | Put text in quotes, and write booleans as `true` or `false`.
"#,
    );
}

#[test]
fn nesting_has_a_limit() {
    check(
        &format!("[shop.a]\nx = {}\n", "[".repeat(20_000)),
        r#"
a.toml:2:85 MF012* error tables or lists are nested too deeply (80 levels are the most) | Nest less deeply.
"#,
    );
    check(
        &format!("[shop.a]\nx{} = 1\n", ".a".repeat(200)),
        r#"
a.toml:2:1 MF012* error tables or lists are nested too deeply (80 levels are the most) | Nest less deeply.
"#,
    );
}

#[test]
fn a_bare_key_is_ascii() {
    check(
        "[shop.a]\n名前 = \"a\"\n= 1\n\"\"\"k\"\"\" = 1\n",
        r#"
a.toml:2:1 MF013* error a key that is empty or needs quotes (a plain key has ASCII letters, digits, `_` and `-` only) | Put a key with other characters in quotes.
a.toml:3:1 MF013* error a key that is empty or needs quotes (a plain key has ASCII letters, digits, `_` and `-` only) | Put a key with other characters in quotes.
a.toml:4:1 MF013* error a key that is empty or needs quotes (a plain key has ASCII letters, digits, `_` and `-` only) | Put a key with other characters in quotes.
"#,
    );
}

#[test]
fn numbers_and_dates_must_be_well_formed() {
    check(
        "[shop.a]\na = 2026-02-30\nb = 24:60:00\nc = 01\nd = 1.\ne = +-1\nf = 1__0\n",
        r#"
a.toml:2:5 MF014* error a number, date or time that is not well formed (no such number, date or time) | Write a whole number, or a date as `YYYY-MM-DD`; put anything else in quotes.
a.toml:3:5 MF014* error a number, date or time that is not well formed (no such number, date or time) | Write a whole number, or a date as `YYYY-MM-DD`; put anything else in quotes.
a.toml:4:5 MF014* error a number, date or time that is not well formed (no such number, date or time) | Write a whole number, or a date as `YYYY-MM-DD`; put anything else in quotes.
a.toml:5:7 MF014* error a number, date or time that is not well formed (no such number, date or time) | Write a whole number, or a date as `YYYY-MM-DD`; put anything else in quotes.
a.toml:6:6 MF014* error a number, date or time that is not well formed (no such number, date or time) | Write a whole number, or a date as `YYYY-MM-DD`; put anything else in quotes.
a.toml:7:6 MF014* error a number, date or time that is not well formed (no such number, date or time) | Write a whole number, or a date as `YYYY-MM-DD`; put anything else in quotes.
"#,
    );
}

#[test]
fn what_is_nothing_else_is_just_not_toml() {
    check(
        "[shop.a]]\nstate = = 1\n",
        r#"
a.toml:1:9 MF001* error something follows on a line that is complete (expected the end of the line) | Put each key on a line of its own, and check the quotes before this.
a.toml:2:9 MF001* error not valid TOML here (this cannot stand here)
"#,
    );
}

#[test]
fn a_broken_file_hides_no_error_of_another_and_misses_nothing_that_it_declares() {
    super::check_files(
        &[
            ("b.toml", "[shop.b]\ndisplay_name = 1\nhours = \"h\"\n"),
            ("c.toml", "[shop.c]\ndisplay_name = \"c\"\nhours = \"h\"\npartners = [\"d\", \"e\"]\n"),
            ("a.toml", "broken\n[hours.h]\nzone = 1\n  [ shop . d ]\n"),
        ],
        r#"
a.toml:1:7 MF003* error a key has no value (expected `=` and a value) | Write `key = value`, on one line.
b.toml:2:16 MF032 error shop.b: `display_name` must be a string (this is a number)
c.toml:4:18 MF060 error shop.c: `partners[1]` names `shop.e`, which is not declared (no such shop) | Declare `[shop.e]`, or name its owner with `[[use]]`.
"#,
    );
}

#[test]
fn many_slips_are_cut_short() {
    let text: String = (0..100).map(|n| format!("k{n} = x\n")).collect();
    let registry = super::registry();
    let (outcome, _) = super::read(&registry, super::PROJECT, &[("a.toml", &text)]);
    assert_eq!(outcome.diagnostics.len(), 20);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    check(
        "\u{feff}[shop.a]\r\ndisplay_name = \"a\"\r\n\r\nstate = \"札\"\r\n",
        r#"
a.toml:4:9 MF033 error shop.a: `state` is none of the allowed words (expected `open` or `closed`)
"#,
    );
    check("\u{feff}[shop.a]\r\ndisplay_name = \"\"\"\r\na\"\"\"\n", "");
    check(
        "\u{feff}state = 1\n",
        r#"
a.toml:1:1 MF025 error the key `state` belongs to no resource (stands above the first header) | Put it below the header of its resource, such as `[brand.NAME]`.
"#,
    );
}

#[test]
fn a_file_that_declares_nothing_is_an_error() {
    check(
        "",
        r#"
a.toml:1:1 MF015 error the file is empty (declares nothing) | Delete the file if its resources are to go, or bring its content back.
"#,
    );
    check(
        "\u{feff}",
        r#"
a.toml:1:1 MF015 error the file is empty (declares nothing) | Delete the file if its resources are to go, or bring its content back.
"#,
    );
    check(
        "# only\n\n   # comments\n",
        r#"
a.toml:1:1 MF015 error the file is empty (declares nothing) | Delete the file if its resources are to go, or bring its content back.
"#,
    );
}
