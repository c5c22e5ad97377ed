//! Drift as a comment: what drifted unfolded, what is no drift folded. What does not fit is left out in steps, each said:
//! first lines of a resource, then all of them, and last of all resources from the end of the list.

use deskform_model::Address;
use deskform_plan::{DriftEdit, DriftReport, DriftState, Drifted};

use super::{DriftView, sign, target_of};
use crate::render::fields::labelled;
use crate::render::markdown::{Fold, Markdown, code, first, first_that_fits, html_code};
use crate::render::value::{line_diff, side};
use crate::text::count;

/// How much is shown: lines of each resource, and how many resources of a list.
const DETAILS: [(usize, usize); 8] = [
    (usize::MAX, usize::MAX),
    (40, usize::MAX),
    (8, usize::MAX),
    (0, usize::MAX),
    (0, 400),
    (0, 150),
    (0, 50),
    // A line has at most 400 columns: this fits, whatever stands in them.
    (0, 20),
];

/// Writes the report with as much detail as a comment takes.
pub(super) fn markdown(view: &DriftView<'_>) -> Markdown {
    first_that_fits(DETAILS.iter().map(|(lines, most)| write(view, *lines, *most)))
}

fn write(view: &DriftView<'_>, lines: usize, most: usize) -> Markdown {
    let DriftReport { workspace: _, store: _, drifted, pending, recordable, unmanaged, checked } = view.report;
    let target = target_of(view.report, code);
    let checked = count(usize::try_from(*checked).unwrap_or(usize::MAX), "resource");
    let mut text = Markdown::new();
    text.paragraph(&match drifted.len() {
        0 => format!("**No drift.** {target}: {checked} checked."),
        found => format!("**Drift in {target}: {found} drifted, {} pending, {checked} checked.**", pending.len()),
    });
    if !view.manifests_read {
        text.paragraph("The manifests cannot be read: the store is compared with what was last applied.");
    }
    if lines == 0 {
        // Without what changed in them, resources need no part of their own.
        let all: Vec<String> = drifted.iter().map(heading).collect();
        part(&mut text, Fold::Open, "<b>drifted</b>", &first(&all, most, "resource"));
    } else {
        for resource in drifted {
            // What is too long already is written anew with less, so that the rest of it does not matter.
            if !text.fits() {
                break;
            }
            part(
                &mut text,
                Fold::Open,
                &summary(resource),
                &first(&body(resource, view.manifests_read), lines, "line"),
            );
        }
    }
    for (what, addresses) in [
        ("not applied yet, no drift", pending),
        ("changed outside into what is declared, no drift", recordable),
        ("owned by nobody, no drift", unmanaged),
    ] {
        named(&mut text, what, addresses, if lines < usize::MAX { most.min(20) } else { most });
    }
    left_out(&mut text, lines, most);
    if !drifted.is_empty() {
        text.paragraph(
            "To set it back, plan and apply. To keep it, declare it in the manifests. See what would be set back:",
        );
        text.fence("console", &["deskform plan".to_owned()]);
    }
    text
}

fn summary(resource: &Drifted) -> String {
    let title = resource.title.as_deref().map(|title| format!(" {}", html_code(title)));
    let heading = format!("{} {} {}", sign(resource.state).0, resource.state.word(), resource.address);
    format!("{}{}", html_code(&heading), title.unwrap_or_default())
}

fn heading(resource: &Drifted) -> String {
    let Drifted { address, title, state, edits: _ } = resource;
    format!("{} {:<11}{address}  {}", sign(*state).0, state.word(), title.as_deref().unwrap_or_default())
}

/// The sides of each field, with a sign for what is live and what it should be.
fn body(resource: &Drifted, manifests_read: bool) -> Vec<String> {
    let Drifted { address: _, title: _, state, edits } = resource;
    let mut lines = Vec::new();
    for (path, DriftEdit { path: _, desired, applied, live }) in labelled(edits) {
        lines.push(format!("  {path}"));
        let meant = if manifests_read { desired } else { applied };
        if let Some(diff) = line_diff(meant.as_ref(), live.as_ref()) {
            lines.extend(diff);
            continue;
        }
        if manifests_read {
            lines.push(format!("-   declared      {}", side(desired.as_ref())));
        }
        lines.push(format!("    last applied  {}", side(applied.as_ref())));
        lines.push(format!("+   live          {}", side(live.as_ref())));
    }
    if lines.is_empty() {
        lines.push(
            match state {
                DriftState::Changed => "  (its content differs)",
                DriftState::Created => "+ it is in the store, and was not applied",
                DriftState::Deleted => "- it is gone from the store",
                DriftState::Disowned => "! it no longer belongs to this workspace",
                DriftState::Unreadable => "! it cannot be read",
            }
            .to_owned(),
        );
    }
    lines
}

fn named(text: &mut Markdown, what: &str, addresses: &[Address], most: usize) {
    if addresses.is_empty() {
        return;
    }
    let lines: Vec<String> = addresses.iter().map(|address| format!("  {address}")).collect();
    part(text, Fold::Folded, &format!("{} {what}", count(lines.len(), "resource")), &first(&lines, most, "resource"));
}

fn left_out(text: &mut Markdown, lines: usize, most: usize) {
    let out = match (lines, most) {
        (usize::MAX, _) => return,
        (0, usize::MAX) => "what changed in each resource".to_owned(),
        (0, most) => format!("what changed in each resource, and resources beyond the first {most}"),
        (lines, _) => format!("what a resource has beyond {lines} lines"),
    };
    text.paragraph(&format!("Shortened to fit a comment. Left out: {out}. `deskform drift` shows all of it."));
}

fn part(text: &mut Markdown, fold: Fold, summary: &str, lines: &[String]) {
    let mut inner = Markdown::new();
    inner.fence("diff", lines);
    text.details(fold, summary, &inner);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Report as _;
    use deskform_model::FieldPath;
    use serde_json::json;

    fn written(drifted: Vec<Drifted>) -> String {
        let report = DriftReport {
            workspace: "acme".parse().expect("legal"),
            store: None,
            drifted,
            pending: vec![],
            recordable: vec![],
            unmanaged: vec![Address::parse("brand.free").expect("legal")],
            checked: 3,
        };
        DriftView { report: &report, manifests_read: true, findings: vec![] }.markdown().text().to_owned()
    }

    fn drifted(number: usize, fields: usize) -> Drifted {
        let edit = |field| DriftEdit {
            path: FieldPath::keys([format!("field_{field}").as_str()]),
            desired: Some(json!("a")),
            applied: Some(json!("a")),
            live: Some(json!("``` </details> @acme/admins")),
        };
        Drifted {
            address: Address::parse(&format!("brand.b{number}")).expect("legal"),
            title: Some("<b>札幌</b>".to_owned()),
            state: DriftState::Changed,
            edits: (0..fields).map(edit).collect(),
        }
    }

    #[test]
    fn each_resource_that_drifted_is_open_with_its_sides() {
        assert_eq!(
            written(vec![drifted(1, 1), Drifted { state: DriftState::Deleted, ..drifted(2, 0) }]),
            "\
**Drift in acme: 2 drifted, 0 pending, 3 resources checked.**

<details open>
<summary><code>~ changed brand.b1</code> <code>&lt;b&gt;札幌&lt;/b&gt;</code></summary>

````diff
  field_0
-   declared      \"a\"
    last applied  \"a\"
+   live          \"``` </details> @acme/admins\"
````

</details>

<details open>
<summary><code>- deleted brand.b2</code> <code>&lt;b&gt;札幌&lt;/b&gt;</code></summary>

```diff
- it is gone from the store
```

</details>

<details>
<summary>1 resource owned by nobody, no drift</summary>

```diff
  brand.free
```

</details>

To set it back, plan and apply. To keep it, declare it in the manifests. See what would be set back:

```console
deskform plan
```
"
        );
    }

    #[test]
    fn thousands_of_resources_are_listed_and_the_last_ones_counted() {
        for (resources, fields, said) in [
            (80, 40, "what a resource has beyond 8 lines"),
            (400, 20, "what changed in each resource"),
            (5_000, 3, "what changed in each resource, and resources beyond the first 400"),
        ] {
            let text = written((0..resources).map(|number| drifted(number, fields)).collect());
            assert!(text.encode_utf16().count() < 65_536, "{resources}");
            assert!(text.contains(&format!("Left out: {said}. ")), "{resources}: {}", &text[text.len() - 400..]);
            assert_eq!(text.matches("\n<details").count(), text.matches("\n</details>").count(), "{resources}");
        }
    }
}
