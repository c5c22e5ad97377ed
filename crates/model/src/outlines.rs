//! The outlines of documents; those that are known already are not worked out again.

use std::sync::Arc;

use ahash::HashMap;

use crate::{Desired, DesiredResource, Digest, Document, Lifecycle, Outline, Registry, Segment, Unreadable};

/// A registry, and the outlines that its kinds gave for some documents.
pub struct Outlines<'r> {
    registry: &'r Registry,
    known: HashMap<Digest, (Arc<Outline>, Lifecycle)>,
}

impl<'r> Outlines<'r> {
    /// Knows none so far, and works out each that is asked for.
    pub fn new(registry: &'r Registry) -> Self {
        Self { registry, known: HashMap::default() }
    }

    /// Knows those of what is declared, as far as they do not hang on the order of lists: a manifest has its own, and the
    /// document another one.
    pub fn of_declared(registry: &'r Registry, desired: &Desired) -> Self {
        let known = desired.resources.values().filter_map(|resource| {
            let DesiredResource { document: _, digest, outline, protected, source: _ } = resource;
            (!has_index(outline)).then(|| (*digest, (Arc::clone(outline), Lifecycle { protected: *protected })))
        });
        Self { registry, known: known.collect() }
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
}

fn has_index(outline: &Outline) -> bool {
    let references = outline.references.iter().map(|reference| &reference.path);
    let mut paths = references.chain(outline.unique.iter().map(|value| &value.path));
    paths.any(|path| path.segments().iter().any(|segment| matches!(segment, Segment::Index(_))))
}
