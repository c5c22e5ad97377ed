//! Mail addresses and mail domains, as strategies, desks and organizations name them.

use std::collections::BTreeSet;

use crate::words::text;

/// A mail domain of two to nine labels. The length is bounded by the pattern alone, because domains and addresses are
/// also keys of maps, for which a schema knows no length.
macro_rules! domain {
    () => {
        "(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.){1,8}[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
    };
}

text!(
    /// A bare mail domain.
    MailDomain, concat!("^", domain!(), "$"), 4..=575,
    "a bare mail domain such as acme.example: no `@`, no scheme, no space, at least one dot"
);
text!(
    /// A single mail address.
    MailAddress, concat!("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@", domain!(), "$"), 6..=640,
    "a single bare mail address such as suzuki@acme.example; several go into a list, one each"
);
text!(
    /// A mail domain, or every domain there is.
    ApprovedName, concat!("^(?:anyone|", domain!(), ")$"), 4..=575,
    "a bare mail domain such as acme.example, or the word `anyone` for every address"
);

impl MailDomain {
    /// The domain in lower case: upper and lower case mean the same.
    pub(crate) fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}

impl MailAddress {
    /// The address with its domain in lower case. What stands before the `@` is the receiver's own affair.
    pub(crate) fn folded(&self) -> Self {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or_default();
        Self(format!("{local}@{}", domain.to_ascii_lowercase()))
    }
}

impl ApprovedName {
    /// The domain in lower case.
    pub(crate) fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }

    /// True for every address there is.
    pub(crate) fn is_anyone(&self) -> bool {
        self.0 == "anyone"
    }
}

impl From<&MailDomain> for ApprovedName {
    fn from(domain: &MailDomain) -> Self {
        Self(domain.0.clone())
    }
}

/// Domains at which anybody can get an address, in lower case, sorted.
const PUBLIC: [&str; 38] = [
    "163.com",
    "aol.com",
    "biglobe.ne.jp",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.jp",
    "hotmail.com",
    "i.softbank.jp",
    "icloud.com",
    "live.com",
    "live.jp",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "nifty.com",
    "ocn.ne.jp",
    "outlook.com",
    "outlook.jp",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "softbank.ne.jp",
    "t-online.de",
    "web.de",
    "yahoo.co.jp",
    "yahoo.com",
    "yandex.com",
    "ymail.com",
    "ymail.ne.jp",
    "ymobile.ne.jp",
];

/// True for a domain at which anybody can get an address, such as `gmail.com`.
pub(crate) fn is_public(domain: &str) -> bool {
    PUBLIC.binary_search(&&*domain.to_ascii_lowercase()).is_ok()
}

/// The places of texts that stood in the list before, upper and lower case alike.
pub(crate) fn repeated<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let places = texts.into_iter().enumerate();
    places.filter(|(_, text)| !seen.insert(text.to_ascii_lowercase())).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_bare_and_has_a_dot() {
        let fits = |text: &str| MailDomain::try_from(text.to_owned()).is_ok();
        for good in ["acme.example", "ACME.co.jp", "a.b-c.example", "xn--eckwd4c7c.example", "a.b.c.d.e.f.g.h.example"]
        {
            assert!(fits(good), "{good}");
        }
        for bad in [
            "acme",
            "@acme.example",
            "https://acme.example",
            "acme.example/",
            "a b.example",
            ".example",
            "acme.example.",
            "a..example",
            "-a.example",
            "acme.e",
            "203.0.113.7",
            "anyone",
            "a.b.c.d.e.f.g.h.i.example",
            "アクメ.example",
            "",
        ] {
            assert!(!fits(bad), "{bad}");
        }
        assert!(ApprovedName::try_from("anyone".to_owned()).is_ok_and(|name| name.is_anyone()));
    }

    #[test]
    fn an_address_is_one_address() {
        let fits = |text: &str| MailAddress::try_from(text.to_owned()).is_ok();
        for good in ["suzuki@acme.example", "a+b@acme.example", "o'neil@ACME.example"] {
            assert!(fits(good), "{good}");
        }
        for bad in [
            "suzuki",
            "@acme.example",
            "a@b@acme.example",
            "a@acme.example; b@acme.example",
            "a@acme.example,",
            "<a@acme.example>",
            "a @acme.example",
            "a@acme.example\n",
            "a@acme",
        ] {
            assert!(!fits(bad), "{bad}");
        }
        let folded = MailAddress::try_from("O.Neil@ACME.Example".to_owned()).map(|address| address.folded());
        assert_eq!(folded.as_deref(), Ok("O.Neil@acme.example"));
    }

    #[test]
    fn public_domains_are_found_in_any_case_and_only_whole() {
        assert!(PUBLIC.is_sorted());
        assert_eq!(
            ["gmail.com", "Yahoo.CO.jp", "acme.example", "mygmail.com", "a.gmail.com"].map(is_public),
            [true, true, false, false, false]
        );
    }

    #[test]
    fn a_repetition_is_found_in_any_case() {
        assert_eq!(repeated(["a.example", "b.example", "A.example", "a.example"]), [2, 3]);
    }
}
