//! What kinds say of documents; what is known already is not worked out again.

use std::sync::Arc;

use ahash::HashMap;

use crate::{
    Desired, DesiredResource, Digest, Document, Edit, Event, Known, Lifecycle, Outline, Registry, Segment, TypedSpec,
    Unreadable,
};

/// A registry, and the outlines that its kinds gave for some documents, and their specs.
pub struct Outlines<'r> {
    registry: &'r Registry,
    known: HashMap<Digest, (Arc<Outline>, Lifecycle)>,
    typed: HashMap<Digest, TypedSpec>,
}

impl<'r> Outlines<'r> {
    /// Knows none so far, and works out each that is asked for.
    pub fn new(registry: &'r Registry) -> Self {
        Self { registry, known: HashMap::default(), typed: HashMap::default() }
    }

    /// Knows those of what is declared, as far as they do not hang on the order of lists: a manifest has its own, and the
    /// document another one.
    pub fn of_declared(registry: &'r Registry, desired: &Desired) -> Self {
        let known = desired.resources.values().filter_map(|resource| {
            let DesiredResource { document: _, digest, outline, typed, protected, source: _ } = resource;
            let known = typed.is_some() || !has_index(outline);
            known.then(|| (*digest, (Arc::clone(outline), Lifecycle { protected: *protected })))
        });
        let typed = desired.resources.values().filter_map(|resource| Some((resource.digest, resource.typed.clone()?)));
        Self { registry, known: known.collect(), typed: typed.collect() }
    }

    /// The kinds.
    pub fn registry(&self) -> &'r Registry {
        self.registry
    }

    /// The outline and the lifecycle of a document with this digest.
    pub fn of(&self, document: &Document, digest: &Digest) -> Result<(Arc<Outline>, Lifecycle), Unreadable> {
        let read = || self.registry.outline(document).map(|(outline, lifecycle)| (Arc::new(outline), lifecycle));
        let Some((outline, lifecycle)) = self.known.get(digest) else { return read() };
        debug_assert_eq!(read(), Ok((Arc::clone(outline), *lifecycle)), "what is known is what would be read");
        Ok((Arc::clone(outline), *lifecycle))
    }

    /// The typed events between two documents of one kind, the second with this digest.
    pub fn events(
        &self,
        before: Option<&Document>,
        after: Option<(&Document, Option<Digest>)>,
        edits: &[Edit],
    ) -> Vec<Event> {
        let typed = after.and_then(|(_, digest)| self.typed.get(&digest?));
        let before = before.map(Known::from);
        let of = |typed| {
            let after = after.map(|(document, _)| Known { document, typed });
            self.registry.events(before, after, edits)
        };
        let events = of(typed);
        debug_assert_eq!(events, of(None), "what is known is what would be read");
        events
    }
}

fn has_index(outline: &Outline) -> bool {
    let references = outline.references.iter().map(|reference| &reference.path);
    let mut paths = references.chain(outline.unique.iter().map(|value| &value.path));
    paths.any(|path| path.segments().iter().any(|segment| matches!(segment, Segment::Index(_))))
}
