-- One row a patient with an index date: prognostic score of Nordlinger, 0 to 7.
--
-- One point each: node-positive primary tumour; less than 24 months from primary tumour to metastasis; T4; more than 3
-- metastases; largest above the border; margin below 10 mm; age above the border. 0 to 2, 3 to 4, 5 to 7.
-- Parameter size_from_mm = 50: largest size without a point (the paper is also read as from 50 mm on)
-- Parameter age_from = 60: highest age without a point (the paper is also read as from 60 on)
-- Source: Nordlinger et al. 1996, doi:10.1002/(SICI)1097-0142(19960401)77:7<1254::AID-CNCR5>3.0.CO;2-I.
with points as (
  select
    patient_id,
    case when node_positive then 1 when not (node_positive) then 0 end as node_point,
    case when liver_metastasis_date < primary_diagnosis_date + interval '24 months' then 1 when not (liver_metastasis_date < primary_diagnosis_date + interval '24 months') then 0 end as interval_point,
    case when primary_t = 4 then 1 when not (primary_t = 4) then 0 end as t4_point,
    case when liver_lesions > 3 then 1 when not (liver_lesions > 3) then 0 end as number_point,
    case when largest_mm > $size_from_mm then 1 when not (largest_mm > $size_from_mm) then 0 end as size_point,
    case when margin_mm < 10 then 1 when not (margin_mm < 10) then 0 end as margin_point,
    case when age > $age_from then 1 when not (age > $age_from) then 0 end as age_point
  from score_input
)
select
  patient_id,
  node_point,
  interval_point,
  t4_point,
  number_point,
  size_point,
  margin_point,
  age_point,
  node_point + interval_point + t4_point + number_point + size_point + margin_point + age_point as nordlinger_score,
  case when node_point + interval_point + t4_point + number_point + size_point + margin_point + age_point <= 2 then 'low' when node_point + interval_point + t4_point + number_point + size_point + margin_point + age_point <= 4 then 'medium' when node_point + interval_point + t4_point + number_point + size_point + margin_point + age_point > 4 then 'high' end as nordlinger_score_group,
  case when node_point is null or interval_point is null or t4_point is null or number_point is null or size_point is null or margin_point is null or age_point is null then concat(
    'not computable: unknown',
    case when node_point is null then ' nodal status;' else '' end,
    case when interval_point is null then ' interval;' else '' end,
    case when t4_point is null then ' T category;' else '' end,
    case when number_point is null then ' number;' else '' end,
    case when size_point is null then ' size;' else '' end,
    case when margin_point is null then ' margin in mm;' else '' end,
    case when age_point is null then ' age;' else '' end
  ) end as nordlinger_score_reason
from points
