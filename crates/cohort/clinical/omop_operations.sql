-- One row an operation on the liver, from the OMOP CDM table `procedure_occurrence`.
--
-- Use it as `operations` of a study: `select * from omop_operations`. Procedures of one day are one operation. Margin and
-- extrahepatic disease are not in this table and have no value.
-- Parameter operation_concepts = required: concept ids of liver resections, separated by commas, with their descendants (Athena)
-- Source: OMOP Common Data Model 5.4, table PROCEDURE_OCCURRENCE.
with wanted as (
  select unnest(concept_ids($operation_concepts)) as concept_id
)
select
  cast(procedure_occurrence.person_id as text) as patient_id,
  to_date(substr(cast(procedure_occurrence.procedure_date as text), 1, 10)) as operation_date,
  string_agg(distinct cast(procedure_occurrence.procedure_source_value as text), ' + '
    order by cast(procedure_occurrence.procedure_source_value as text)) as procedure,
  cast(null as text) as margin,
  cast(null as text) as extrahepatic
from procedure_occurrence
join wanted on wanted.concept_id = procedure_occurrence.procedure_concept_id
group by
  procedure_occurrence.person_id, to_date(substr(cast(procedure_occurrence.procedure_date as text), 1, 10))
