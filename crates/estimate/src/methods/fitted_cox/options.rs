//! The options of the `cox` whose model a method follows, written once for all of them.
//!
//! A macro, because serde's `flatten` would let unknown keys pass, which a plan must not have.

/// Declares the options of a method after a Cox model: those of the model, then its own. `cox()` gives the options of
/// the `cox` that fits the model.
macro_rules! options_after_cox {
    ($(#[$about:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// An endpoint of `[endpoints]`.
            pub endpoint: String,
            /// The terms of the Cox model.
            #[serde(deserialize_with = "crate::design::term::term_list")]
            #[schemars(with = "Vec<crate::design::term::WrittenTerm>")]
            pub terms: Vec<String>,
            /// How tied events are handled, by dialect as in `cox` where absent; `exact` is not available here.
            pub ties: Option<$crate::methods::cox::Ties>,
            /// Variables whose combinations of levels have a baseline hazard each, as in `cox`.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub strata: Vec<String>,
            /// A variable that says how much each patient counts.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub weights: Option<String>,
            /// What the weights stand for; needed beside `weights`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub weight_kind: Option<$crate::methods::models::WeightKind>,
            /// A variable of which patients of one level, for example of one hospital, are alike.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub cluster: Option<String>,
            /// What is added to the likelihood, as in `cox`; nothing where absent.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub penalty: Option<$crate::methods::logistic::Penalty>,
            /// Of an endpoint with `competing`: whose hazard is modelled; `event` where absent.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub cause: Option<$crate::methods::cox::Cause>,
            /// Time at which follow-up starts anew, in the endpoint's unit, as in `cox`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub landmark: Option<f64>,
            $($own)*
        }

        impl $name {
            /// The `cox` that fits the model.
            fn cox(&self) -> $crate::methods::cox::CoxOptions {
                $crate::methods::cox::CoxOptions {
                    strata: self.strata.clone(),
                    weights: self.weights.clone(),
                    weight_kind: self.weight_kind,
                    cluster: self.cluster.clone(),
                    penalty: self.penalty,
                    cause: self.cause,
                    landmark: self.landmark,
                    ..$crate::methods::cox::CoxOptions::of_terms(&self.endpoint, &self.terms, self.ties)
                }
            }
        }
    };
}
pub(in crate::methods) use options_after_cox;
