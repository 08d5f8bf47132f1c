-- One row a patient with an index date: postoperative Helsinki score, 0 to 8.
--
-- One point each: node-positive primary tumour; T3 or T4; more than one metastasis; largest above 50 mm; margin below
-- 5 mm; more than 30 % viable cells; vascular invasion; biliary invasion. 0 to 2 low, 3 to 4 medium, from 5 high.
-- A missing input gives no score and says which; it never counts as 0.
-- Source: Reijonen et al. 2023, doi:10.1111/apm.13305.
with points as (
  select
    patient_id,
    cast(node_positive as bigint) as node_point,
    cast(primary_t > 2 as bigint) as t_point,
    cast(liver_lesions > 1 as bigint) as number_point,
    cast(largest_mm > 50 as bigint) as size_point,
    cast(margin_mm < 5 as bigint) as margin_point,
    cast(viable_percent > 30 as bigint) as viability_point,
    cast(vascular_invasion as bigint) as vascular_point,
    cast(biliary_invasion as bigint) as biliary_point
  from score_input
),
scores as (
  select
    *,
    node_point + t_point + number_point + size_point + margin_point + viability_point + vascular_point + biliary_point
      as helsinki_score
  from points
)
select
  patient_id,
  node_point,
  t_point,
  number_point,
  size_point,
  margin_point,
  viability_point,
  vascular_point,
  biliary_point,
  helsinki_score,
  case
    when helsinki_score <= 2 then 'low'
    when helsinki_score <= 4 then 'medium'
    when helsinki_score > 4 then 'high'
  end as helsinki_score_group,
  case when helsinki_score is null then concat(
    'not computable: unknown',
    case when node_point is null then ' nodal status;' else '' end,
    case when t_point is null then ' T category;' else '' end,
    case when number_point is null then ' number;' else '' end,
    case when size_point is null then ' size;' else '' end,
    case when margin_point is null then ' margin in mm;' else '' end,
    case when viability_point is null then ' viable cells;' else '' end,
    case when vascular_point is null then ' vascular invasion;' else '' end,
    case when biliary_point is null then ' biliary invasion;' else '' end
  ) end as helsinki_score_reason
from scores
