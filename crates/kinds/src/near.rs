//! The word that was probably meant.

/// The candidate nearest to a word, if any is near: at most a third of its letters differ. Ties go to the first.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let most = (word.chars().count() / 3).max(1);
    let distance = |candidate: &str| strsim::osa_distance(&word, &candidate.to_lowercase());
    let near = candidates.into_iter().map(|c| (distance(c), c)).filter(|(distance, _)| *distance <= most);
    near.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_another_word_is_not() {
        let words = ["opens", "closes", "emergency_key"];
        assert_eq!(nearest("Open", words), Some("opens"));
        assert_eq!(nearest("emergencykey", words), Some("emergency_key"));
        assert_eq!(nearest("holiday", words), None);
    }
}
