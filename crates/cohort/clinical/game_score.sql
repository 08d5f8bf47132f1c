-- One row a patient with an index date: GAME score, 0 to 7.
--
-- KRAS mutated 1; CEA from 20 ng/mL 1; node-positive primary tumour 1; tumour burden score from 3 to below 9 1, from 9 2;
-- extrahepatic disease 2. 0 to 1 low, 2 to 3 medium, from 4 high. A missing input gives no score.
-- Source: Margonis et al. 2018, doi:10.1002/bjs.10838.
with burdens as (
  -- The square of the tumour burden score, whose borders are whole.
  select *, largest_mm * largest_mm / 100.0 + liver_lesions * liver_lesions as burden_squared from score_input
),
points as (
  select
    patient_id,
    cast(kras_mutated as bigint) as kras_point,
    cast(cea_ng_ml >= 20 as bigint) as cea_point,
    cast(node_positive as bigint) as node_point,
    case
      when burden_squared < 9 then 0
      when burden_squared < 81 then 1
      when burden_squared >= 81 then 2
    end as burden_points,
    case when extrahepatic then 2 when not extrahepatic then 0 end as extrahepatic_points
  from burdens
),
scores as (
  select
    *,
    kras_point + cea_point + node_point + burden_points + extrahepatic_points as game_score
  from points
)
select
  patient_id,
  kras_point,
  cea_point,
  node_point,
  burden_points,
  extrahepatic_points,
  game_score,
  case
    when game_score <= 1 then 'low'
    when game_score <= 3 then 'medium'
    when game_score > 3 then 'high'
  end as game_score_group,
  case when game_score is null then concat(
    'not computable: unknown',
    case when kras_point is null then ' KRAS;' else '' end,
    case when cea_point is null then ' CEA;' else '' end,
    case when node_point is null then ' nodal status;' else '' end,
    case when burden_points is null then ' size or number;' else '' end,
    case when extrahepatic_points is null then ' extrahepatic disease;' else '' end
  ) end as game_score_reason
from scores
