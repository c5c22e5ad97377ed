//! What only all manifests together can show: doubled addresses and values, dangling references, limits, and what the
//! safeguards find wherever they are applied.

use std::collections::BTreeSet;

use ahash::{HashMap, HashMapExt as _, HashSet};
use deskform_model::{
    Address, Diagnostic, KindName, Reference, Refusal, RefusalWords, Registry, Safeguard, Side, Span, Standing,
    UniqueValue, World,
};

use crate::codes;
use crate::findings::MOST;
use crate::hierarchy::Levels;
use crate::moves::Resolved;
use crate::near::nearest;
use crate::overlay::Overlays;
use crate::project::Project;
use crate::resource::{Content, Declared, Site};

/// Most resources of one workspace.
const MOST_RESOURCES: usize = 200_000;

/// Everything that is declared, with each address once.
pub(crate) struct Whole<'w> {
    pub(crate) registry: &'w Registry,
    /// `None` where it has errors, and with it no limit.
    pub(crate) project: Option<&'w Project>,
    /// In the order of their places.
    pub(crate) declared: &'w [Declared],
    /// The same by kind.
    pub(crate) by_kind: HashMap<&'w str, Vec<&'w Declared>>,
    /// What is probably declared in places that cannot be read.
    pub(crate) known: &'w BTreeSet<Address>,
    /// All of these addresses.
    pub(crate) addresses: &'w HashSet<&'w Address>,
    pub(crate) resolved: &'w Resolved,
    pub(crate) overlays: &'w Overlays<'w>,
}

/// Resources by their kind, each in the order of their places.
pub(crate) fn by_kind(declared: &[Declared]) -> HashMap<&str, Vec<&Declared>> {
    let mut by_kind = HashMap::<&str, Vec<&Declared>>::default();
    for resource in declared {
        by_kind.entry(resource.address.kind()).or_default().push(resource);
    }
    by_kind
}

/// Takes out the resources whose address was declared before, and reports them.
pub(crate) fn take_doubled(declared: &mut Vec<Declared>) -> Vec<Diagnostic> {
    let mut first: HashMap<&Address, Span> = HashMap::with_capacity(declared.len());
    let mut found = Vec::new();
    let is_first: Vec<bool> = declared
        .iter()
        .map(|resource| {
            let place = *first.entry(&resource.address).or_insert(resource.source.span);
            let is_first = place == resource.source.span;
            if !is_first {
                found.push(doubled(resource, place));
            }
            is_first
        })
        .collect();
    if !found.is_empty() {
        let mut is_first = is_first.into_iter();
        declared.retain(|_| is_first.next().unwrap_or(true));
    }
    found
}

fn doubled(resource: &Declared, first: Span) -> Diagnostic {
    Diagnostic::error(codes::ADDRESS_TWICE, format!("`{}` is declared twice", resource.address))
        .at(resource.source.span, "the second one")
        .with(first, "the first one")
        .about(&resource.address)
        .hint("Merge the two in one file, or give one of them another name.")
        .quotable()
}

impl<'w> Whole<'w> {
    /// Every finding.
    pub(crate) fn judge(&self) -> Vec<Diagnostic> {
        let mut out: Vec<Diagnostic> = self.dangling().take(MOST).collect();
        out.extend(self.doubled_values());
        out.extend(self.limits());
        out.extend(self.hierarchies().take(MOST));
        out.extend(self.registry.safeguards().flat_map(|safeguard| self.safeguard(safeguard)));
        out.extend(self.amount());
        out
    }

    fn readable(&self) -> impl Iterator<Item = (&'w Address, &'w Content)> {
        self.declared.iter().filter_map(|resource| Some((&resource.address, resource.content.as_ref()?)))
    }

    fn dangling(&self) -> impl Iterator<Item = Diagnostic> {
        let is_there = |to: &Address| self.addresses.contains(to) || self.resolved.uses.contains_key(to);
        self.readable().flat_map(move |(address, content)| {
            let references = content.outline.references.iter().zip(&content.references);
            references
                .filter(move |(reference, _)| !is_there(&reference.to))
                .map(move |(reference, site)| self.dangling_at(address, reference, *site))
        })
    }

    fn dangling_at(&self, address: &Address, reference: &Reference, site: Site) -> Diagnostic {
        let to = &reference.to;
        let message = format!("`{}` names `{to}`, which is not declared", reference.path);
        let found =
            site.put(Diagnostic::error(codes::DANGLING, message), format!("no such {}", to.kind())).about(address);
        if let Some((new, place)) = self.resolved.renamed.get(to) {
            let hint = format!("Write `{}`: that is its name after the move.", new.name());
            return found.with(*place, "moved here").hint(hint);
        }
        if let Some(place) = self.overlays.removed(to) {
            let hint = "Let the overlay name another one, or unset the field.";
            return found.with(place, "the environment does not have it").hint(hint);
        }
        let names = self
            .declared
            .iter()
            .map(|resource| &resource.address)
            .chain(self.known)
            .filter(|other| other.kind() == to.kind())
            .map(Address::name);
        let hint = match nearest(to.name(), names) {
            Some(near) => format!("Write `{near}`."),
            None => format!("Declare `[{to}]`, or name its owner with `[[use]]`."),
        };
        found.hint(hint)
    }

    fn doubled_values(&self) -> Vec<Diagnostic> {
        // Tens of thousands of values: growing step by step would hash each of them several times.
        let count = self.readable().map(|(_, content)| content.outline.unique.len()).sum();
        let mut holders: HashMap<(&str, &str), (&Address, Span)> = HashMap::with_capacity(count);
        let mut out = Vec::new();
        for (address, content) in self.readable() {
            for (unique, site) in content.outline.unique.iter().zip(&content.unique) {
                let holder = (address, site.span);
                let first = *holders.entry((unique.scope.as_str(), unique.value.as_str())).or_insert(holder);
                if first.0 != address && out.len() < MOST {
                    out.push(self.doubled_value(address, unique, *site, first));
                }
            }
        }
        out
    }

    fn doubled_value(
        &self,
        address: &Address,
        unique: &UniqueValue,
        site: Site,
        first: (&Address, Span),
    ) -> Diagnostic {
        let (holder, place) = first;
        let kind = self.registry.get(address.kind());
        let role = kind.and_then(|kind| kind.exclusive().iter().find(|exclusive| exclusive.scope == unique.scope));
        let found = match role {
            Some(role) => {
                let message = format!("`{holder}` and `{address}` are both the {}", role.what);
                Diagnostic::error(codes::ROLE_TWICE, message).hint(format!("Leave one {}.", role.what))
            }
            None => {
                let message = format!("`{holder}` and `{address}` hold the same `{}`", unique.scope);
                Diagnostic::error(codes::VALUE_TWICE, message).hint("Give each of them a value of its own.")
            }
        };
        site.put(found, "the second one").with(place, "the first one").about(address)
    }

    /// So many resources of all kinds that memory would be in question.
    fn amount(&self) -> Option<Diagnostic> {
        let resource = self.declared.get(MOST_RESOURCES)?;
        let message = format!("{} resources are declared, and {MOST_RESOURCES} are the most", self.declared.len());
        let found = Diagnostic::error(codes::TOO_MANY, message)
            .at(resource.source.span, "the first one above the limit")
            .about(&resource.address)
            .hint("Split the config repo into workspaces that name each other's resources with `[[use]]`.");
        Some(found.quotable())
    }

    fn hierarchies(&self) -> impl Iterator<Item = Diagnostic> {
        let kinds = self.registry.kinds().filter_map(|kind| Some((kind.name(), kind.hierarchy()?)));
        kinds.flat_map(|(name, hierarchy)| Levels::new(hierarchy, self.of_kind(name)).judge())
    }

    fn of_kind(&self, name: &KindName) -> &[&'w Declared] {
        self.by_kind.get(name.as_str()).map_or(&[], Vec::as_slice)
    }

    fn limits(&self) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        for kind in self.registry.kinds() {
            let Some(limit) = self.project.and_then(|project| kind.limit(project.policy_spec())) else { continue };
            let of_kind = self.of_kind(kind.name());
            let beyond = usize::try_from(limit.most).ok().and_then(|most| of_kind.get(most));
            if let Some(resource) = beyond {
                let (count, name) = (of_kind.len(), kind.name());
                let message = format!("{count} of `{name}` are declared, and {} allows {}", limit.source, limit.most);
                let found = Diagnostic::error(limit.code, message)
                    .at(resource.source.span, "the first one above the limit")
                    .about(&resource.address)
                    .hint(format!("Declare fewer, or write a limit that was agreed as `{name}` under `[limits]` in `deskform.toml`."));
                out.push(found.quotable());
            }
        }
        out
    }

    /// What a safeguard finds over an empty store it finds over any.
    fn safeguard(&self, safeguard: &dyn Safeguard) -> Vec<Diagnostic> {
        let policy = || self.project.and_then(Project::policy_resource);
        let judged = safeguard.kinds().iter().filter_map(|kind| self.by_kind.get(kind)).flatten().copied();
        let policy_judged = policy().filter(|policy| safeguard.kinds().contains(&policy.address.kind()));
        let after = judged
            .chain(policy_judged)
            .filter_map(|resource| Some((&resource.address, Standing::Written, &resource.content.as_ref()?.document)));
        let world = World { before: Side::new(self.registry, []), after: Side::new(self.registry, after) };
        let found = safeguard.judge(&world).breaches.into_iter().filter_map(|breach| {
            let code = breach.code;
            let refusal = Refusal::from(breach);
            let RefusalWords { message, label, hint } = safeguard.words(&refusal)?;
            let found = Diagnostic::error(code, message).hint(hint).quotable();
            let place =
                |address: &Address| self.declared.iter().chain(policy()).find(|resource| resource.address == *address);
            Some(match refusal.addresses.first().and_then(place) {
                Some(resource) => found.at(resource.source.span, label).about(&resource.address),
                None => found,
            })
        });
        found.collect()
    }
}
