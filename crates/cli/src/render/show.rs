//! The resources of a store: all of them in a list, or one in full.

use deskform_model::{Address, AppliedRow, Registry, WorkspaceName};
use deskform_store::RowView;
use serde::Serialize;
use serde_json::Value;

use crate::render::{Report, content, title, value};
use crate::text::{Page, count, cut, style, widest};

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Listed {
    pub(crate) address: Address,
    pub(crate) title: Option<String>,
    pub(crate) owner: Option<WorkspaceName>,
    pub(crate) protected: bool,
    /// False if this deskform cannot read it.
    pub(crate) readable: bool,
}

/// All resources.
#[derive(Serialize)]
pub(crate) struct ListReport {
    pub(crate) resources: Vec<Listed>,
}

impl Report for ListReport {
    fn human(&self, page: &mut Page) {
        let Self { resources } = self;
        let address_column = widest(resources.iter().map(|listed| listed.address.as_str()), 48);
        let title_column = widest(resources.iter().filter_map(|listed| listed.title.as_deref()), 32);
        let owner_column = widest(resources.iter().map(|listed| owner(listed.owner.as_ref())), 24);
        for Listed { address, title, owner: owned_by, protected, readable } in resources {
            let title = title.as_deref().unwrap_or_default();
            page.padded(address.as_str(), address_column)
                .text("  ")
                .padded(&cut(title, title_column), title_column)
                .text("  ");
            page.padded(owner(owned_by.as_ref()), owner_column);
            page.text(if *protected { "  protected" } else { "" });
            page.text(if *readable { "" } else { "  (cannot be read by this version)" }).end();
        }
        page.line(&format!("{}.", count(resources.len(), "resource")));
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}

fn owner(owner: Option<&WorkspaceName>) -> &str {
    owner.map_or("(nobody)", WorkspaceName::as_str)
}

/// One resource.
pub(crate) struct ShowReport<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) row: &'a RowView,
    /// What its owner last applied.
    pub(crate) applied: Option<AppliedRow>,
}

#[derive(Serialize)]
struct ShowJson<'a> {
    address: &'a Address,
    title: Option<String>,
    owner: Option<&'a WorkspaceName>,
    protected: bool,
    format: u32,
    digest: String,
    as_last_applied: bool,
    last_applied_entry: Option<u64>,
    content: Value,
    document: Value,
    referrers: Vec<ReferrerJson<'a>>,
}

#[derive(Serialize)]
struct ReferrerJson<'a> {
    address: &'a Address,
    path: String,
}

impl Report for ShowReport<'_> {
    fn human(&self, page: &mut Page) {
        let RowView {
            address,
            owner: owned_by,
            document,
            digest,
            cached: _,
            protected,
            references: _,
            referrers,
            unique: _,
        } = self.row;
        page.styled(style::BOLD, &format!("[{address}]"));
        if let Some(title) = title(self.registry, document) {
            page.text("  # ").text(&title);
        }
        page.end();
        value::fields(page, 0, &value::lines(&content(self.registry, document)));
        page.end();
        page.text("owner         ").text(owner(owned_by.as_ref())).end();
        page.text("protected     ").text(if *protected { "yes" } else { "no" }).end();
        let state = match self.applied {
            None => "never applied".to_owned(),
            Some(applied) if applied.digest == *digest => format!("as last applied (entry {})", applied.seq),
            Some(applied) => format!("changed since it was last applied (entry {})", applied.seq),
        };
        page.text("state         ").text(&state).end();
        page.text("digest        ").text(&digest.to_string()).end();
        for (index, referrer) in referrers.iter().enumerate() {
            page.text(if index == 0 { "referred by   " } else { "              " });
            page.text(&format!("{} ({})", referrer.from, referrer.path)).end();
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        let RowView { address, owner, document, digest, cached: _, protected, references: _, referrers, unique: _ } =
            self.row;
        let of = |referrer: &'_ deskform_model::Referrer| referrer.path.to_string();
        serde_json::to_value(ShowJson {
            address,
            title: title(self.registry, document),
            owner: owner.as_ref(),
            protected: *protected,
            format: document.format(),
            digest: digest.to_string(),
            as_last_applied: self.applied.is_some_and(|applied| applied.digest == *digest),
            last_applied_entry: self.applied.map(|applied| applied.seq),
            content: content(self.registry, document),
            document: self.registry.shown(document),
            referrers: referrers.iter().map(|r| ReferrerJson { address: &r.from, path: of(r) }).collect(),
        })
    }
}
