use super::check;

#[test]
fn an_unknown_key_suggests_the_nearest_free_one() {
    check(
        "[shop.a]\ndisplay_name = \"a\"\nsubdomian = \"x\"\ndisplay_nam = \"b\"\nlifecylce = 1\nphone = { numbr = \"1\", number = \"1\" }\n",
        r#"
a.toml:3:1 MF030 error shop.a: unknown key `subdomian` (not a key of this table) | Write `subdomain`.
a.toml:4:1 MF030 error shop.a: unknown key `display_nam` (not a key of this table) | Remove it: `display_name` is set already.
a.toml:5:1 MF030 error shop.a: unknown key `lifecylce` (not a key of this table) | Write `lifecycle`.
a.toml:6:11 MF030 error shop.a: unknown key `numbr` (not a key of `phone`) | Remove it: `number` is set already.
"#,
    );
    check(
        "[hours.a]\nzone = 'z'\nweekly = 1\n",
        r#"
a.toml:3:1 MF030 error hours.a: unknown key `weekly` (not a key of this table)
"#,
    );
}

#[test]
fn a_missing_key_is_placed_at_the_header() {
    check(
        "[shop.a.phone]\nextension = 1\n",
        r#"
a.toml:1:1 MF031 error shop.a: `phone.number` is missing (no `number` in this table) | Add `number`: the number in front of the shop.
a.toml:1:7 MF031 error shop.a: `display_name` is missing (no `display_name` in this table) | Add `display_name`: the name that customers see.
"#,
    );
    check(
        "[hours.a]\n[hours]\nb = {}\nc.lifecycle.protected = true\n",
        r#"
a.toml:1:1 MF031 error hours.a: `zone` is missing (no `zone` in this table) | Add `zone`.
a.toml:3:1 MF031 error hours.b: `zone` is missing (no `zone` in this table) | Add `zone`.
a.toml:4:1 MF031 error hours.c: `zone` is missing (no `zone` in this table) | Add `zone`.
"#,
    );
}

#[test]
fn a_wrong_type_says_which_is_right() {
    check(
        "[shop.a]\ndisplay_name = 1\ndefault = \"yes\"\npartners = \"b\"\nphone = [1]\nranges = { x = [], \"本社\" = true }\nstate = 3\n",
        r#"
a.toml:2:16 MF032 error shop.a: `display_name` must be a string (this is a number)
a.toml:3:11 MF032 error shop.a: `default` must be a boolean (this is a string)
a.toml:4:12 MF032 error shop.a: `partners` must be a list (this is a string)
a.toml:5:9 MF032 error shop.a: `phone` must be a table (this is a list)
a.toml:6:16 MF032 error shop.a: `ranges.x` must be a string (this is a list)
a.toml:6:27 MF032 error shop.a: `ranges."本社"` must be a string (this is a boolean)
a.toml:7:9 MF032 error shop.a: `state` must be a string (this is a number)
"#,
    );
    check(
        "[odd.a]\nrank = \"1\"\nswitch = 1\nclosed_or_list = 1\nchoice = 2\nmaybe = 3\n",
        r#"
a.toml:2:8 MF032 error odd.a: `rank` must be a whole number (this is a string)
a.toml:3:10 MF032 error odd.a: `switch` must be a boolean (this is a number)
a.toml:4:18 MF032 error odd.a: `closed_or_list` must be a string or a list (this is a number)
a.toml:5:10 MF032 error odd.a: `choice` must be a string (this is a number)
a.toml:6:9 MF032 error odd.a: `maybe` must be a table (this is a number)
"#,
    );
}

#[test]
fn words_are_listed_and_near_misses_suggested() {
    check(
        "[odd.a]\nword = \"enabeld\"\nchoice = \"nobody\"\nclosed_or_list = \"clsed\"\n[shop.a]\ndisplay_name = 'a'\nstate = \"opn\"\n",
        r#"
a.toml:2:8 MF033 error odd.a: `word` is none of the allowed words (expected `enabled` or `disabled`) | Write `enabled`.
a.toml:3:10 MF033 error odd.a: `choice` is none of the allowed words (expected `staff` or `guests`)
a.toml:4:18 MF033 error odd.a: `closed_or_list` is none of the allowed words (expected `closed`) | Write `closed`.
a.toml:7:9 MF033 error shop.a: `state` is none of the allowed words (expected `open` or `closed`) | Write `open`.
"#,
    );
}

#[test]
fn a_form_is_described() {
    check(
        "[odd.a]\ncode = \"abc\"\ndescribed = \"y\"\nplain = \"y\"\nname = \"Aé\"\n",
        r#"
a.toml:2:8 MF034 error odd.a: `code` does not have the expected form (expected two capital letters)
a.toml:3:13 MF034 error odd.a: `described` does not have the expected form (not of the expected form) | Write what the field holds: a text that begins with x.
a.toml:4:9 MF034 error odd.a: `plain` does not have the expected form (not of the expected form) | Write a text that fits the pattern `^x`.
a.toml:5:8 MF034 error odd.a: `name` does not have the expected form (not a name) | Write a legal name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
"#,
    );
}

#[test]
fn lengths_and_ranges_are_said() {
    check(
        "[odd.a]\nshort = \"a\"\nfew = []\nrank = 0\neven = 0\n[odd.b]\nshort = \"abcd\"\nfew = [\"a\", \"a\", \"b\"]\nrank = 10\neven = 11\n[odd.c]\neven = 3\ndays = {}\n[odd.d.days]\nmon = []\ntue = []\n",
        r#"
a.toml:2:9 MF035 error odd.a: `short` is too short (at least 2 characters)
a.toml:3:7 MF035 error odd.a: `few` has too few items (at least 1 item)
a.toml:4:8 MF036 error odd.a: `rank` is too small (at least 1)
a.toml:5:8 MF036 error odd.a: `even` is too small (more than 0)
a.toml:7:9 MF035 error odd.b: `short` is too long (at most 3 characters)
a.toml:8:7 MF035 error odd.b: `few` has too many items (at most 2 items)
a.toml:8:7 MF037 error odd.b: `few` has an item twice (each item once)
a.toml:9:8 MF036 error odd.b: `rank` is too large (at most 9)
a.toml:10:8 MF036 error odd.b: `even` does not fit (a multiple of 2)
a.toml:10:8 MF036 error odd.b: `even` is too large (less than 10)
a.toml:12:8 MF036 error odd.c: `even` does not fit (a multiple of 2)
a.toml:13:8 MF035 error odd.c: `days` has too few keys (at least 1 key)
a.toml:14:1 MF035 error odd.d: `days` has too many keys (at most 1 key)
"#,
    );
}

#[test]
fn keys_have_forms_too() {
    check(
        "[odd.a]\ndays = { mon = [], wed = [] }\nlower = { A = 1 }\nnever = 1\n",
        r#"
a.toml:2:8 MF035 error odd.a: `days` has too many keys (at most 1 key)
a.toml:2:20 MF030 error odd.a: unknown key `wed` (not a key of `days`) | Write `mon` or `tue`.
a.toml:3:11 MF034 error odd.a: `A` cannot be a key here (not of the expected form) | Write lower case.
a.toml:4:9 MF037 error odd.a: `never` is not allowed as it is (does not fit the schema)
"#,
    );
}

#[test]
fn exactly_one_variant_is_given() {
    check(
        "[odd.a]\nvariant = {}\n[odd.b.variant.google]\n[odd.b.variant.gmail]\n[odd.c.variant.googel]\n",
        r#"
a.toml:2:1 MF037 error odd.a: `variant` needs one of several keys (expected `google` or `gmail`) | Add `google` or `gmail`.
a.toml:3:8 MF037 error odd.b: `variant` holds keys that exclude each other (only one of `google` or `gmail`)
a.toml:5:8 MF037 error odd.c: `variant` needs one of several keys (expected `google` or `gmail`) | Add `google` or `gmail`.
a.toml:5:16 MF030 error odd.c: unknown key `googel` (not a key of `variant`) | Write `google`.
"#,
    );
    check(
        "[odd.a]\nmaybe = {}\n",
        r#"
a.toml:2:1 MF031 error odd.a: `maybe.key` is missing (no `key` in this table) | Add `key`.
"#,
    );
}

#[test]
fn a_secret_must_be_a_reference() {
    check(
        "[shop.a]\ndisplay_name = \"a\"\npassword = \"hunter2\"\n[shop.b]\ndisplay_name = 'b'\npassword = { env = \"A\", file = \"b\" }\n[shop.c]\ndisplay_name = 'c'\npassword = {}\n[shop.d]\ndisplay_name = 'd'\npassword = { env = \"A\" }\n",
        r#"
a.toml:3:12 MF039* error shop.a: the secret `password` must be a reference (written out here) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
a.toml:6:12 MF039* error shop.b: the secret `password` must name one place (exactly one of `env`, `file` and `vault`) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
a.toml:9:12 MF039* error shop.c: the secret `password` must name one place (exactly one of `env`, `file` and `vault`) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
"#,
    );
    check(
        "[odd.a]\nsecret = 1\nmaybe_secret = true\npeople = { x = { token = \"t\", age = \"1\" } }\n[odd.b]\nsecret = { env = \"A\", vault = \"b\" }\nmaybe_secret = {}\n[odd.b.people]\ny.token = { evn = \"A\" }\nz = 1\n",
        r#"
a.toml:2:10 MF039* error odd.a: the secret `secret` must be a reference (written out here) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
a.toml:3:16 MF039* error odd.a: the secret `maybe_secret` must be a reference (written out here) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
a.toml:4:26 MF039* error odd.a: the secret `people.x.token` must be a reference (written out here) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
a.toml:4:37 MF032 error odd.a: `people.x.age` must be a whole number (this is a string)
a.toml:6:10 MF039* error odd.b: the secret `secret` must name one place (exactly one of `env`, `file` and `vault`) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
a.toml:7:16 MF039* error odd.b: the secret `maybe_secret` must name one place (exactly one of `env`, `file` and `vault`) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
a.toml:9:11 MF039* error odd.b: the secret `people.y.token` must name one place (exactly one of `env`, `file` and `vault`) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
a.toml:9:13 MF030 error odd.b: unknown key `evn` (not a key of `people.y.token`) | Write `env`.
a.toml:10:5 MF032* error odd.b: `people.z` must be a table (this is a number)
"#,
    );
    check(
        "[odd.a]\nsecret = { env = 5 }\nmaybe_secret = { env = \"A\", version = \"2\" }\n",
        r#"
a.toml:2:18 MF032* error odd.a: `secret.env` must be a string (this is a number)
a.toml:3:39 MF032* error odd.a: `maybe_secret.version` must be a whole number (this is a string)
"#,
    );
}

#[test]
fn a_secret_in_the_place_of_a_key_is_not_named() {
    check(
        "[odd.a]\nsecret = { env = \"A\", hunter2 = 1 }\n",
        r#"
a.toml:2:1 MF030 error odd.a: unknown key in the secret `secret` (one of its keys)
"#,
    );
}

#[test]
fn values_that_documents_do_not_have_are_errors_and_leave_the_rest_judged() {
    check(
        "[shop.a]\ndisplay_name = 1.5\nopened = 2026-01-01T00:00:00Z\nranges = { a = 07:30:00, b = 99999999999999999999, c = \"\\u0000\" }\npartners = [\"a\", nan]\nstatee = 1\n",
        r#"
a.toml:2:16 MF016* error shop.a: `display_name` is a number that is not whole (a fraction, an exponent, `inf` or `nan`) | Write a whole number, or text in quotes.
a.toml:3:10 MF018* error shop.a: `opened` is a time or a date with a time (only dates can stand without quotes) | Write a date as `YYYY-MM-DD`, and a time of day in quotes.
a.toml:4:16 MF018* error shop.a: `ranges.a` is a time or a date with a time (only dates can stand without quotes) | Write a date as `YYYY-MM-DD`, and a time of day in quotes.
a.toml:4:30 MF017* error shop.a: `ranges.b` does not fit 64 bits (too large a number) | Write a number between -9223372036854775808 and 9223372036854775807.
a.toml:4:56 MF019* error shop.a: `ranges.c` holds the character U+0000 (no database can store it) | Remove the `\u0000` from the text.
a.toml:5:18 MF016* error shop.a: `partners[1]` is a number that is not whole (a fraction, an exponent, `inf` or `nan`) | Write a whole number, or text in quotes.
a.toml:6:1 MF030 error shop.a: unknown key `statee` (not a key of this table) | Write `state`.
"#,
    );
    check(
        "[odd.a]\nrank = -inf\neven = 2026-01-01 00:00:00\n\"a\\u0000b\" = 1\n[odd.b]\nlifecycle = { protected = 1.0 }\n",
        r#"
a.toml:2:8 MF016* error odd.a: `rank` is a number that is not whole (a fraction, an exponent, `inf` or `nan`) | Write a whole number, or text in quotes.
a.toml:3:8 MF018* error odd.a: `even` is a time or a date with a time (only dates can stand without quotes) | Write a date as `YYYY-MM-DD`, and a time of day in quotes.
a.toml:4:1 MF019* error odd.a: `"ab"` holds the character U+0000 (no database can store it) | Remove the `\u0000` from the text.
a.toml:6:27 MF016* error odd.b: `lifecycle.protected` is a number that is not whole (a fraction, an exponent, `inf` or `nan`) | Write a whole number, or text in quotes.
"#,
    );
}

#[test]
fn a_local_date_is_a_string() {
    check("[shop.a]\ndisplay_name = 'a'\nopened = 2026-01-01\n", "");
}

#[test]
fn a_kind_that_refuses_what_its_schema_accepts_gives_one_error() {
    check(
        "[odd.a]\n",
        r#"
a.toml:1:1 MF038 error odd.a: the resource does not fit its kind, and its schema does not say why (somewhere in this resource) | Report this as a bug of deskform, with the names of the fields that the resource sets.
"#,
    );
}

#[test]
fn problems_of_kinds_stand_at_their_fields() {
    check(
        "[shop.a]\ndisplay_name = 'a'\nsubdomain = \"www\"\n[shop.a.phone]\nnumber = '1'\n[shop.b]\ndisplay_name = 'b'\nphone = { number = '1' }\n",
        r#"
a.toml:3:13 SH001 error shop.a: the subdomain is taken (reserved) | Use another.
a.toml:4:1 SH002 warning shop.a: no extension (nobody can be put through)
a.toml:8:1 SH002 warning shop.b: no extension (nobody can be put through)
"#,
    );
    check(
        "[shop.a]\ndisplay_name = 'a'\nopened = 2020-01-01\nranges = { \"か\u{3099}\" = \"x\" }\n[shop.b]\ndisplay_name = 'b'\nopened = 2020-01-01\n",
        r#"
a.toml:4:19 SH003 error shop.a: no shop opens on a holiday (checked against the date)
a.toml:5:1 SH003 error shop.b: no shop opens on a holiday (checked against the date)
"#,
    );
}
