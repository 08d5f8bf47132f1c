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
    cast(node_positive as bigint) as node_point,
    cast(liver_metastasis_date < primary_diagnosis_date + interval '24 months' as bigint) as interval_point,
    cast(primary_t = 4 as bigint) as t4_point,
    cast(liver_lesions > 3 as bigint) as number_point,
    cast(largest_mm > $size_from_mm as bigint) as size_point,
    cast(margin_mm < 10 as bigint) as margin_point,
    cast(age > $age_from as bigint) as age_point
  from score_input
),
scores as (
  select
    *,
    node_point + interval_point + t4_point + number_point + size_point + margin_point + age_point as nordlinger_score
  from points
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
  nordlinger_score,
  case
    when nordlinger_score <= 2 then 'low'
    when nordlinger_score <= 4 then 'medium'
    when nordlinger_score > 4 then 'high'
  end as nordlinger_score_group,
  case when nordlinger_score is null then concat(
    'not computable: unknown',
    case when node_point is null then ' nodal status;' else '' end,
    case when interval_point is null then ' interval;' else '' end,
    case when t4_point is null then ' T category;' else '' end,
    case when number_point is null then ' number;' else '' end,
    case when size_point is null then ' size;' else '' end,
    case when margin_point is null then ' margin in mm;' else '' end,
    case when age_point is null then ' age;' else '' end
  ) end as nordlinger_score_reason
from scores
