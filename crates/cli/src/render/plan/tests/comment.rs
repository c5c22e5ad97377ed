//! Plans as comments: what they look like, what no value can do in them, and what is left out of large ones.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;

fn written(body: PlanBody, provenance: Provenance) -> (Plan, String) {
    let plan = Plan::seal(body, provenance);
    let report = PlanReport {
        registry: &Registry::new(),
        plan: &plan,
        environment: Some("staging"),
        full: false,
        findings: vec![],
    };
    let text = report.markdown().text().to_owned();
    (plan, text)
}

fn refusal(deletes: u64) -> Refusal {
    Refusal {
        code: "PL001".to_owned(),
        addresses: vec![],
        args: BTreeMap::from([("deletes".to_owned(), json!(deletes)), ("allowed".to_owned(), json!(1))]),
        lifted_by_deletes: Some(deletes),
    }
}

/// How many of something a comment shows.
fn lines_with(text: &str, start: &str) -> usize {
    text.lines().filter(|line| line.starts_with(start)).count()
}

/// What a reader of Markdown makes of a text: the HTML in it, and whether there is anything that acts.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut html, mut acting, mut block) = (Vec::new(), Vec::new(), None::<String>);
    for event in Parser::new_ext(text, Options::ENABLE_GFM | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some(String::new()),
            Event::Html(part) => block.get_or_insert_default().push_str(&part),
            Event::End(TagEnd::HtmlBlock) => html.extend(block.take()),
            Event::Start(Tag::Paragraph | Tag::CodeBlock(_) | Tag::Strong)
            | Event::End(_)
            | Event::Code(_)
            | Event::Text(_)
            | Event::SoftBreak => {}
            other => acting.push(format!("{other:?}")),
        }
    }
    (html, acting)
}

#[test]
fn the_summary_comes_first_losses_are_open_and_the_id_comes_last() {
    let mut update = change("brand.acme", Action::Update, vec![edit("name", Some(json!("A")), Some(json!("B")))]);
    update.edits.push(edit("voicemail", None, Some(json!({}))));
    let mut replaced = change("brand.r", Action::Replace, vec![edit("a", Some(json!(1)), None)]);
    replaced.after = None;
    let mut provenance = provenance();
    provenance.titles.insert(address("brand.acme"), "Acme サポート".to_owned());
    provenance.sources.insert(address("brand.acme"), SourcePlace { file: "brands/acme.toml".to_owned(), line: 12 });
    provenance.unmanaged = vec![Unmanaged { address: address("brand.x") }];
    let mut body =
        body(vec![step(vec![update]), step(vec![replaced]), step(vec![change("brand.ginza", Action::Delete, vec![])])]);
    body.refusals = vec![refusal(2)];
    let (plan, text) = written(body, provenance);
    assert_eq!(
        text.replace(&plan.id.to_string(), "ID"),
        "\
**Plan for acme-support on `production`: 1 to delete, 1 to replace, 1 to update, 7 unchanged. Refused: 1 reason.**

<details open>
<summary><b>1 refused</b></summary>

```diff
- refused[PL001]: 2 deletes, and `max_deletes` allows 1
  = help: Delete in smaller parts, or pass `--allow-deletes 2` to apply if all of it is meant.
```

</details>

<details open>
<summary><b>1 to delete, 1 to replace</b></summary>

```diff
! replace brand.r
- a = 1
- delete  brand.ginza                 (no longer declared)
```

</details>

<details>
<summary><code>~ update brand.acme</code> <code>Acme サポート</code></summary>

```diff
# brands/acme.toml:12
- name = \"A\"
+ name = \"B\"
+ voicemail = {}
```

</details>

<details>
<summary>1 resource owned by nobody, left alone</summary>

```diff
  brand.x
```

</details>

Plan id `ID`.

If all that is deleted is meant to be:

```console
deskform apply --env staging --expect ID --allow-deletes 2
```
"
    );
}

#[test]
fn no_value_acts_in_a_comment() {
    const HOSTILE: [&str; 10] = [
        "```\n</details>\n\n@acme/admins",
        "``````````",
        "</summary></details><script>alert(1)</script>",
        "<!-- deskform plan --> -->",
        "@acme/admins #1 https://evil.example a@evil.example",
        "a | b\n|---|---|\n| c | d |",
        "\u{202e}gnp.exe\u{2066}\u{200b}",
        "\n\n# heading\n\n/close\n",
        "[x](javascript:alert(1)) ![x](http://evil.example/x.png) **b** ~~s~~",
        "&lt;b&gt; &#64;acme",
    ];
    for value in HOSTILE {
        let hostile = || Some(json!(value));
        let table = || Some(json!({ value: [value, { value: value }] }));
        let mut update =
            change("brand.a", Action::Update, vec![edit("a", hostile(), table()), edit("b", table(), None)]);
        let mut conflict = edit("c", hostile(), table());
        conflict.cause = Cause::Conflict;
        conflict.path = FieldPath::keys([value]);
        update.edits.push(conflict);
        let mut create = change("brand.c", Action::Create, vec![]);
        let document = CanonicalJson::try_from(&json!({ value: value, "b": { value: "x".repeat(60) } })).ok();
        create.after = Some(After { format: 1, digest: Digest::from_bytes([0; 32]), document });
        let mut provenance = provenance();
        for name in ["brand.a", "brand.c", "brand.d"] {
            provenance.titles.insert(address(name), value.to_owned());
            let place = SourcePlace { file: format!("{value}.toml"), line: 1 };
            provenance.sources.insert(address(name), place);
        }
        provenance.git_commit = Some(value.to_owned());
        let delete = change("brand.d", Action::Delete, vec![]);
        let mut body = body(vec![step(vec![update]), step(vec![create]), step(vec![delete])]);
        body.label = Some(value.to_owned());
        let (_, text) = written(body, provenance);

        let (html, acting) = read(&text);
        assert_eq!(acting, Vec::<String>::new(), "{value:?}:\n{text}");
        assert_eq!((html.len(), lines_with(&text, "<details"), lines_with(&text, "</details>")), (6, 3, 3), "{text}");
        for block in &html {
            let inner = block.replace("<code>", "").replace("</code>", "").replace("<b>", "").replace("</b>", "");
            let inner = inner.trim_start_matches("<details>\n").trim_start_matches("<details open>\n");
            let inner = inner.replacen("<summary>", "", 1).replacen("</summary>", "", 1).replacen("</details>", "", 1);
            assert!(!inner.contains(['<', '>']), "{value:?}: {block}");
        }
        assert!(!text.contains(['\u{202e}', '\u{2066}', '\u{200b}']), "{value:?}");
        assert!(!text.lines().any(|line| line.starts_with('/')), "{value:?}: a quick action of GitLab");
    }
}

/// So many changes of each kind of action, with long Japanese values.
fn large(deletes: usize, updates: usize) -> (Plan, String) {
    let mut steps = Vec::new();
    let mut provenance = provenance();
    for number in 0..deletes + updates {
        let name = format!("brand.shop_{number:05}");
        provenance.titles.insert(address(&name), format!("{number} 号店 {}", "札幌".repeat(20)));
        steps.push(step(vec![if number < deletes {
            change(&name, Action::Delete, vec![])
        } else {
            let edit = |path: &str| edit(path, Some(json!("東京".repeat(50))), Some(json!("大阪".repeat(50))));
            change(&name, Action::Update, (0..12).map(|field| edit(&format!("field_{field}"))).collect())
        }]));
    }
    let mut body = body(steps);
    body.refusals = vec![refusal(u64::try_from(deletes).expect("a count"))];
    written(body, provenance)
}

fn check_bounds(text: &str) {
    assert!(text.encode_utf16().count() < 65_536, "{} characters", text.chars().count());
    assert_eq!(lines_with(text, "<details"), lines_with(text, "</details>"), "every part has its end");
    assert_eq!(lines_with(text, "```") % 2, 0, "every fence has its end");
    let (_, acting) = read(text);
    assert_eq!(acting, Vec::<String>::new());
}

#[test]
fn a_small_plan_is_whole() {
    let (_, text) = large(3, 4);
    check_bounds(&text);
    assert!(!text.contains("Shortened"));
}

#[test]
fn lines_of_changes_go_first_then_changes_then_losses_from_the_end() {
    for (deletes, updates, listed, said) in [
        (10, 40, (10, 40), "Left out: what a change has beyond 8 lines. "),
        (10, 200, (10, 200), "Left out: what a change has beyond 8 lines; what changes where nothing is taken away. "),
        (100, 5_000, (100, 0), "; the names of changes that take nothing away. "),
        (5_000, 0, (400, 0), "; deletes and refusals beyond the first 400. "),
    ] {
        let (plan, text) = large(deletes, updates);
        check_bounds(&text);
        let updates_shown = lines_with(&text, "~ update") + lines_with(&text, "<summary><code>~ update");
        assert_eq!((lines_with(&text, "- delete"), updates_shown), listed, "{deletes} and {updates}");
        assert!(text.contains("Shortened to fit a comment.") && text.contains(said), "{deletes} and {updates}: {said}");
        assert!(text.contains("- refused[PL001]"), "refusals stay");
        assert!(text.contains(&format!("deskform apply --env staging --expect {}", plan.id)), "the command stays");
    }
}

#[test]
fn thousands_of_refusals_fit_too() {
    let mut body = body(vec![]);
    body.refusals = vec![refusal(7); 5_000];
    let (_, text) = written(body, provenance());
    check_bounds(&text);
    assert!(text.contains("# and 4850 more refusals"), "{}", &text[..400]);
}
