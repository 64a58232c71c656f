//! What a caller may do, whoever found that out: a ceiling over what is configured for everybody, never a preference.

use std::collections::BTreeSet;

use super::DatabaseKey;

/// What a caller may use. The default is everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Rights {
    /// The databases that may be used; none means all that are configured.
    pub databases: Option<BTreeSet<DatabaseKey>>,
    /// The database a call without a choice means, in place of the configured default.
    pub default_database: Option<DatabaseKey>,
    /// The tools that may be used, by their listed names; none means all.
    pub tools: Option<BTreeSet<String>>,
    /// Whether nothing may be written.
    pub read_only: bool,
}

impl Rights {
    /// Everything.
    pub fn all() -> Self {
        Self::default()
    }

    /// One database and nothing beside it; it is also what a call without a choice means.
    pub fn pinned_to(key: DatabaseKey) -> Self {
        Self { databases: Some(BTreeSet::from([key.clone()])), default_database: Some(key), ..Self::all() }
    }

    /// Whether nothing is forbidden.
    pub fn are_all(&self) -> bool {
        *self == Self::all()
    }

    /// Whether a database may be used.
    pub fn reach(&self, key: &DatabaseKey) -> bool {
        self.databases.as_ref().is_none_or(|databases| databases.contains(key))
    }

    /// Whether a tool may be used.
    pub fn include(&self, tool: &str) -> bool {
        self.tools.as_ref().is_none_or(|tools| tools.contains(tool))
    }

    /// What both allow.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let default_database = other.default_database.clone().or_else(|| self.default_database.clone());
        let mut both = Self {
            databases: common(self.databases.as_ref(), other.databases.as_ref()),
            default_database: None,
            tools: common(self.tools.as_ref(), other.tools.as_ref()),
            read_only: self.read_only || other.read_only,
        };
        both.default_database = default_database.filter(|key| both.reach(key));
        both
    }
}

fn common<T: Ord + Clone>(one: Option<&BTreeSet<T>>, other: Option<&BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.intersection(other).cloned().collect()),
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> DatabaseKey {
        DatabaseKey::parse(text).unwrap()
    }

    #[test]
    fn two_ceilings_leave_what_is_under_both() {
        let team = Rights { databases: Some([key("a"), key("b")].into()), read_only: true, ..Rights::all() };
        let pinned = team.and(&Rights::pinned_to(key("b")));
        assert!(pinned.reach(&key("b")) && !pinned.reach(&key("a")) && pinned.read_only);
        assert_eq!(pinned.default_database, Some(key("b")));
        let nothing = team.and(&Rights::pinned_to(key("c")));
        assert!(!nothing.reach(&key("c")) && !nothing.reach(&key("a")));
        assert_eq!(nothing.default_database, None);
        assert_eq!(team.and(&Rights::all()), team);
        assert!(Rights::all().and(&Rights::all()).are_all());
    }
}
