-- One row a patient with an index date: clinical risk score of Fong, 0 to 5.
--
-- One point each: node-positive primary tumour; less than 12 months from primary tumour to metastasis; more than one
-- metastasis; largest above 5 cm; CEA above 200 ng/mL. All borders are strict. 0 to 2 low, 3 to 5 high.
-- A missing input gives no score and says which; it never counts as 0.
-- Source: Fong et al. 1999, doi:10.1097/00000658-199909000-00004.
with points as (
  select
    patient_id,
    cast(node_positive as bigint) as node_point,
    cast(liver_metastasis_date < primary_diagnosis_date + interval '12 months' as bigint) as interval_point,
    cast(liver_lesions > 1 as bigint) as number_point,
    cast(largest_mm > 50 as bigint) as size_point,
    cast(cea_ng_ml > 200 as bigint) as cea_point
  from score_input
),
scores as (
  select
    *,
    node_point + interval_point + number_point + size_point + cea_point as fong_score
  from points
)
select
  patient_id,
  node_point,
  interval_point,
  number_point,
  size_point,
  cea_point,
  fong_score,
  case
    when fong_score <= 2 then 'low'
    when fong_score > 2 then 'high'
  end as fong_score_group,
  case when fong_score is null then concat(
    'not computable: unknown',
    case when node_point is null then ' nodal status;' else '' end,
    case when interval_point is null then ' interval;' else '' end,
    case when number_point is null then ' number;' else '' end,
    case when size_point is null then ' size;' else '' end,
    case when cea_point is null then ' CEA;' else '' end
  ) end as fong_score_reason
from scores
