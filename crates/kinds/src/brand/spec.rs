//! The table, as written (`Brand<LogoPath>`) and as stored (`Brand<Logo>`).

use std::collections::BTreeMap;

use deskform_model::ResourceName;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::menus::{Menu, MenuName};
use crate::words::{DisplayName, Label, LongText, choice, is_default, is_no, is_yes, present, text, yes};

text!(
    /// The first part of a brand's address.
    Subdomain, "^[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]$", 3..=63,
    "3 to 63 ASCII letters, digits and hyphens, no hyphen at the ends"
);
text!(
    /// A path in the config repo.
    LogoPath, "^[^\\u0000-\\u001F\\u007F-\\u009F\\\\]+$", 1..=255,
    "a path relative to deskform.toml, with `/` between its parts"
);
text!(
    /// A bare name of a host: no scheme, no port, no path, no address.
    HostName,
    "^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", 4..=253,
    "a bare host name such as support.acme.example, without scheme, port and path"
);
text!(
    /// A telephone number as E.164 writes it.
    PhoneNumber, "^\\+[1-9][0-9]{6,14}$", 8..=16,
    "a telephone number in E.164: `+`, the country code and the number, 7 to 15 digits, such as +81300000001"
);
text!(
    /// The name of a page or an account of a social network.
    Handle, "^[A-Za-z0-9._-]+$", 1..=64, "1 to 64 ASCII letters, digits, `.`, `_` or `-`, without `@` and address"
);
text!(
    /// A mail address.
    MailAddress,
    "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
    6..=254, "a bare mail address such as help@acme.example"
);
text!(
    /// A language of a help center.
    Locale, "^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", 2..=35, "a language tag such as ja or en-us"
);
text!(
    /// A key of a telephone.
    PhoneKey, "^[0-9*#]$", 1..=1, "one key of a telephone: 0 to 9, `*` or `#`"
);
text!(
    /// SHA-256 in hexadecimal.
    Sha256, "^[0-9a-f]{64}$", 64..=64, "64 lower-case hexadecimal digits"
);

choice!(
    /// Whom a brand serves.
    Audience {
        /// Customers and anybody else outside.
        External = "external",
        /// Colleagues, such as a desk for general affairs or IT help.
        Internal = "internal",
    }
    default External
);
choice!(
    /// Where the certificate of a mapped host comes from.
    Certificate {
        /// Zendesk gets one and renews it; one certificate covers all mapped hosts of the account.
        Managed = "managed",
        /// Your own, which nobody renews by itself.
        Own = "own",
        /// None: the help center answers under zendesk.com.
        None = "none",
    }
);
choice!(
    /// Who may see a help center.
    HelpCenterState {
        /// Anybody.
        Enabled = "enabled",
        /// Whoever has signed in.
        Restricted = "restricted",
        /// Agents and admins only, while it is set up.
        Disabled = "disabled",
    }
);

/// A brand: one contact point, for customers or for colleagues. `display_name` and `subdomain` are all it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(serialize = "L: Serialize", deserialize = "L: DeserializeOwned"))]
#[schemars(rename = "brand", bound = "L: JsonSchema")]
pub(crate) struct Brand<L> {
    /// The name that customers read, 1 to 255 characters in any language.
    pub(crate) display_name: DisplayName,
    /// Whom the brand serves: `external` customers (unless stated) or `internal` colleagues.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "external"))]
    pub(crate) audience: Audience,
    /// The first part of the address `<subdomain>.zendesk.com`: 3 to 63 ASCII letters, digits and hyphens. Unique over all
    /// of Zendesk; a change breaks every link, nothing is redirected.
    pub(crate) subdomain: Subdomain,
    /// The logo: the path of a png, jpg, gif or svg file of at most 512 KiB, relative to `deskform.toml`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "L")]
    pub(crate) logo: Option<L>,
    /// Whether this is the brand of whatever names none. As long as there are brands, exactly one is the default, and it
    /// is active.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) default: bool,
    /// Whether the brand is in use. An inactive one takes no requests, and its help center is closed.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    #[schemars(extend("default" = true))]
    pub(crate) active: bool,
    /// When the brand is open: the name of `business_hours`. Needed for a telephone number.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) business_hours: Option<ResourceName>,
    /// An address of your own for the help center.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "HostMapping")]
    pub(crate) host_mapping: Option<HostMapping>,
    /// The ways to reach the brand. Each names what makes it this brand's own; no two brands share one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) channels: Channels,
    /// The teams that answer for the brand: names of `team`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) teams: Vec<ResourceName>,
    /// What callers hear and can do. Needs `channels.talk`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) phone: Phone,
    /// Brands of one family are viewed together: a name of your choice, the same at each of them.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) family: Option<Label>,
    /// What stands under each answer by mail, in Zendesk's template language, such as `{{agent.signature}}`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LongText")]
    pub(crate) signature_template: Option<LongText>,
}

/// A logo as stored: a change of the file is a change of the brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Logo {
    /// Its path in the config repo.
    pub(crate) path: LogoPath,
    /// SHA-256 of its bytes.
    pub(crate) sha256: Sha256,
    /// Its size in bytes.
    pub(crate) size: u64,
}

/// A host of your own that leads to the help center. Its CNAME must point at `<subdomain>.zendesk.com`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HostMapping {
    /// The bare name of the host, such as `support.acme.example`; unique over brands.
    pub(crate) host: HostName,
    /// Where its certificate comes from: `managed` by Zendesk, your `own`, or `none`.
    pub(crate) certificate: Certificate,
}

/// The ways to reach a brand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Channels {
    /// The brand's help center. A person creates and activates it in the admin centre.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "HelpCenter")]
    pub(crate) help_center: Option<HelpCenter>,
    /// The brand's telephone line.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Talk")]
    pub(crate) talk: Option<Talk>,
    /// The brand's page on Facebook.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Facebook")]
    pub(crate) facebook: Option<Facebook>,
    /// The brand's account on Instagram.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Social")]
    pub(crate) instagram: Option<Social>,
    /// The brand's account on Twitter (X).
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Social")]
    pub(crate) twitter: Option<Social>,
    /// The brand's support address.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Mail")]
    pub(crate) mail: Option<Mail>,
}

/// A help center: the brand's own articles and community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelpCenter {
    /// Who may see it: `enabled` anybody, `restricted` whoever has signed in, `disabled` agents only.
    pub(crate) state: HelpCenterState,
    /// Its title, at most 127 characters.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) title: Option<Label>,
    /// The name of its theme.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) theme: Option<Label>,
    /// Its languages, such as `["ja", "en-us"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) locales: Vec<Locale>,
}

/// A telephone line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Talk {
    /// The number in E.164, such as `+81300000001`; unique over brands. It is bought in Zendesk, not declared into being.
    pub(crate) number: PhoneNumber,
}

/// A page on Facebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facebook {
    /// The name of the page as in its address; unique over brands, upper and lower case alike.
    pub(crate) page: Handle,
}

/// An account of a social network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Social {
    /// The name of the account without `@`; unique over brands, upper and lower case alike.
    pub(crate) account: Handle,
}

/// A support address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// The address to which customers write; unique over brands, upper and lower case alike.
    pub(crate) address: MailAddress,
}

/// What callers hear and can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phone {
    /// What callers hear first. `{opens}` and `{closes}` stand for the first opening and the last closing of the business
    /// hours, `{emergency_key}` for the key to press; at most 4000 characters.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LongText")]
    pub(crate) announcement: Option<LongText>,
    /// Calls outside the hours, and calls that nobody takes, become voicemail. `voicemail = {}` turns it on.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Voicemail")]
    pub(crate) voicemail: Option<Voicemail>,
    /// The way through for what cannot wait: a key that transfers at once.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Emergency")]
    pub(crate) emergency: Option<Emergency>,
    /// Whether this brand needs an emergency way. `false` silences the advice to give it one.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    #[schemars(extend("default" = true))]
    pub(crate) emergency_needed: bool,
    /// The menu that callers hear first, after `announcement`: a name of `menus`, `main` unless stated.
    #[serde(default = "MenuName::main", skip_serializing_if = "MenuName::is_main")]
    #[schemars(extend("default" = "main"))]
    pub(crate) first_menu: MenuName,
    /// Menus in which callers press keys, by name, such as `main`. A menu may lead to another and back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) menus: BTreeMap<MenuName, Menu>,
}

/// Voicemail; the table being there turns it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Voicemail {
    /// The team that listens to it and calls back: the name of a `team`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) team: Option<ResourceName>,
}

/// The way through for what cannot wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Emergency {
    /// The key that callers press: `0` to `9`, `*` or `#`.
    pub(crate) key: PhoneKey,
    /// The number, in E.164, of the telephone that rings then. Not the brand's own.
    pub(crate) transfer_to: PhoneNumber,
}

impl Default for Phone {
    fn default() -> Self {
        Self {
            announcement: None,
            voicemail: None,
            emergency: None,
            emergency_needed: true,
            first_menu: MenuName::main(),
            menus: BTreeMap::new(),
        }
    }
}

impl<L> Brand<L> {
    /// The same brand with another form of its logo.
    pub(crate) fn with_logo<M>(self, logo: Option<M>) -> Brand<M> {
        let Self {
            display_name,
            audience,
            subdomain,
            logo: _,
            default,
            active,
            business_hours,
            host_mapping,
            channels,
            teams,
            phone,
            family,
            signature_template,
        } = self;
        Brand {
            display_name,
            audience,
            subdomain,
            logo,
            default,
            active,
            business_hours,
            host_mapping,
            channels,
            teams,
            phone,
            family,
            signature_template,
        }
    }

    /// Folds what is spelling only: letters of names that ignore case, line ends, the order of references.
    pub(crate) fn folded(mut self) -> Self {
        self.subdomain = Subdomain(self.subdomain.to_ascii_lowercase());
        self.host_mapping = self.host_mapping.map(|mapping| HostMapping {
            host: HostName(mapping.host.to_ascii_lowercase()),
            certificate: mapping.certificate,
        });
        for locale in self.channels.help_center.iter_mut().flat_map(|center| &mut center.locales) {
            *locale = Locale(locale.to_ascii_lowercase());
        }
        if let Some(mail) = &mut self.channels.mail {
            let (local, domain) = mail.address.rsplit_once('@').unwrap_or_default();
            mail.address = MailAddress(format!("{local}@{}", domain.to_ascii_lowercase()));
        }
        self.teams.sort();
        self.teams.dedup();
        self.phone.menus = self.phone.menus.into_iter().map(|(name, menu)| (name, menu.folded())).collect();
        self.phone.announcement = self.phone.announcement.map(|text| text.folded());
        self.signature_template = self.signature_template.map(|text| text.folded());
        self
    }

    /// True if a binary that knows neither teams nor menus would lose something.
    pub(crate) fn needs_second_format(&self) -> bool {
        let Phone { announcement: _, voicemail, emergency: _, emergency_needed: _, first_menu, menus } = &self.phone;
        let listener = voicemail.as_ref().is_some_and(|voicemail| voicemail.team.is_some());
        !self.teams.is_empty() || listener || !first_menu.is_main() || !menus.is_empty()
    }
}
