//! The names, numbers and words that the table is made of.

use crate::words::{choice, number, one_line, text};

text!(
    /// The name of a Jira site.
    SiteName, "^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", 1..=63,
    "the first part of the address of the site, such as acme-support of acme-support.atlassian.net: 1 to 63 ASCII letters, \
     digits and hyphens, no hyphen at the ends"
);
text!(
    /// The name of a group of a directory.
    GroupName, one_line!(), 1..=255,
    "1 to 255 characters on one line, without control characters and without spaces at the ends";
    key one_line!("{0,253}")
);
text!(
    /// The name of an Atlassian product.
    ProductName, "^[a-z][a-z0-9_-]{0,63}$", 1..=64,
    "1 to 64 lower-case ASCII letters, digits, `_` or `-`, starting with a letter, such as jira, confluence or jsm"
);
number!(
    /// A number of accounts.
    Accounts, 0..=1_000_000_000
);
number!(
    /// A number of days.
    Days, 1..=3650
);

choice!(
    /// Whom a strategy serves.
    Audience {
        /// Own staff and others who work for the company; nobody outside.
        Internal = "internal",
        /// Customers and anybody else outside.
        External = "external",
        /// Both, at desks of their own.
        Hybrid = "hybrid",
    }
);
choice!(
    /// A way in which staff get their accounts.
    Provisioning {
        /// Groups of the identity provider are synced; accounts are there before the first visit.
        IdentityProvider = "identity_provider",
        /// Whoever has an address of an approved domain signs up at the help center and gets an Atlassian account.
        ApprovedDomains = "approved_domains",
        /// Admins add people one by one.
        ByHand = "by_hand",
    }
);
choice!(
    /// What an account may do with a product.
    Role {
        /// Nothing.
        None = "none",
        /// Ask for help at the help center; of jsm only, takes no paid seat.
        Customer = "customer",
        /// Work on requests; of jsm only, takes a paid seat.
        Agent = "agent",
        /// Use the product; takes a paid seat.
        User = "user",
    }
);
choice!(
    /// How outside customers get their accounts.
    SignUp {
        /// Anybody may sign up, and agents may make accounts.
        Open = "open",
        /// Whoever has an address of a listed domain may sign up, and agents may make accounts.
        ListedDomains = "listed_domains",
        /// Only agents make accounts; mail of strangers is dropped.
        AgentsOnly = "agents_only",
    }
);
choice!(
    /// For whom a mail to a desk makes an account.
    EmailAccounts {
        /// For agents always, for customers who are there already as the other settings say.
        AgentsAndExisting = "agents_and_existing",
        /// For anybody, as the other settings say.
        Anyone = "anyone",
    } default AgentsAndExisting
);
choice!(
    /// How hard a password must be to guess.
    PasswordStrength {
        /// Weak: almost anything.
        Weak = "weak",
        /// Fair.
        Fair = "fair",
        /// Good.
        Good = "good",
        /// Strong.
        Strong = "strong",
        /// Very strong.
        VeryStrong = "very_strong",
    }
);

impl SiteName {
    /// The name in lower case: upper and lower case mean the same.
    pub(crate) fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}

impl Audience {
    /// True if staff is served.
    pub(crate) fn staff(self) -> bool {
        self != Self::External
    }

    /// True if outside customers are served.
    pub(crate) fn outsiders(self) -> bool {
        self != Self::Internal
    }

    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
            Self::Hybrid => "hybrid",
        }
    }
}

impl Role {
    /// True if an account of that role takes a seat that costs money.
    pub(crate) fn is_paid(self) -> bool {
        matches!(self, Self::Agent | Self::User)
    }

    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::User => "user",
        }
    }
}
