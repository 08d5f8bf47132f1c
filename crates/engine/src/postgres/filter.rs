//! Conditions that the server can decide exactly as the engine would.
//!
//! Only what means the same in both is pushed down: comparisons, BETWEEN, IN, LIKE, IS NULL, and AND, OR, NOT of these,
//! between columns and constants of one type. Texts are ordered letter by letter (`collate "C"`), which is the
//! engine's order; numbers have no NaN, and no negative zero, where a table is read in place. Everything else
//! (functions, arithmetic, patterns without regard to case) is left to the engine.

use super::literal;
use super::reading::ReadColumn;
use crate::Type;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{Between, BinaryExpr, Cast, Expr, Like, Operator};

/// A condition with more parts than these is left to the engine: the server would have to parse it.
const LONGEST: usize = 20_000;

/// How deep conditions may be nested.
const DEEPEST: usize = 100;

/// The condition as SQL of the server; `None` where it does not mean the same there.
pub(super) fn condition(expression: &Expr, columns: &[ReadColumn]) -> Option<String> {
    Translation { columns, parts: 0 }.condition(expression, 0)
}

struct Translation<'a> {
    columns: &'a [ReadColumn],
    parts: usize,
}

/// A column or a constant.
struct Operand {
    sql: String,
    r#type: Type,
}

impl Operand {
    /// The operand where its order matters.
    fn ordered(self) -> String {
        if self.r#type == Type::Text { format!("{} collate pg_catalog.\"C\"", self.sql) } else { self.sql }
    }
}

impl Translation<'_> {
    fn condition(&mut self, expression: &Expr, depth: usize) -> Option<String> {
        self.parts += 1;
        if depth > DEEPEST || self.parts > LONGEST {
            return None;
        }
        let mut of = |inner: &Expr, test: &str| {
            self.condition(inner, depth + 1).map(|condition| format!("({condition} {test})"))
        };
        match expression {
            Expr::Alias(alias) => self.condition(&alias.expr, depth + 1),
            Expr::IsTrue(inner) => of(inner, "is true"),
            Expr::IsFalse(inner) => of(inner, "is false"),
            Expr::IsUnknown(inner) => of(inner, "is unknown"),
            Expr::IsNotTrue(inner) => of(inner, "is not true"),
            Expr::IsNotFalse(inner) => of(inner, "is not false"),
            Expr::IsNotUnknown(inner) => of(inner, "is not unknown"),
            Expr::Not(inner) => {
                self.condition(inner, depth + 1).map(|condition| format!("(not {condition})"))
            }
            Expr::IsNull(inner) => Some(format!("({} is null)", self.operand(inner)?.sql)),
            Expr::IsNotNull(inner) => Some(format!("({} is not null)", self.operand(inner)?.sql)),
            Expr::BinaryExpr(binary) => self.binary(binary, depth),
            Expr::Between(between) => self.between(between),
            Expr::InList(list) => self.in_list(list),
            Expr::Like(like) => self.like(like),
            Expr::Column(_) => {
                let operand = self.operand(expression)?;
                (operand.r#type == Type::Flag).then_some(operand.sql)
            }
            _ => None,
        }
    }

    fn binary(&mut self, binary: &BinaryExpr, depth: usize) -> Option<String> {
        let logic = match binary.op {
            Operator::And => Some("and"),
            Operator::Or => Some("or"),
            _ => None,
        };
        if let Some(logic) = logic {
            let (left, right) =
                (self.condition(&binary.left, depth + 1)?, self.condition(&binary.right, depth + 1)?);
            return Some(format!("({left} {logic} {right})"));
        }
        let ordered = matches!(binary.op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq);
        let operator = match binary.op {
            Operator::Eq => "=",
            Operator::NotEq => "<>",
            Operator::Lt => "<",
            Operator::LtEq => "<=",
            Operator::Gt => ">",
            Operator::GtEq => ">=",
            Operator::IsDistinctFrom => "is distinct from",
            Operator::IsNotDistinctFrom => "is not distinct from",
            _ => return None,
        };
        let (left, right) = (self.operand(&binary.left)?, self.operand(&binary.right)?);
        if !comparable(&left, &right) {
            return None;
        }
        let left = if ordered { left.ordered() } else { left.sql };
        Some(format!("({left} {operator} {})", right.sql))
    }

    fn between(&mut self, between: &Between) -> Option<String> {
        let value = self.operand(&between.expr)?;
        let (low, high) = (self.operand(&between.low)?, self.operand(&between.high)?);
        if !comparable(&value, &low) || !comparable(&value, &high) {
            return None;
        }
        let not = if between.negated { "not " } else { "" };
        Some(format!("({} {not}between {} and {})", value.ordered(), low.sql, high.sql))
    }

    fn in_list(&mut self, list: &InList) -> Option<String> {
        let value = self.operand(&list.expr)?;
        let mut items = Vec::new();
        for item in &list.list {
            let item = self.operand(item).filter(|item| comparable(&value, item))?;
            items.push(item.sql);
        }
        let not = if list.negated { "not " } else { "" };
        (!items.is_empty()).then(|| format!("({} {not}in ({}))", value.sql, items.join(", ")))
    }

    /// A pattern with regard to case; what a backslash does in one is not asked.
    fn like(&mut self, like: &Like) -> Option<String> {
        let value = self.operand(&like.expr)?;
        let (Expr::Literal(pattern, _), Type::Text) = (like.pattern.as_ref(), value.r#type) else {
            return None;
        };
        let pattern = pattern.try_as_str().flatten()?;
        if like.case_insensitive || like.escape_char.is_some() || pattern.contains('\\') {
            return None;
        }
        let not = if like.negated { "not " } else { "" };
        Some(format!("({} {not}like {})", value.sql, literal::text(pattern)?))
    }

    fn operand(&mut self, expression: &Expr) -> Option<Operand> {
        self.parts += 1;
        if self.parts > LONGEST {
            return None;
        }
        match expression {
            Expr::Column(column) => {
                let found = self.columns.iter().find(|known| known.name == column.name)?;
                Some(Operand { sql: format!("({})", found.sql), r#type: found.r#type })
            }
            // A whole number that is compared with one that has decimals.
            Expr::Cast(Cast { expr, field }) => {
                let inner = self.operand(expr)?;
                let number = field.data_type() == &Type::Number.stored() && inner.r#type == Type::Integer;
                number.then(|| Operand { sql: format!("({}::float8)", inner.sql), r#type: Type::Number })
            }
            Expr::Literal(value, _) => constant(value),
            _ => None,
        }
    }
}

/// Whether both are of one type; a null has none.
fn comparable(left: &Operand, right: &Operand) -> bool {
    left.r#type == right.r#type
}

fn constant(value: &ScalarValue) -> Option<Operand> {
    let (sql, r#type) = match value {
        ScalarValue::Boolean(Some(flag)) => (flag.to_string(), Type::Flag),
        ScalarValue::Int64(Some(value)) => (literal::integer(*value), Type::Integer),
        ScalarValue::Float64(Some(value)) => (literal::number(*value)?, Type::Number),
        ScalarValue::Date32(Some(days)) => (literal::date(*days)?, Type::Date),
        ScalarValue::TimestampMicrosecond(Some(moment), None) => (literal::moment(*moment)?, Type::Moment),
        ScalarValue::Utf8(Some(text))
        | ScalarValue::LargeUtf8(Some(text))
        | ScalarValue::Utf8View(Some(text)) => (literal::text(text)?, Type::Text),
        _ => return None,
    };
    Some(Operand { sql, r#type })
}

#[cfg(test)]
mod tests;
