//! Values of the wrong type, in plain words.

use super::{Fault, between};

/// What is known of a text that stands where something else must.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mistyped {
    /// The text, where a value was refused. It may be anybody's: the message leaves it out.
    pub value: Option<String>,
    /// The function that cannot take a text, where it is one.
    pub function: Option<String>,
}

/// The fault in a sentence of the engine about types, if it is one.
pub(super) fn mistyped(message: &str) -> Option<Fault> {
    calculation(message)
        .or_else(|| call(message))
        .or_else(|| value(message))
        .or_else(|| day(message))
        .or_else(|| together(message))
}

fn calculation(message: &str) -> Option<Fault> {
    if message.contains("nary operator '-' only supports") {
        return Some(of_text("`-` needs a number".into(), Mistyped::default()));
    }
    let expression = between(message, "coerce arithmetic expression ", " to valid types")
        .or_else(|| Some(message.split_once("for comparison operation ")?.1))?;
    let (left, rest) = expression.split_once(' ')?;
    let (operator, right) = rest.split_once(' ')?;
    let said = format!("`{operator}` does not go with {} and {}", word(left), word(right));
    let is_of_text = is_text(left) || is_text(right);
    Some(if is_of_text { of_text(said, Mistyped::default()) } else { Fault::plain(said) })
}

fn call(message: &str) -> Option<Fault> {
    let function = between(message, "to satisfy a call to '", "' function")
        .or_else(|| between(message, "unction '", "' failed to match any signature"))
        .or_else(|| {
            between(message, "unction '", "' expects").filter(|_| message.contains("but received"))
        })?;
    let given = between(message, "coercion from ", " to the signature");
    let given: Option<Vec<&str>> = given.map(|types| types.split(", ").collect());
    let is_of_text = match &given {
        Some(types) => types.iter().any(|name| is_text(name)),
        None => message.contains("received String"),
    };
    if !is_of_text {
        let given: Vec<String> = given?.into_iter().map(word).collect();
        return Some(Fault::plain(format!("`{function}` does not take {}", given.join(" and "))));
    }
    let mistyped = Mistyped { function: Some(function.into()), ..Mistyped::default() };
    Some(of_text(format!("`{function}` does not take text here"), mistyped))
}

fn value(message: &str) -> Option<Fault> {
    let value = between(message, "annot cast string '", "' to value of ")?;
    let wanted = message.rsplit_once("to value of ")?.1.trim_end_matches(" type");
    let mistyped = Mistyped { value: Some(value.into()), ..Mistyped::default() };
    Some(of_text(format!("{A_TEXT} is not {}", word(wanted)), mistyped))
}

fn day(message: &str) -> Option<Fault> {
    let value = between(message, "rror parsing timestamp from '", "'")?;
    let mistyped = Mistyped { value: Some(value.into()), ..Mistyped::default() };
    Some(of_text(format!("{A_TEXT} is not a date in the form that is said"), mistyped))
}

/// Values of several types that have none in common.
fn together(message: &str) -> Option<Fault> {
    let is = message.contains("Utf8") && (message.contains("coerc") || message.contains("common"));
    is.then(|| of_text("text and values of other types stand together".into(), Mistyped::default()))
}

/// The value in a message about one.
pub const A_TEXT: &str = "a text";

fn of_text(message: String, mistyped: Mistyped) -> Fault {
    Fault { mistyped: Some(mistyped), ..Fault::plain(message) }
}

fn is_text(name: &str) -> bool {
    matches!(name, "Utf8" | "Utf8View" | "LargeUtf8" | "String")
}

/// A type of the engine in words.
fn word(name: &str) -> String {
    let plain = match name {
        name if is_text(name) => "text",
        name if name.starts_with("Int") && !name.starts_with("Interval") || name.starts_with("UInt") => {
            "a whole number"
        }
        name if name.starts_with("Float") || name.starts_with("Decimal") => "a number",
        "Boolean" => "true or false",
        "Date32" | "Date64" => "a date",
        name if name.starts_with("Timestamp") => "a date with a time of day",
        name if name.starts_with("Interval") || name.starts_with("Duration") => "a length of time",
        other => return format!("`{other}`"),
    };
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_in_words() {
        let told = |message: &str| {
            let fault = mistyped(message).unwrap_or_else(|| panic!("{message}"));
            (fault.message, fault.mistyped)
        };
        let text = |value: Option<&str>, function: Option<&str>| {
            Some(Mistyped { value: value.map(Into::into), function: function.map(Into::into) })
        };
        for (message, expected, of_text) in [
            (
                "Cannot coerce arithmetic expression Utf8 * Int64 to valid types",
                "`*` does not go with text and a whole number",
                text(None, None),
            ),
            (
                "Cannot coerce arithmetic expression Date32 * Int64 to valid types",
                "`*` does not go with a date and a whole number",
                None,
            ),
            (
                "Cannot infer common argument type for comparison operation Date32 > Int64",
                "`>` does not go with a date and a whole number",
                None,
            ),
            (
                "Function 'sum' failed to match any signature, errors: Error during planning: Function 'sum' \
                 requires Decimal, but received String (DataType: Utf8).",
                "`sum` does not take text here",
                text(None, Some("sum")),
            ),
            (
                "Failed to coerce arguments to satisfy a call to 'sqrt' function: coercion from Utf8 to the \
                 signature Uniform(1, [Float64, Float32]) failed",
                "`sqrt` does not take text here",
                text(None, Some("sqrt")),
            ),
            (
                "Function 'abs' expects Numeric but received String. No function matches",
                "`abs` does not take text here",
                text(None, Some("abs")),
            ),
            (
                "Cannot cast string 'n/a' to value of Float64 type",
                "a text is not a number",
                text(Some("n/a"), None),
            ),
            (
                "Error parsing timestamp from '03.05.1950': error parsing date",
                "a text is not a date in the form that is said",
                text(Some("03.05.1950"), None),
            ),
        ] {
            assert_eq!(told(message), (expected.to_string(), of_text), "{message}");
        }
        assert_eq!(mistyped("division by zero"), None);
    }
}
