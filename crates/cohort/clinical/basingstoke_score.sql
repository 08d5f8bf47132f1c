-- One row a patient with an index date: postoperative Basingstoke index, 0 to 31.
--
-- Node-positive primary tumour 2; moderate differentiation 2, poor 4; CEA 6 to 60 ng/mL 1, above 60 3; largest 5 to
-- 10 cm 2, above 10 cm 7; positive margin 11; extrahepatic disease 4.
-- Source: Rees et al. 2008, doi:10.1097/SLA.0b013e31815aa2c2.
with points as (
  select
    patient_id,
    case when node_positive then 2 when not node_positive then 0 end as node_points,
    case differentiation when 'well' then 0 when 'moderate' then 2 when 'poor' then 4 end as grade_points,
    case when cea_ng_ml < 6 then 0 when cea_ng_ml <= 60 then 1 when cea_ng_ml > 60 then 3 end as cea_points,
    case when largest_mm < 50 then 0 when largest_mm <= 100 then 2 when largest_mm > 100 then 7 end as size_points,
    case when margin_positive then 11 when not margin_positive then 0 end as margin_points,
    case when extrahepatic then 4 when not extrahepatic then 0 end as extrahepatic_points
  from score_input
),
scores as (
  select
    *,
    node_points + grade_points + cea_points + size_points + margin_points + extrahepatic_points as basingstoke_score
  from points
)
select
  patient_id,
  node_points,
  grade_points,
  cea_points,
  size_points,
  margin_points,
  extrahepatic_points,
  basingstoke_score,
  case when basingstoke_score is null then concat(
    'not computable: unknown',
    case when node_points is null then ' nodal status;' else '' end,
    case when grade_points is null then ' differentiation;' else '' end,
    case when cea_points is null then ' CEA;' else '' end,
    case when size_points is null then ' size;' else '' end,
    case when margin_points is null then ' margin;' else '' end,
    case when extrahepatic_points is null then ' extrahepatic disease;' else '' end
  ) end as basingstoke_score_reason
from scores
