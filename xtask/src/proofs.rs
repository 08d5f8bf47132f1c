//! Proofs that need no other program: worked by hand, or by an identity. A test says in its documentation of which methods
//! it is one:
//!
//! ```text
//! /// By hand, `cox`: six patients with ties, whose e^β solves a quadratic equation.
//! /// Identity, `cox`, `logistic`: splitting a counted row changes nothing.
//! ```

use crate::tidy::{files, read, shown};
use std::path::Path;

/// How something is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A closed form, worked on tiny data.
    ByHand,
    /// What must be equal whatever the data.
    Identity,
}

/// How a claim of each kind begins.
const TAGS: [(Kind, &str); 2] = [(Kind::ByHand, "/// By hand, "), (Kind::Identity, "/// Identity, ")];

/// One proof of one method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Proof {
    /// How it proves.
    pub(crate) kind: Kind,
    /// As in `method = "…"`.
    pub(crate) method: String,
    /// What is shown, a sentence.
    pub(crate) what: String,
    /// The test: file and function.
    pub(crate) test: String,
}

/// The proofs that tests of `estimate` claim, sorted.
pub(crate) fn proofs(root: &Path) -> Result<Vec<Proof>, String> {
    let folder = root.join("crates/estimate");
    let mut found = Vec::new();
    for path in files(&folder, "rs")? {
        let text = read(&path)?;
        let place = shown(&folder, &path);
        for (kind, name, claim) in claims(&text) {
            let test = format!("{place}: {name}");
            let (methods, what) = claim
                .split_once(": ")
                .ok_or_else(|| format!("{test}: write which methods, a colon, and what is shown"))?;
            for method in methods.split(", ") {
                let method = method.trim_matches('`').to_string();
                found.push(Proof { kind, method, what: what.into(), test: test.clone() });
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The claims of a file, each with the test below it.
fn claims(text: &str) -> Vec<(Kind, String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let tagged = TAGS.iter().find_map(|(kind, tag)| Some((*kind, line.strip_prefix(tag)?)));
        let Some((kind, first)) = tagged else { continue };
        let mut claim = first.to_string();
        for line in lines.by_ref() {
            if let Some(more) = line.strip_prefix("/// ") {
                claim = format!("{claim} {more}");
            } else if let Some(rest) = line.strip_prefix("fn ") {
                let name = rest.split('(').next().unwrap_or_default();
                found.push((kind, name.to_string(), claim));
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_its_documentation_and_the_test_below() {
        let text = "/// By hand, `cox`: six\n    /// patients.\n    #[test]\n    fn six() {\n    }\n\
                    /// Identity, `cox`: rows.\n#[test]\nfn rows() {}\n";
        let claim = |kind, name: &str, claim: &str| (kind, name.to_string(), claim.to_string());
        assert_eq!(
            claims(text),
            [
                claim(Kind::ByHand, "six", "`cox`: six patients."),
                claim(Kind::Identity, "rows", "`cox`: rows.")
            ]
        );
    }
}
