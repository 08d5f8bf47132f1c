-- One row a patient with an index date: clinical risk score of Fong, 0 to 5.
--
-- One point each: node-positive primary tumour; less than 12 months from primary tumour to metastasis; more than one
-- metastasis; largest above 5 cm; CEA above 200 ng/mL. All borders are strict. 0 to 2 low, 3 to 5 high.
-- A missing input gives no score and says which; it never counts as 0.
-- Source: Fong et al. 1999, doi:10.1097/00000658-199909000-00004.
with points as (
  select
    patient_id,
    case when node_positive then 1 when not (node_positive) then 0 end as node_point,
    case when liver_metastasis_date < primary_diagnosis_date + interval '12 months' then 1 when not (liver_metastasis_date < primary_diagnosis_date + interval '12 months') then 0 end as interval_point,
    case when liver_lesions > 1 then 1 when not (liver_lesions > 1) then 0 end as number_point,
    case when largest_mm > 50 then 1 when not (largest_mm > 50) then 0 end as size_point,
    case when cea_ng_ml > 200 then 1 when not (cea_ng_ml > 200) then 0 end as cea_point
  from score_input
)
select
  patient_id,
  node_point,
  interval_point,
  number_point,
  size_point,
  cea_point,
  node_point + interval_point + number_point + size_point + cea_point as fong_score,
  case when node_point + interval_point + number_point + size_point + cea_point <= 2 then 'low' when node_point + interval_point + number_point + size_point + cea_point > 2 then 'high' end as fong_score_group,
  case when node_point is null or interval_point is null or number_point is null or size_point is null or cea_point is null then concat(
    'not computable: unknown',
    case when node_point is null then ' nodal status;' else '' end,
    case when interval_point is null then ' interval;' else '' end,
    case when number_point is null then ' number;' else '' end,
    case when size_point is null then ' size;' else '' end,
    case when cea_point is null then ' CEA;' else '' end
  ) end as fong_score_reason
from points
