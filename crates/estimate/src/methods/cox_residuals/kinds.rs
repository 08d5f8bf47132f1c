//! The kinds of residuals that may be asked for.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use study::ResidualKind;

/// The kinds that `residuals` may name.
const ASKED: [ResidualKind; 7] = [
    ResidualKind::Martingale,
    ResidualKind::Deviance,
    ResidualKind::Score,
    ResidualKind::Schoenfeld,
    ResidualKind::ScaledSchoenfeld,
    ResidualKind::Dfbeta,
    ResidualKind::Dfbetas,
];

/// All of them, which are told where the plan names none.
pub(super) fn all() -> Vec<ResidualKind> {
    ASKED.to_vec()
}

/// A list of them: the schema of the plan offers these words and no other column of the results.
pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    let mut kinds = ResidualKind::json_schema(generator);
    if let Some(words) = kinds.get_mut("oneOf").and_then(Value::as_array_mut) {
        words.retain(|word| {
            serde_json::from_value(word["const"].clone()).is_ok_and(|kind| ASKED.contains(&kind))
        });
    }
    json_schema!({ "type": "array", "items": kinds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_offers_these_words_alone() {
        let schema = schema(&mut SchemaGenerator::default());
        let words = schema.get("items").and_then(|kinds| kinds["oneOf"].as_array()).unwrap();
        let offered: Vec<&Value> = words.iter().map(|word| &word["const"]).collect();
        let asked = ASKED.map(|kind| serde_json::to_value(kind).unwrap());
        assert_eq!(offered, asked.iter().collect::<Vec<_>>());
    }
}
