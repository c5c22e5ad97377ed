//! Resources that stand above each other: never in a circle, and not on more levels than there may be.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ahash::HashMap;
use deskform_model::{Address, Diagnostic, Hierarchy, Segment};

use crate::codes;
use crate::findings::{way_of, with_places};
use crate::resource::{Content, Declared, Site};

/// The resources of one kind, by their number in the order of their places, and which of them stand above which.
pub(crate) struct Levels<'d> {
    hierarchy: &'d Hierarchy,
    resources: &'d [&'d Declared],
    /// For each resource that names another of these: its number, and the place that says so.
    above: BTreeMap<usize, Vec<(usize, Site)>>,
}

impl<'d> Levels<'d> {
    /// Takes what the resources say. What they name and is not among them is judged elsewhere.
    pub(crate) fn new(hierarchy: &'d Hierarchy, resources: &'d [&'d Declared]) -> Self {
        let numbers: HashMap<&Address, usize> =
            resources.iter().enumerate().map(|(number, resource)| (&resource.address, number)).collect();
        let mut above = BTreeMap::new();
        for (number, content) in contents(resources) {
            let references = content.outline.references.iter().zip(&content.references);
            let named = references.filter(|(reference, _)| {
                matches!(reference.path.segments().first(), Some(Segment::Key(key)) if key == hierarchy.field)
            });
            let named: Vec<_> =
                named.filter_map(|(reference, site)| Some((*numbers.get(&reference.to)?, *site))).collect();
            if !named.is_empty() {
                above.insert(number, named);
            }
        }
        Self { hierarchy, resources, above }
    }

    /// Every finding: one for a circle, one for each resource that is the first one too deep.
    pub(crate) fn judge(&self) -> Vec<Diagnostic> {
        let depths = self.depths();
        let mut out = self.circles(&depths);
        let beyond = self.hierarchy.levels + 1;
        let too_deep = depths.iter().filter(|(_, depth)| **depth == beyond);
        out.extend(too_deep.filter_map(|(number, _)| self.too_deep(*number, &depths)));
        out
    }

    /// The level of each resource that stands below others, and in no circle nor below one; the top level is 1.
    fn depths(&self) -> BTreeMap<usize, usize> {
        let mut below: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, above) in &self.above {
            for (parent, _) in above {
                below.entry(*parent).or_default().push(*number);
            }
        }
        let mut open: BTreeMap<usize, usize> =
            self.above.iter().map(|(number, above)| (*number, above.len())).collect();
        let mut depths: BTreeMap<usize, usize> = BTreeMap::new();
        let tops = below.keys().copied().filter(|number| !self.above.contains_key(number));
        let mut ready: VecDeque<(usize, usize)> = tops.map(|number| (number, 1)).collect();
        while let Some((number, depth)) = ready.pop_front() {
            for child in below.get(&number).into_iter().flatten() {
                let level = depths.entry(*child).or_default();
                *level = (*level).max(depth + 1);
                let Some(left) = open.get_mut(child) else { continue };
                *left -= 1;
                if *left == 0 {
                    ready.push_back((*child, *level));
                }
            }
        }
        depths.retain(|number, _| open.get(number) == Some(&0));
        depths
    }

    /// Each circle once. Whoever has no level stands in one or below one, so some way up leads there.
    fn circles(&self, depths: &BTreeMap<usize, usize>) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        for start in self.above.keys().filter(|number| !depths.contains_key(number)) {
            let mut way: Vec<(usize, Site)> = Vec::new();
            let mut here = *start;
            while seen.insert(here) {
                let mut up = self.above.get(&here).into_iter().flatten();
                let next = up.find(|(parent, _)| self.above.contains_key(parent) && !depths.contains_key(parent));
                let Some((parent, site)) = next else { break };
                way.push((here, *site));
                here = *parent;
            }
            if let Some(begin) = way.iter().position(|(number, _)| *number == here) {
                out.push(self.circle(&way[begin..]));
            }
        }
        out
    }

    fn circle(&self, way: &[(usize, Site)]) -> Diagnostic {
        let names = way_of(way.iter().map(|(number, _)| self.address(*number).as_str()));
        let field = self.hierarchy.field;
        let message = match way {
            [_] => format!("{names} names itself in `{field}`"),
            _ => format!("`{field}` goes in a circle: {names} and back"),
        };
        let (first, site) = way[0];
        let found = site.put(Diagnostic::error(codes::CIRCLE, message), "leads back here");
        let found = with_places(found, way[1..].iter().map(|(_, site)| site.span), "part of the circle");
        found.about(self.address(first)).hint(format!("Take one `{field}` of the circle out."))
    }

    fn too_deep(&self, number: usize, depths: &BTreeMap<usize, usize>) -> Option<Diagnostic> {
        let level = |number: usize| depths.get(&number).copied().unwrap_or(1);
        let Hierarchy { field, levels, code, source } = self.hierarchy;
        let (_, site) = self.above.get(&number)?.iter().find(|(parent, _)| level(*parent) == *levels)?;
        let address = self.address(number);
        let message = format!("`{address}` stands on level {}, and {source} allows {levels}", levels + 1);
        let found = site.put(Diagnostic::error(*code, message), format!("on level {levels} itself"));
        Some(found.about(address).hint(format!("Name in `{field}` one that stands higher.")))
    }

    fn address(&self, number: usize) -> &'d Address {
        &self.resources[number].address
    }
}

fn contents<'d>(resources: &[&'d Declared]) -> impl Iterator<Item = (usize, &'d Content)> {
    resources.iter().enumerate().filter_map(|(number, resource)| Some((number, resource.content.as_ref()?)))
}
