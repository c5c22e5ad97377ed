//! Near misses: what somebody probably meant.

use crate::lookalikes::folded;

/// The candidate nearest to a word, if one is near enough to be a slip.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = folded(word).to_lowercase();
    let length = word.chars().count();
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        // Counting is much cheaper than comparing, and a key may be as long as its file.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::damerau_levenshtein(&word, candidate), candidate))
        // Texts that share no character are no slips of each other.
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Looks for near misses until so many words were compared: where there are more, slips are not what is wrong.
pub(crate) struct Slips {
    left: usize,
}

impl Default for Slips {
    fn default() -> Self {
        Self { left: 100_000 }
    }
}

impl Slips {
    /// The candidate nearest to a word, as [`nearest`] gives it.
    pub(crate) fn nearest<'c>(&mut self, word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
        if self.left == 0 {
            return None;
        }
        nearest(word, candidates.into_iter().inspect(|_| self.left = self.left.saturating_sub(1)))
    }
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn alternatives(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}
