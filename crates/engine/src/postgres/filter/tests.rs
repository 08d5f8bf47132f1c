//! Conditions and what the server is asked.

use super::*;
use datafusion::logical_expr::{col, lit};

fn columns() -> Vec<ReadColumn> {
    let column = |name: &str, r#type| ReadColumn { name: name.into(), sql: crate::quoted(name), r#type };
    vec![
        column("id", Type::Text),
        column("size", Type::Integer),
        column("cea", Type::Number),
        column("died", Type::Flag),
        column("born", Type::Date),
        column("a\" or 1=1 --", Type::Text),
    ]
}

fn sql(expression: Expr) -> Option<String> {
    condition(&expression, &columns())
}

#[test]
fn comparisons_of_one_type_are_pushed() {
    assert_eq!(sql(col("size").gt_eq(lit(30i64))).unwrap(), "((\"size\") >= int8 '30')");
    assert_eq!(sql(col("cea").lt(lit(0.5))).unwrap(), "((\"cea\") < float8 '5e-1')");
    assert_eq!(sql(col("died").is_not_true()).unwrap(), "((\"died\") is not true)");
    assert_eq!(
        sql(col("id").eq(lit("O'Brien")).or(!col("size").is_null())).unwrap(),
        "(((\"id\") = 'O''Brien') or (not ((\"size\") is null)))"
    );
    let day = Expr::Literal(ScalarValue::Date32(Some(11_016)), None);
    assert_eq!(sql(col("born").not_eq(day)).unwrap(), "((\"born\") <> date '2000-02-29')");
    assert_eq!(
        sql(col("size").in_list(vec![lit(1i64), lit(2i64)], true)).unwrap(),
        "((\"size\") not in (int8 '1', int8 '2'))"
    );
}

#[test]
fn texts_are_ordered_letter_by_letter() {
    assert_eq!(sql(col("id").lt(lit("B"))).unwrap(), "((\"id\") collate pg_catalog.\"C\" < 'B')");
    assert_eq!(
        sql(col("id").between(lit("A"), lit("B"))).unwrap(),
        "((\"id\") collate pg_catalog.\"C\" between 'A' and 'B')"
    );
    assert_eq!(sql(col("id").like(lit("C18%"))).unwrap(), "((\"id\") like 'C18%')");
}

#[test]
fn names_are_quoted() {
    let name = datafusion::common::Column::new_unqualified("a\" or 1=1 --");
    let condition = sql(Expr::Column(name).eq(lit("x"))).unwrap();
    assert_eq!(condition, "((\"a\"\" or 1=1 --\") = 'x')");
}

#[test]
fn what_may_mean_something_else_is_left_to_the_engine() {
    for left in [
        col("id").ilike(lit("c18%")),
        col("id").like(lit("a\\%")),
        col("id").eq(lit("a\0b")),
        col("size").eq(lit("1")),
        (col("size") + lit(1i64)).eq(lit(2i64)),
        col("cea").eq(lit(f64::NAN)),
        col("size").eq(lit(ScalarValue::Int64(None))),
        col("size").in_list(vec![], false),
        col("other").is_null(),
        col("size").eq(lit(1i64)).and(col("id").ilike(lit("x"))),
    ] {
        assert_eq!(sql(left.clone()), None, "{left}");
    }
}

#[test]
fn an_endless_condition_is_left_to_the_engine() {
    let long = (0..LONGEST as i64).map(lit).collect();
    assert_eq!(sql(col("size").in_list(long, false)), None);
    let deep = (0..DEEPEST + 1).fold(col("died"), |inner, _| !inner);
    assert_eq!(sql(deep), None);
}
