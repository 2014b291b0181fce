// SPDX-License-Identifier: EUPL-1.2
//! Dutch or English: by link, by cookie, or by what the browser prefers.

/// Taal of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[doc(alias = "taal")]
pub(super) enum Language {
    /// What everything here was first written in.
    #[default]
    Dutch,
    /// For colleagues who read that more easily.
    English,
}

impl Language {
    /// As in `lang` and in the address.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    /// Reads a code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        [Self::Dutch, Self::English].into_iter().find(|language| language.code() == code)
    }

    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Dutch => Self::English,
            Self::English => Self::Dutch,
        }
    }

    /// The one of two texts that is in this language.
    pub(super) const fn of<'a>(self, dutch: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }

    /// What an `Accept-Language` header prefers; Dutch when it names neither.
    pub(super) fn preferred(header: &str) -> Self {
        let mut best = (0.0, Self::Dutch);
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let primary = tag.split('-').next().unwrap_or_default();
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
            if let (Some(language), Some(quality)) = (Self::from_code(primary), quality)
                && quality > best.0
            {
                best = (quality, language);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_heard() {
        for (header, language) in [
            ("", Language::Dutch),
            ("nl-NL,nl;q=0.9,en;q=0.8", Language::Dutch),
            ("en-GB, en;q=0.9, nl;q=0.5", Language::English),
            ("de, en;q=0.3", Language::English),
            ("fr", Language::Dutch),
            ("en;q=0, nl;q=0.1", Language::Dutch),
            ("en;q=x", Language::Dutch),
        ] {
            assert_eq!(Language::preferred(header), language, "{header}");
        }
    }
}
