-- One row a patient with an index date: modified clinical score with RAS, 0 to 3.
--
-- One point each: RAS (KRAS or NRAS) mutated; node-positive primary tumour; largest metastasis above 50 mm.
-- Source: Brudvik et al. 2019, doi:10.1097/SLA.0000000000002319.
with points as (
  select
    patient_id,
    cast(ras_mutated as bigint) as ras_point,
    cast(node_positive as bigint) as node_point,
    cast(largest_mm > 50 as bigint) as size_point
  from score_input
),
scores as (
  select
    *,
    ras_point + node_point + size_point as modified_clinical_score
  from points
)
select
  patient_id,
  ras_point,
  node_point,
  size_point,
  modified_clinical_score,
  case modified_clinical_score
    when 0 then 'low'
    when 1 then 'low to medium'
    when 2 then 'medium to high'
    when 3 then 'high'
  end as modified_clinical_score_group,
  case when modified_clinical_score is null then concat(
    'not computable: unknown',
    case when ras_point is null then ' RAS;' else '' end,
    case when node_point is null then ' nodal status;' else '' end,
    case when size_point is null then ' size;' else '' end
  ) end as modified_clinical_score_reason
from scores
