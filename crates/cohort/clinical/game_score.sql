-- One row a patient with an index date: GAME score, 0 to 7.
--
-- KRAS mutated 1; CEA from 20 ng/mL 1; node-positive primary tumour 1; tumour burden score from 3 to below 9 1, from 9 2;
-- extrahepatic disease 2. 0 to 1 low, 2 to 3 medium, from 4 high. A missing input gives no score.
-- Source: Margonis et al. 2018, doi:10.1002/bjs.10838.
with points as (
  select
    patient_id,
    case when kras_mutated then 1 when not (kras_mutated) then 0 end as kras_point,
    case when cea_ng_ml >= 20 then 1 when not (cea_ng_ml >= 20) then 0 end as cea_point,
    case when node_positive then 1 when not (node_positive) then 0 end as node_point,
    case when (largest_mm * largest_mm / 100.0 + liver_lesions * liver_lesions) < 9 then 0 when (largest_mm * largest_mm / 100.0 + liver_lesions * liver_lesions) < 81 then 1 when (largest_mm * largest_mm / 100.0 + liver_lesions * liver_lesions) >= 81 then 2 end as burden_points,
    case when extrahepatic then 2 when not extrahepatic then 0 end as extrahepatic_points
  from score_input
)
select
  patient_id,
  kras_point,
  cea_point,
  node_point,
  burden_points,
  extrahepatic_points,
  kras_point + cea_point + node_point + burden_points + extrahepatic_points as game_score,
  case when kras_point + cea_point + node_point + burden_points + extrahepatic_points <= 1 then 'low' when kras_point + cea_point + node_point + burden_points + extrahepatic_points <= 3 then 'medium' when kras_point + cea_point + node_point + burden_points + extrahepatic_points > 3 then 'high' end as game_score_group,
  case when kras_point is null or cea_point is null or node_point is null or burden_points is null or extrahepatic_points is null then concat(
    'not computable: unknown',
    case when kras_point is null then ' KRAS;' else '' end,
    case when cea_point is null then ' CEA;' else '' end,
    case when node_point is null then ' nodal status;' else '' end,
    case when burden_points is null then ' size or number;' else '' end,
    case when extrahepatic_points is null then ' extrahepatic disease;' else '' end
  ) end as game_score_reason
from points
