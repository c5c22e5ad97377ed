//! Fields that differ, named as people read them: the days of a week from Monday on, and days that are alike as one range.

use deskform_kinds::Day;
use deskform_model::{Edit, FieldPath, Segment};
use deskform_plan::DriftEdit;

/// A field that differs.
pub(crate) trait Field {
    /// Where it is.
    fn path(&self) -> &FieldPath;

    /// True if the other one differs in the same way.
    fn is_alike(&self, other: &Self) -> bool;
}

impl Field for Edit {
    fn path(&self) -> &FieldPath {
        &self.path
    }

    fn is_alike(&self, other: &Self) -> bool {
        let of = |edit: &Self| {
            let Self { after, applied, before, cause, path: _ } = edit.clone();
            (after, applied, before, cause)
        };
        of(self) == of(other)
    }
}

impl Field for DriftEdit {
    fn path(&self) -> &FieldPath {
        &self.path
    }

    fn is_alike(&self, other: &Self) -> bool {
        let of = |edit: &Self| {
            let Self { path: _, desired, applied, live } = edit.clone();
            (desired, applied, live)
        };
        of(self) == of(other)
    }
}

/// The fields with their names, in the order of their paths. Of a range of days the first stands for all.
pub(crate) fn labelled<T: Field>(fields: &[T]) -> Vec<(String, &T)> {
    let mut fields: Vec<(&T, Option<Day>)> = fields.iter().map(|field| (field, day_of(field.path()))).collect();
    for week in
        fields.chunk_by_mut(|(one, day), (other, next)| day.is_some() && next.is_some() && are_siblings(*one, *other))
    {
        week.sort_by_key(|(_, day)| *day);
    }
    let goes_on = |(one, day): &(&T, Option<Day>), (other, next): &(&T, Option<Day>)| {
        let follows = day.zip(*next).is_some_and(|(day, next)| day.next() == next);
        follows && are_siblings(*one, *other) && one.is_alike(other)
    };
    fields.chunk_by(goes_on).filter_map(|days| Some((name(days), days.first()?.0))).collect()
}

fn name<T: Field>(days: &[(&T, Option<Day>)]) -> String {
    match days {
        [(field, _)] if field.path().is_root() => "(whole resource)".to_owned(),
        [(field, Some(first)), .., (_, Some(last))] => {
            parent(field.path()).key(format!("{}-{}", first.word(), last.word())).to_string()
        }
        _ => days.first().map(|(field, _)| field.path().to_string()).unwrap_or_default(),
    }
}

fn day_of(path: &FieldPath) -> Option<Day> {
    match path.segments().last()? {
        Segment::Key(key) => Day::from_word(key),
        Segment::Index(_) => None,
    }
}

fn parent(path: &FieldPath) -> FieldPath {
    path.segments().split_last().map(|(_, rest)| rest.iter().cloned().collect()).unwrap_or_default()
}

fn are_siblings<T: Field>(one: &T, other: &T) -> bool {
    parent(one.path()) == parent(other.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn edit(path: &[&str], live: &str) -> DriftEdit {
        let path = FieldPath::keys(path.iter().copied());
        DriftEdit { path, desired: None, applied: None, live: Some(json!(live)) }
    }

    fn names(fields: &[DriftEdit]) -> Vec<String> {
        labelled(fields)
            .into_iter()
            .map(|(name, field)| format!("{name} {}", field.live.as_ref().expect("live")))
            .collect()
    }

    #[test]
    fn days_stand_in_the_order_of_the_week_and_alike_ones_together() {
        let week = ["fri", "mon", "sat", "sun", "thu", "tue", "wed"];
        let live = |day: &str| if ["sat", "sun"].contains(&day) { "a" } else { "b" };
        let fields: Vec<DriftEdit> = week.iter().map(|day| edit(&["weekly", day], live(day))).collect();
        assert_eq!(names(&fields), ["weekly.mon-fri \"b\"", "weekly.sat-sun \"a\""]);
        let fields = [edit(&["weekly", "fri"], "a"), edit(&["weekly", "mon"], "a"), edit(&["weekly", "tue"], "b")];
        assert_eq!(names(&fields), ["weekly.mon \"a\"", "weekly.tue \"b\"", "weekly.fri \"a\""]);
        let fields = [edit(&["weekly", "mon"], "a"), edit(&["weekly", "sun"], "a")];
        assert_eq!(names(&fields), ["weekly.mon \"a\"", "weekly.sun \"a\""]);
    }

    #[test]
    fn other_fields_stay_where_and_as_they_are() {
        let fields = [edit(&["a", "sun"], "x"), edit(&["b", "mon"], "x"), edit(&["b", "zone"], "x"), edit(&["c"], "x")];
        assert_eq!(names(&fields), ["a.sun \"x\"", "b.mon \"x\"", "b.zone \"x\"", "c \"x\""]);
        assert_eq!(names(&[edit(&[], "x")]), ["(whole resource) \"x\""]);
    }
}
