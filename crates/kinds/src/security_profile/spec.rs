//! The table as written and the content as stored.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::ResourceName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::catalog::{Permission, catalog};
use crate::words::{Description, DisplayName, choice, is_default, present, text};

text!(
    /// The name of a profile in Amazon Connect.
    ProfileName, "^[ a-zA-Z0-9_@-]+$", 1..=127,
    "1 to 127 ASCII letters, digits, spaces, `_`, `@` or `-`, such as QA_Team_Tokyo; `display_name` takes any language"
);
text!(
    /// A vendor's name of a permission.
    VendorName, "^[!-~]+$", 1..=128, "the vendor's name of a permission, 1 to 128 ASCII characters, such as Queues.View"
);
text!(
    /// An object of a permission.
    ObjectName, "^[a-z][a-z0-9_]{0,63}$", 1..=64, "the object of a permission, such as queue"
);
text!(
    /// An action of a permission.
    ActionName, "^[a-z][a-z0-9_]{0,63}$", 1..=64, "the action of a permission, such as view"
);
text!(
    /// The key of a tag.
    TagKey, "^[^\\u0000-\\u001F\\u007F-\\u009F]+$", 1..=128, "1 to 128 characters on one line";
    key "^[^\\u0000-\\u001F\\u007F-\\u009F]{1,128}$"
);
text!(
    /// The value of a tag.
    TagValue, "^[^\\u0000-\\u001F\\u007F-\\u009F]*$", 0..=256, "at most 256 characters on one line"
);
text!(
    /// The namespace of an application.
    Namespace, "^[^\\u0000-\\u001F\\u007F-\\u009F]+$", 1..=128, "1 to 128 characters on one line";
    key "^[^\\u0000-\\u001F\\u007F-\\u009F]{1,128}$"
);
text!(
    /// A permission of an application.
    AppPermission, "^[^\\u0000-\\u001F\\u007F-\\u009F]+$", 1..=128, "1 to 128 characters on one line"
);

choice!(
    /// What a restriction by tag can restrict.
    Restricted {
        /// Users.
        User = "user",
        /// Security profiles.
        SecurityProfile = "security_profile",
        /// Queues.
        Queue = "queue",
        /// Routing profiles.
        RoutingProfile = "routing_profile",
        /// Flows.
        ContactFlow = "contact_flow",
        /// Flow modules.
        ContactFlowModule = "contact_flow_module",
        /// Hours of operation.
        HoursOfOperation = "hours_of_operation",
        /// Prompts.
        Prompt = "prompt",
        /// Quick connects.
        QuickConnect = "quick_connect",
    }
);

/// A security profile of Amazon Connect: a set of permissions that fits a role. Teams hold profiles, and who holds several
/// may do what any of them grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "security_profile")]
pub(crate) struct Manifest {
    /// The name for people, in any language. Without it the profile is called by its address.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// The name in Amazon Connect, where it is not the name of the resource: ASCII only, unique. A change replaces the
    /// profile, because nothing renames one.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ProfileName")]
    pub(crate) name: Option<ProfileName>,
    /// What the profile is for, at most 250 characters.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Description")]
    pub(crate) description: Option<Description>,
    /// What the profile permits: by object, the actions on it, such as `queue = ["view", "edit"]`.
    #[serde(default, skip_serializing_if = "PermissionTable::is_empty")]
    pub(crate) permissions: PermissionTable,
    /// Further permissions by their vendor names, such as `Queues.View`, for taking over what an export prints. Kept as if
    /// they stood in `permissions`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "vendor_names")]
    pub(crate) vendor_permissions: Vec<String>,
    /// Vendor names of permissions that deskform does not know yet: granted as they stand, unchecked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) unknown_permissions: Vec<VendorName>,
    /// Narrows what the permissions reach, by tag or by hierarchy.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) access: Access,
    /// The tags of the profile itself, at most 50. Keys do not start with `aws:`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<TagKey, TagValue>,
    /// Applications that holders may use, at most 10 in all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) applications: Applications,
}

/// What is stored: as [`Manifest`], every permission by its id of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecurityProfile {
    /// The name for people.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// The name in Amazon Connect, where it is not the name of the resource.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ProfileName")]
    pub(crate) name: Option<ProfileName>,
    /// What the profile is for.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Description")]
    pub(crate) description: Option<Description>,
    /// What the profile permits.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) permissions: Permissions,
    /// Vendor names that no id stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) unknown_permissions: Vec<VendorName>,
    /// Narrows what the permissions reach.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) access: Access,
    /// The tags of the profile itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<TagKey, TagValue>,
    /// Applications that holders may use.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) applications: Applications,
}

/// Restrictions of what the permissions reach. Both together hold at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Access {
    /// Only resources with certain tags.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ByTag")]
    pub(crate) by_tag: Option<ByTag>,
    /// Only users of a part of the hierarchy. `by_hierarchy = {}` means the holder's own team and those below it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ByHierarchy")]
    pub(crate) by_hierarchy: Option<ByHierarchy>,
}

/// A restriction by tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByTag {
    /// The tags that a resource must have, all of them: one to four, such as `{ Department = "CS" }`.
    pub(crate) tags: BTreeMap<TagKey, TagValue>,
    /// What is restricted, such as `["user", "queue"]`; at least one.
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) resources: Vec<Restricted>,
}

/// A restriction by hierarchy. It holds for users only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByHierarchy {
    /// The team at the top of the part that can be reached. Without it: the holder's own team.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) team: Option<ResourceName>,
}

/// Applications that holders may use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Applications {
    /// Namespaces of third-party applications. There is nothing to choose: to be listed is to have access.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) third_party: Vec<Namespace>,
    /// MCP servers: by namespace, the 1 to 50 permissions in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) mcp: BTreeMap<Namespace, AppPermissions>,
}

/// Permissions within one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("x-deskform-list" = "set"))]
pub(crate) struct AppPermissions(pub(crate) Vec<AppPermission>);

/// Permissions as people write them. Reading takes any words, so that the catalog can say what was meant; the schema lists
/// those that there are, and [`super::read`] refuses the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PermissionTable(pub(crate) BTreeMap<String, Vec<String>>);

/// Permissions as they are stored: by object, the actions. A document may hold ids that a newer catalog knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<ObjectName, BTreeSet<ActionName>>")]
pub(crate) struct Permissions(BTreeMap<ObjectName, BTreeSet<ActionName>>);

impl PermissionTable {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Permissions {
    /// The permissions of some ids.
    pub(crate) fn of<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut table = BTreeMap::<_, BTreeSet<_>>::new();
        for (object, action) in ids.into_iter().filter_map(|id| id.split_once('.')) {
            table.entry(ObjectName(object.to_owned())).or_default().insert(ActionName(action.to_owned()));
        }
        Self(table)
    }

    /// The ids, sorted.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(|(object, actions)| actions.iter().map(move |action| id(object, action))).collect()
    }

    /// As people write them.
    pub(crate) fn table(&self) -> PermissionTable {
        let words = |actions: &BTreeSet<ActionName>| actions.iter().map(|action| action.to_string()).collect();
        PermissionTable(self.0.iter().map(|(object, actions)| (object.to_string(), words(actions))).collect())
    }
}

fn id(object: &ObjectName, action: &ActionName) -> String {
    format!("{}.{}", &**object, &**action)
}

/// A legacy permission that somebody stored is what it stands for today: saving the profile in the vendor's console turns
/// the one into the other, and that must not look like a change.
impl From<BTreeMap<ObjectName, BTreeSet<ActionName>>> for Permissions {
    fn from(table: BTreeMap<ObjectName, BTreeSet<ActionName>>) -> Self {
        let stored = Self(table).ids();
        let today = |id: &String| match catalog().permission(id) {
            Some(permission) => catalog().current(permission).iter().map(|one| one.id.clone()).collect(),
            None => vec![id.clone()],
        };
        let ids: BTreeSet<String> = stored.iter().flat_map(today).collect();
        Self::of(ids.iter().map(String::as_str))
    }
}

impl JsonSchema for PermissionTable {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PermissionTable".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let objects = catalog().objects().map(|object| (object.to_owned(), object_schema(object)));
        schemars::json_schema!({
            "type": "object",
            "properties": objects.collect::<Map<_, _>>(),
            "additionalProperties": false,
        })
    }
}

fn object_schema(object: &str) -> Value {
    let permissions: Vec<&Permission> = catalog().of(object).collect();
    let actions: Vec<&str> = permissions.iter().map(|permission| permission.action()).collect();
    json!({
        "type": "array",
        "items": { "type": "string", "enum": actions },
        "x-deskform-list": "set",
        "description": permissions.first().map(|permission| described(permission)),
    })
}

/// Both labels, and what holders see.
fn described(permission: &Permission) -> String {
    let labels: BTreeSet<&str> =
        [permission.label_ja.as_deref(), Some(&permission.label_en)].into_iter().flatten().collect();
    let labels: Vec<&str> = labels.into_iter().collect();
    let legacy = if permission.is_legacy() { " (legacy)" } else { "" };
    let effect =
        catalog().effect(permission).map(|(ja, en)| format!(": {ja}。{}", capitalised(en))).unwrap_or_default();
    format!("{}{legacy}{effect}.", labels.join(" / "))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn vendor_names(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let names: Vec<&str> = catalog().vendor_names().chain([super::catalog::DROPPED]).collect();
    schemars::json_schema!({
        "type": "array",
        "items": { "type": "string", "enum": names },
        "x-deskform-list": "set",
    })
}

impl JsonSchema for Permissions {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Permissions".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let action = generator.subschema_for::<ActionName>().to_value();
        let object = ObjectName::json_schema(generator);
        let pattern = object.get("pattern").and_then(Value::as_str).unwrap_or_default();
        let actions = json!({ "type": "array", "items": action, "x-deskform-list": "set" });
        schemars::json_schema!({
            "type": "object",
            "patternProperties": { (pattern): actions },
            "additionalProperties": false,
        })
    }
}

impl Restricted {
    /// The object of the catalog that it is.
    pub(crate) const fn object(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::SecurityProfile => "security_profile",
            Self::Queue => "queue",
            Self::RoutingProfile => "routing_profile",
            Self::ContactFlow => "contact_flow",
            Self::ContactFlowModule => "contact_flow_module",
            Self::HoursOfOperation => "hours_of_operation",
            Self::Prompt => "prompt",
            Self::QuickConnect => "quick_connect",
        }
    }
}
