//! The permissions that there are, out of `data/permissions.csv`: what each is called, does, needs and brings along.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer};

use crate::near::nearest;
use crate::words::narrow;

/// A vendor name that was dropped without a successor: it grants nothing any more.
pub(super) const DROPPED: &str = "ContactRecording.Access";

/// The permissions of Amazon Connect.
#[derive(Debug)]
pub struct Catalog {
    permissions: Vec<Permission>,
    ids: BTreeMap<String, usize>,
    names: BTreeMap<String, usize>,
    objects: BTreeMap<String, Vec<usize>>,
}

/// One permission: an action on an object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// `object.action`.
    pub id: String,
    /// The vendor's name, such as `Queues.View`.
    pub api_name: String,
    /// Where the vendor's console shows it.
    pub group: String,
    /// Ids that the console ticks with it.
    #[serde(deserialize_with = "words")]
    pub implies: Vec<String>,
    /// Without which it does nothing.
    #[serde(deserialize_with = "needs")]
    pub requires: Vec<Need>,
    /// Ids that make no sense beside it.
    #[serde(deserialize_with = "words")]
    pub conflicts: Vec<String>,
    /// For a legacy permission: the ids that stand for it today.
    #[serde(deserialize_with = "words")]
    pub replaced_by: Vec<String>,
    /// Earlier vendor names.
    #[serde(deserialize_with = "words")]
    pub old_names: Vec<String>,
    #[serde(deserialize_with = "words")]
    marks: Vec<String>,
    /// What the Japanese console calls the object, as far as known.
    pub label_ja: Option<String>,
    /// What the English console calls the object.
    pub label_en: String,
    /// What a console calls it besides, or called it.
    #[serde(deserialize_with = "words")]
    pub label_aliases: Vec<String>,
    effect_ja: Option<String>,
    effect_en: Option<String>,
    /// Where it is known from: `article`, `list`, `guide`, `admin`, `manager`.
    #[serde(deserialize_with = "spaced")]
    pub source: Vec<String>,
    /// Anything else worth knowing.
    pub note: Option<String>,
}

/// A need of a permission: one of several others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// How sure it is.
    pub strength: Strength,
    /// Ids of which one is enough.
    pub any_of: Vec<String>,
}

/// Who says that a permission needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It follows from what the permission is.
    Judged,
    /// The vendor's guide.
    Documented,
    /// A published walk-through of the console, which granted each permission alone.
    Stated,
}

/// The catalog, read when it is first asked for.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::read(include_str!("../../data/permissions.csv")))
}

impl Catalog {
    fn read(text: &str) -> Self {
        let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
        let permissions: Vec<Permission> =
            rows.collect::<Result<_, _>>().expect("the catalog is compiled in, and a test reads it");
        let mut names = BTreeMap::new();
        let mut objects: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, permission) in permissions.iter().enumerate() {
            names.insert(permission.api_name.clone(), index);
            names.extend(permission.old_names.iter().map(|name| (name.clone(), index)));
            objects.entry(permission.object().to_owned()).or_default().push(index);
        }
        let ids = permissions.iter().enumerate().map(|(index, permission)| (permission.id.clone(), index)).collect();
        Self { permissions, ids, names, objects }
    }

    /// All permissions, in the order of the vendor's console.
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// The permission of an id, such as `queue.view`.
    pub fn permission(&self, id: &str) -> Option<&Permission> {
        self.permissions.get(*self.ids.get(id)?)
    }

    /// The permission of a vendor name, also of an earlier one, such as `Queues.View`.
    pub fn named(&self, vendor_name: &str) -> Option<&Permission> {
        self.permissions.get(*self.names.get(vendor_name)?)
    }

    /// All vendor names, the earlier ones included, sorted.
    pub fn vendor_names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// All objects, sorted.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        self.objects.keys().map(String::as_str)
    }

    /// The permissions of an object, in the order of the vendor's console; none if there is no such object.
    pub fn of(&self, object: &str) -> impl Iterator<Item = &Permission> {
        let rows = self.objects.get(object).map_or(&[][..], Vec::as_slice);
        rows.iter().filter_map(|row| self.permissions.get(*row))
    }

    /// What a permission stands for today: what replaced it if it is a legacy one, else itself.
    pub fn current<'c>(&'c self, permission: &'c Permission) -> Vec<&'c Permission> {
        if permission.replaced_by.is_empty() {
            return vec![permission];
        }
        permission.replaced_by.iter().filter_map(|id| self.permission(id)).collect()
    }

    /// The needs of a permission that nothing of what is held meets. Held are today's ids.
    pub fn unmet<'c>(&'c self, permission: &'c Permission, held: &BTreeSet<&str>) -> Vec<&'c Need> {
        let met = |need: &&Need| need.any_of.iter().any(|id| held.contains(id.as_str()));
        permission.requires.iter().filter(|need| !met(need)).collect()
    }

    /// What a person sees who holds the permission, in Japanese and in English, as far as known.
    pub fn effect<'c>(&'c self, permission: &'c Permission) -> Option<(&'c str, &'c str)> {
        permission.own_effect().or_else(|| self.of(permission.object()).find_map(Permission::own_effect))
    }

    /// The object that somebody meant who wrote a label of the console, a permission's id, a vendor name or a slip.
    pub(super) fn object_meant(&self, text: &str) -> Option<&str> {
        let permission = self.permission(text).or_else(|| self.named(text)).or_else(|| self.labelled(text));
        let found = permission.or_else(|| self.with_prefix(text)).map(Permission::object);
        found.or_else(|| nearest(text, self.objects())).or_else(|| self.nearly_labelled(text))
    }

    fn labelled(&self, text: &str) -> Option<&Permission> {
        let text = folded(text);
        self.permissions.iter().find(|permission| permission.labels().any(|label| folded(label) == text))
    }

    fn nearly_labelled(&self, text: &str) -> Option<&str> {
        let labels = || self.permissions.iter().flat_map(|one| one.labels().map(move |label| (folded(label), one)));
        let labels: Vec<(String, &Permission)> = labels().collect();
        let near = nearest(&folded(text), labels.iter().map(|(label, _)| label.as_str()))?.to_owned();
        labels.iter().find(|(label, _)| *label == near).map(|(_, permission)| permission.object())
    }

    /// `Queues` of `Queues.View`.
    fn with_prefix(&self, text: &str) -> Option<&Permission> {
        let prefix =
            |permission: &&Permission| permission.api_name.rsplit_once('.').is_some_and(|(first, _)| first == text);
        self.permissions.iter().find(prefix)
    }
}

impl Permission {
    /// The part of the id before the dot.
    pub fn object(&self) -> &str {
        self.id.split_once('.').map_or("", |(object, _)| object)
    }

    /// The part of the id after the dot.
    pub fn action(&self) -> &str {
        self.id.split_once('.').map_or("", |(_, action)| action)
    }

    /// True if granting it takes something away.
    pub fn restricts(&self) -> bool {
        self.marked("restricts")
    }

    /// True if its holder can give out rights, also to themselves.
    pub fn escalates(&self) -> bool {
        self.marked("escalates")
    }

    /// True if it shows lists that no restriction reaches, whether by tag or by hierarchy.
    pub fn lists_all(&self) -> bool {
        self.marked("lists_all")
    }

    /// True if it shows lists of agents that a restriction by hierarchy does not reach.
    pub fn lists_all_agents(&self) -> bool {
        self.marked("lists_all_agents")
    }

    /// True if the vendor replaced it by others.
    pub fn is_legacy(&self) -> bool {
        !self.replaced_by.is_empty()
    }

    /// Everything that a console calls its object.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let aliases = self.label_aliases.iter().map(String::as_str);
        self.label_ja.as_deref().into_iter().chain([self.label_en.as_str()]).chain(aliases)
    }

    fn marked(&self, mark: &str) -> bool {
        self.marks.iter().any(|own| own == mark)
    }

    fn own_effect(&self) -> Option<(&str, &str)> {
        Some((self.effect_ja.as_deref()?, self.effect_en.as_deref()?))
    }
}

/// A label without what typing it may change: spaces, upper and lower case, full-width forms of ASCII.
fn folded(label: &str) -> String {
    label.chars().filter(|letter| !letter.is_whitespace()).map(narrow).flat_map(char::to_lowercase).collect()
}

fn words<'de, D: Deserializer<'de>>(cell: D) -> Result<Vec<String>, D::Error> {
    Ok(split(&String::deserialize(cell)?, ';'))
}

fn spaced<'de, D: Deserializer<'de>>(cell: D) -> Result<Vec<String>, D::Error> {
    Ok(split(&String::deserialize(cell)?, ' '))
}

fn split(cell: &str, at: char) -> Vec<String> {
    cell.split(at).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn needs<'de, D: Deserializer<'de>>(cell: D) -> Result<Vec<Need>, D::Error> {
    words(cell)?
        .iter()
        .map(|word| need(word).ok_or_else(|| serde::de::Error::custom("a need without its strength")))
        .collect()
}

fn need(word: &str) -> Option<Need> {
    let (strength, ids) = [('!', Strength::Stated), ('+', Strength::Documented), ('~', Strength::Judged)]
        .into_iter()
        .find_map(|(sign, strength)| Some((strength, word.strip_prefix(sign)?)))?;
    Some(Need { strength, any_of: split(ids, '|') })
}
